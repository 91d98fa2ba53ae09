import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/index.ts'
import { accepts, schemaOf } from '../helpers/json-schema.ts'
import { runSignoff } from '../helpers/world/signoff.ts'
import { HOSTILE } from '../transcript/helpers/eventful-run.ts'
import * as run from '../transcript/helpers/run.ts'

const ids = [1, 2, 3, 4].map(number => `01a203bc-45c0-7d3b-9f52-6a1c0de9b00${number}`)
const [oldest = '', second = '', third = '', newest = ''] = ids
const note = (text: string): RunEvent => ({ kind: 'note', step: 'deploy', text, by: 'op@example.com' })
let folder: string

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'signoff-search-')))
  const write = async (release: string, id: string, sealed: boolean, ...events: RunEvent[]) => {
    const writer = run.createWriter()
    writer.add(run.runStart({ run: id, release }), run.PLAN, ...events)
    if (sealed) writer.add(run.runEnd(writer, 'failed'))
    const at = join(folder, '.signoff', 'transcripts', release, id)
    mkdirSync(at, { recursive: true })
    writeFileSync(join(at, 'journal.jsonl'), writer.bytes())
    if (sealed) writeFileSync(join(at, 'transcript.intoto.jsonl'), await run.sealed(writer))
  }
  await write('v1', oldest, true, ...run.script('deploy', [], 'ok\nConnection refused by db-1\n'))
  await write('v1', second, true, ...Array.from({ length: 5 }, (_, i) => note(`connection refused, ${i}`)))
  await write('v2', third, true, note(`refused ${HOSTILE}`))
  await write('v2', newest, false, note('all is well'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const signoff = (...args: string[]) =>
  runSignoff(args, { cwd: folder, env: { HOME: folder, PATH: process.env.PATH ?? '' } })
const lines = (text: string) => text.trimEnd().split('\n')

describe('signoff search', () => {
  test('tells each place of each run, newest first, with release, run, time, step and what stands there', async () => {
    const { exitCode, stdout } = await signoff('search', 'connection refused')
    expect(exitCode).toBe(0)
    expect(lines(stdout)).toEqual([
      ...[0, 1, 2].map(i => `v1  ${second}  2026-11-22 14:50:0${i + 2}  deploy note: connection refused, ${i}`),
      `v1  ${second}  more in this run: --all shows it`,
      `v1  ${oldest}  2026-11-22 14:50:03  deploy output: Connection refused by db-1`,
    ])
    expect(lines((await signoff('search', 'connection refused', '--all')).stdout)).toHaveLength(6)
  })

  test('takes several words as all of them in one event, and --release as one release', async () => {
    expect(lines((await signoff('search', 'REFUSED', 'db-1')).stdout)).toHaveLength(1)
    const { stdout } = await signoff('search', 'refused', '--release', 'v2')
    expect(lines(stdout)).toEqual([expect.stringContaining(third)])
  })

  test('finds in a run that is under way, and answers 1 where nothing is found', async () => {
    expect((await signoff('search', 'all is well')).stdout).toContain(newest)
    expect(await signoff('search', 'no such words')).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: 'signoff: nothing found\n',
    })
    expect(await signoff('search', '  ')).toMatchObject({ exitCode: 2 })
    for (const pattern of ['refus.*', '^conn', 'a|b', '[a-z]'])
      expect((await signoff('search', pattern)).stderr, pattern).toContain('are no patterns')
  })

  test('--json is a line for each place, all of them', async () => {
    const { stdout } = await signoff('search', 'connection refused', '--json')
    const places = lines(stdout).map(line => JSON.parse(line))
    expect(places).toHaveLength(6)
    for (const place of places) expect(accepts(schemaOf('search'), place)).toBe(true)
    expect(places.at(-1)).toEqual({
      schema: 'signoff.search/1',
      run: oldest,
      release: 'v1',
      position: 'deploy',
      line: 4,
      at: '2026-11-22T14:50:03.000Z',
      kind: 'output',
      step: 'deploy',
      text: 'Connection refused by db-1',
    })
  })

  test('stops at a limit, and says where, and how to go on', async () => {
    const { exitCode, stdout, stderr } = await signoff('search', 'connection refused', '--limit', '2')
    expect(exitCode).toBe(0)
    expect(lines(stdout).filter(line => !line.includes('more in this run'))).toHaveLength(2)
    expect(stderr).toBe(
      `signoff: stopped at 2 places, before ${oldest} of v1; --limit N goes further, --all to the end\n`,
    )
    expect(lines((await signoff('search', 'connection refused', '--json', '--limit', '6')).stdout)).toHaveLength(6)
    expect((await signoff('search', 'connection refused', '--json', '--limit', '5')).stderr).toContain(
      'stopped at 5 places',
    )
    expect(await signoff('search', 'x', '--limit', '0')).toMatchObject({ exitCode: 2 })
  })

  test('a word that is in all of very many records is told at once, and stopped at: nobody reads thousands', async () => {
    const many = join(folder, 'many')
    const said = run.createWriter()
    said.add(run.runStart(), run.PLAN, note('everybody says so'), note('everybody says so again'))
    for (let number = 0; number < 400; number++) {
      const id = `01a203bc-45c0-7d3b-9f52-${String(number).padStart(12, '0')}`
      mkdirSync(join(many, '.signoff', 'transcripts', 'v1', id), { recursive: true })
      writeFileSync(join(many, '.signoff', 'transcripts', 'v1', id, 'journal.jsonl'), said.bytes())
    }
    const search = (...flags: string[]) =>
      runSignoff(['search', 'everybody', ...flags], { cwd: many, env: { HOME: folder, PATH: process.env.PATH ?? '' } })
    const { stdout, stderr } = await search()
    expect(lines(stdout)).toHaveLength(300)
    expect(stderr).toContain('stopped at 300 places')
    expect(lines((await search('--all')).stdout)).toHaveLength(800)
    expect(lines((await search('--json')).stdout)).toHaveLength(800)
  })

  test('shows nothing that acts on a terminal', async () => {
    for (const flags of [[], ['--json']]) {
      const { stdout } = await signoff('search', 'refused', '--release', 'v2', ...flags)
      expect(stdout).toMatch(/owned/)
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
    }
  })
})

describe('signoff list of many', () => {
  test('takes --release and --limit, newest first', async () => {
    const runs = async (...flags: string[]) =>
      JSON.parse((await signoff('list', '--json', ...flags)).stdout).runs.map((one: { run: string }) => one.run)
    expect(await runs()).toEqual([newest, third, second, oldest])
    expect(await runs('--limit', '2')).toEqual([newest, third])
    expect(await runs('--release', 'v1', '--limit', '1')).toEqual([second])
    expect(await signoff('list', '--release', 'v9')).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringContaining('no run of release v9'),
    })
  })

  test('shows the name of a folder, and lets none of it act on a terminal', async () => {
    const odd = join(folder, '.signoff', 'transcripts', 'v%C2%9B%1B%5D0')
    mkdirSync(join(odd, '01a203bc-45c0-7d3b-9f52-6a1c0de9b009'), { recursive: true })
    try {
      for (const flags of [[], ['--json']]) {
        const { stdout } = await signoff('list', ...flags)
        expect(stdout).toContain('unreadable')
        expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
      }
    } finally {
      rmSync(odd, { recursive: true })
    }
  })

  test('says of a sealed run what its seal says, and where its journal cannot be the sealed one', async () => {
    const journal = join(folder, '.signoff', 'transcripts', 'v1', oldest, 'journal.jsonl')
    const document = JSON.parse((await signoff('list', '--json')).stdout)
    expect(accepts(schemaOf('list'), document)).toBe(true)
    const { runs } = document
    expect(runs.at(-1)).toMatchObject({
      run: oldest,
      state: 'failed',
      sealed: true,
      operator: 'op@example.com',
      problem: null,
    })
    writeFileSync(journal, 'x')
    const withChanged = JSON.parse((await signoff('list', '--json')).stdout)
    expect(accepts(schemaOf('list'), withChanged)).toBe(true)
    const changed = withChanged.runs.at(-1)
    expect(changed).toMatchObject({
      state: 'changed',
      problem: expect.stringMatching(/^its journal has 1 bytes, and \d+ were sealed/),
    })
    rmSync(journal)
    const gone = JSON.parse((await signoff('list', '--json')).stdout).runs.at(-1)
    expect(gone).toMatchObject({ state: 'unreadable', problem: expect.stringContaining('ENOENT') })
    expect((await signoff('search', 'well')).stderr).toContain('not searched')
    execFileSync('mkfifo', [journal])
    expect(await signoff('search', 'well')).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('no regular file'),
    })
    expect(JSON.parse((await signoff('list', '--json')).stdout).runs.at(-1)).toMatchObject({ state: 'changed' })
    expect(await signoff('show', oldest)).toMatchObject({ exitCode: 8 })
    rmSync(journal)
    mkdirSync(journal)
    expect(await signoff('search', 'well')).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('not searched'),
    })
  })
})
