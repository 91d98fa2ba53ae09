import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addAddendum } from '../../src/transcript/statements/addendum.ts'
import { withholdLine } from '../../src/transcript/verify/withhold.ts'
import { inTerminal } from '../helpers/in-terminal.ts'
import { runSignoff } from '../helpers/world/signoff.ts'
import { attempt, eventfulRun, HOSTILE } from '../transcript/helpers/eventful-run.ts'
import * as run from '../transcript/helpers/run.ts'

const eventful = eventfulRun()
const lines = eventful.bytes().toString().trimEnd().split('\n')
let folder: string

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'signoff-show-')))
  mkdirSync(join(folder, '.signoff'))
  const said = { type: 'review', text: `fine ${HOSTILE}`, atMs: Date.parse('2026-11-23T10:00:00.000Z') } as const
  record('eventful', eventful.bytes(), await addAddendum(await run.sealed(eventful), said, run.RUN, run.operator))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function record(name: string, journal: Uint8Array, bundle: string | null = null): string {
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, name, 'journal.jsonl'), journal)
  if (bundle !== null) writeFileSync(join(folder, name, 'transcript.intoto.jsonl'), bundle)
  return name
}
const show = (...args: string[]) =>
  runSignoff(['show', ...args], { cwd: folder, env: { HOME: folder, PATH: process.env.PATH ?? '' } })

describe('threat 16: a record shown in a terminal', () => {
  test.each([
    ['in words', []],
    ['in words, whole', ['--full']],
    ['its output alone', ['--output']],
    ['its lines', ['--json']],
    ['one kind of its events', ['--kind', 'note']],
    ['one of its steps', ['--step', '2.1']],
  ])('%s gets no reply, sets no title, rings no bell and changes no mode', async (_, flags) => {
    const untouched = await inTerminal('')
    const { exitCode, stdout, stderr } = await show('eventful', ...flags)
    expect(exitCode, stderr).toBe(0)
    for (const text of [stdout, stderr]) {
      expect(text).not.toMatch(
        /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/,
      )
      expect({ ...(await inTerminal(text.replaceAll('\n', '\r\n'))), rows: [] }).toEqual({ ...untouched, rows: [] })
    }
  })

  test('shows what it would not let act', async () => {
    const { stdout } = await show('eventful', '--kind', 'note')
    expect(stdout).toContain('\\u{1b}]0;owned\\u{7}')
    expect(stdout).toContain('\\u{202e}desrever\\u{202c}')
    expect(stdout).toContain('\\u{9b}31m')
  })
})

describe('signoff show', () => {
  test('tells the record in the order it was written, by step, with scripts and output', async () => {
    const { stdout } = await show('eventful')
    const [head = '', ...rest] = stdout.split('\n')
    expect(head).toBe('RELEASE.md, release v1.4.2, staging')
    const text = rest.join('\n')
    const order = [
      '2026-11-22 (UTC)',
      '1.1 Build & <b>pack</b>',
      '$ echo build',
      '| ERROR: no space',
      'attempt 1 failed, exit 2, after 1.5 s',
      'failed; to be run again, said by op@example.com: made room',
      'script edited by op@example.com: say more',
      '1.2 Look at it',
      '[x] Tell support: confirmed by op@example.com',
      'skipped by op@example.com: not today',
      '| 100%',
      'run ended, aborted',
      'After the seal:',
      'review by op@example.com: fine',
    ]
    const places = order.map(piece => text.indexOf(piece))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places).not.toContain(-1)
    expect(text).toContain(`sealed; shown as it stands, nothing of it was checked: signoff verify eventful`)
  })

  test('--step takes a position, all below one, or an id, and knows no other', async () => {
    const phase = await show('eventful', '--step', '1', '--json')
    const steps = phase.stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line).step)
    expect(new Set(steps)).toEqual(new Set(['build', 'look', 'skipped']))
    expect((await show('eventful', '--step', 'flip', '--json')).stdout).toBe(
      (await show('eventful', '--step', '2.1', '--json')).stdout,
    )
    expect(await show('eventful', '--step', '7.7')).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('1.1 to 3.1'),
    })
  })

  test('--kind takes kinds that there are, and says where the record has none of them', async () => {
    const { stdout } = await show('eventful', '--kind', 'confirm,note', '--kind', 'run.end', '--json')
    expect(stdout.trimEnd().split('\n')).toEqual(lines.filter(line => /"kind":"(confirm|note|run\.end)"/.test(line)))
    expect(await show('eventful', '--kind', 'journal.full')).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringContaining('nothing of that'),
    })
    expect(await show('eventful', '--kind', 'confrim')).toMatchObject({ exitCode: 2 })
  })

  test('--json gives the lines themselves, byte for byte', async () => {
    expect((await show('eventful', '--json')).stdout).toBe(eventful.bytes().toString())
  })

  test('of long output shows both ends, with --full and --output all of it', async () => {
    const output = Array.from({ length: 3000 }, (_, i) => `line ${i}`)
    const writer = run.createWriter()
    writer.add(run.runStart(), run.PLAN, ...attempt('deploy', 1, `${output.join('\n')}\n`, 0))
    record('long', writer.bytes())
    const short = (await show('long')).stdout
    expect(short.length).toBeLessThan(10_000)
    const left = Number(/\((\d+) lines left out; --full shows all\)/.exec(short)?.[1])
    const shownIn = (text: string) => [...text.matchAll(/^ {12}\| (.*)$/gm)].map(found => found[1])
    expect(shownIn(short).length + left).toBe(3000)
    expect(shownIn((await show('long', '--full')).stdout)).toEqual(output)
    const alone = await show('long', '--output')
    expect(alone.stdout).toBe(`${output.join('\n')}\n`)
    expect(alone.stderr).toBe('== deploy Title of deploy, attempt 1\n')
  })

  test('shows a run that is under way, up to the last whole line', async () => {
    const open = run.atGate()
    record('open', Buffer.concat([open.bytes(), Buffer.from('{"seq":4,"prev":"')]))
    const { exitCode, stdout } = await show('open')
    expect(exitCode).toBe(0)
    expect(stdout).toContain('approval asked: Point production DNS at v1.4.2?')
    expect(stdout).toContain('not sealed; shown as it stands')
  })

  test('shows a copy that withholds lines, and says which and why', async () => {
    const number = lines.findIndex(line => line.includes('"kind":"output"'))
    const copied = lines.map((line, seq) =>
      seq === number ? withholdLine(line, `names ${HOSTILE.slice(0, 30)}`) : line,
    )
    record('copied', Buffer.from(`${copied.join('\n')}\n`))
    const { exitCode, stdout, stderr } = await show('copied')
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toContain(`line ${number + 1} is withheld in this copy: names \\u{1b}]0;owned`)
    expect(stdout).toContain('run ended, aborted')
  })

  test('shows what comes before a line that is wrong, and then says which that is', async () => {
    const changed = lines.map((line, i) => (i === 8 ? line.replace('"mono":8000', '"mono":8001') : line))
    record('broken', Buffer.from(`${changed.join('\n')}\n`))
    const { exitCode, stdout, stderr } = await show('broken')
    expect(exitCode).toBe(65)
    expect(stdout).toContain('1.1 Build & <b>pack</b>')
    expect(stdout).not.toContain('skipped by')
    expect(stderr).toContain('line 10')
    expect((await show('nowhere')).exitCode).toBe(2)
  })
})
