import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawn } from '@lydell/node-pty'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cast } from '../../../src/transcript/export/cast.ts'
import { createReplayFilter } from '../../../src/transcript/export/replay-filter.ts'
import { inTerminal } from '../../helpers/in-terminal.ts'
import { hasCommand } from '../../helpers/world/has-command.ts'
import { attempt, eventfulRun, HOSTILE } from '../helpers/eventful-run.ts'
import { exported, sourceOf } from '../helpers/export.ts'
import * as run from '../helpers/run.ts'
import { inFolder } from '../helpers/ssh-keygen.ts'

const eventful = eventfulRun()
const bundle = await run.sealed(eventful)
const source = sourceOf(eventful, bundle, await run.verify(eventful.bytes(), bundle))

interface Read {
  readonly header: Record<string, unknown>
  readonly events: readonly (readonly [seconds: number, code: string, data: string])[]
}
async function castOf(from = source): Promise<Read> {
  const [header = '', ...lines] = (await exported(cast, from)).trimEnd().split('\n')
  return { header: JSON.parse(header), events: lines.map(line => JSON.parse(line)) }
}

const untouched = await inTerminal('')

describe('the cast', () => {
  it('is asciicast v2: a header, then events whose time never goes back, of output and markers only', async () => {
    const { header, events } = await castOf()
    expect(header).toMatchObject({
      version: 2,
      width: 100,
      height: 30,
      timestamp: Date.parse('2026-11-22T14:50:00Z') / 1000,
    })
    expect(header.title).toMatch(/^RELEASE\.md, release v1\.4\.2\. Derived from the transcript/)
    expect(new Set(events.map(([, code]) => code))).toEqual(new Set(['o', 'm']))
    expect(events.every(([seconds], i) => seconds >= (events[i - 1]?.[0] ?? 0))).toBe(true)
  })

  it('marks each step that something was done in, and each further attempt', async () => {
    const { events } = await castOf()
    const marks = events.filter(([, code]) => code === 'm').map(([, , data]) => data)
    expect(marks.map(mark => mark.slice(0, 3))).toEqual(['1.1', '1.1', '1.2', '1.3', '2.1', '2.2', '2.3'])
    expect(marks[1]).toBe('1.1 Build & <b>pack</b>, attempt 2')
  })

  it('goes on where the last process stopped, since each counts from its own start', async () => {
    const lines = eventful.bytes().toString().trimEnd().split('\n')
    const resumed = lines.findIndex(line => line.includes('"kind":"run.resume"'))
    expect(resumed).toBeGreaterThan(0)
    const { events } = await castOf(sourceOf(eventful, bundle, source.report))
    expect(events.at(-1)?.[0]).toBe(lines.length - 1)
    const again = run.createWriter()
    again.add(run.runStart(), run.PLAN, ...run.script('deploy', []))
    again.monoMs = 0
    again.add({ kind: 'note', step: null, text: 'a second process', by: 'x' })
    const report = await run.verify(again.bytes(), null)
    const last = (await castOf(sourceOf(again, null, report))).events.at(-1)
    expect(last?.[0]).toBe(5)
    expect(last?.[2]).toContain('a second process')
  })

  it('does nothing to the terminal of whoever plays it: no reply, no title, no bell, no mode', async () => {
    const { events } = await castOf()
    const played = await inTerminal(
      events
        .filter(([, code]) => code === 'o')
        .map(([, , data]) => data)
        .join(''),
    )
    expect({ ...played, rows: [] }).toEqual({ ...untouched, rows: [] })
    const text = played.rows.join('\n')
    expect(text).toContain('red')
    expect(text).toContain('ERROR: no space')
    expect(text).toContain('100%')
    expect(text).not.toContain('owned\u0007')
  })

  it('is printable ASCII as a file, so that looking into it is safe', async () => {
    expect(await exported(cast, source)).toMatch(/^[\x20-\x7e\n]*$/)
  })

  it.skipIf(!hasCommand('asciinema'))('is read by asciinema, which prints every byte of its output', async () => {
    const text = await exported(cast, source)
    const { events } = await castOf()
    const printed = await inFolder(async folder => {
      writeFileSync(join(folder, 'run.cast'), text)
      // It opens /dev/tty, so it is given a terminal; what it prints goes to a file.
      const terminal = spawn('sh', ['-c', 'asciinema cat run.cast > printed'], {
        cwd: folder,
        env: { ...process.env, LANG: 'C.UTF-8', HOME: folder, ASCIINEMA_CONFIG_HOME: folder },
      })
      const exitCode = await new Promise<number>(resolve => terminal.onExit(({ exitCode: code }) => resolve(code)))
      expect(exitCode).toBe(0)
      return readFileSync(join(folder, 'printed'), 'utf8')
    })
    expect(printed).toBe(
      events
        .filter(([, code]) => code === 'o')
        .map(([, , data]) => data)
        .join(''),
    )
  })
})

/** Pieces that terminals act on, whole and broken off. */
const piece = fc.oneof(
  fc.constantFrom(...HOSTILE.split('\n')),
  fc.constantFrom(
    '\u001b',
    '\u001b[',
    '\u009b',
    '\u001b]0;x',
    '\u001bP',
    '\u009d',
    '\u001b\\',
    '\u0007',
    '\u009c',
    '\n',
    '\u0018',
    '\u001b[?',
    '1',
    ';',
    '$',
    'c',
    'n',
    'm',
    'q',
    'h',
  ),
  fc
    .tuple(
      fc.constantFrom('', '?', '>', '=', '<', '!'),
      fc.nat(9000),
      fc.constantFrom('', ' ', '$', '"', '*'),
      fc.constantFrom(...'@ABCDEFGHIJKLMNOPQRSTUVWXYZ`abcdefghijklmnopqrstuvwxyz{|}~'),
    )
    .map(([mark, number, between, final]) => `\u001b[${mark}${number}${between}${final}`),
  fc.string({ unit: 'binary', maxLength: 5 }),
)

describe('the filter of what is played', () => {
  const filtered = (pieces: readonly string[]): string => {
    const filter = createReplayFilter()
    return pieces.map(text => filter.push(text)).join('') + filter.end()
  }

  it('gives the same however the output is cut', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(200), { maxLength: 6 }), (pieces, cuts) => {
        const text = pieces.join('')
        const places = [0, ...cuts.map(cut => Math.min(cut, text.length)).sort((a, b) => a - b), text.length]
        const parts = places.slice(1).map((end, i) => text.slice(places[i], end))
        expect(filtered(parts)).toBe(filtered([text]))
      }),
      { numRuns: 2000 },
    )
  })

  it('lets nothing through that a terminal answers, names itself by, rings for or keeps', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 25 }), async pieces => {
        const played = await inTerminal(filtered(pieces))
        expect({ ...played, rows: [] }).toEqual({ ...untouched, rows: [] })
      }),
      { numRuns: 1500 },
    )
  })

  it('would be told by this terminal: unfiltered, the same pieces are answered', async () => {
    const { replies, titles, modes } = await inTerminal(HOSTILE)
    expect(replies).not.toBe('')
    expect(titles).toContain('owned')
    expect(modes).not.toEqual(untouched.modes)
  })

  it('keeps colours, progress lines, the other screen while it lasts, and line drawing', () => {
    const kept = '\u001b[31mred\u001b[0m\r10%\r20%\u001b[K\n\u001b[2A\u001b[10;5Hx\u001b(0qqq\u001b(B'
    expect(filtered([kept])).toBe(`${kept}\u001b[4l\u001b(B\u000f\u001b[?7h\u001b[?25h\u001b[0m`)
    expect(filtered(['\u001b[?1049hvim'])).toContain('vim\u001b[?1049l')
    expect(filtered(['plain\n'])).toBe('plain\n')
  })

  it('puts the terminal back at the end of each script, so that the next one starts plain', async () => {
    const writer = run.createWriter()
    writer.add(run.runStart(), run.PLAN, ...attempt('deploy', 1, 'x\u001b[1;31m\u001b[?25l\u001b[?1049h', 0, 'pty'))
    writer.add({ kind: 'note', step: null, text: 'after', by: 'x' })
    const { events } = await castOf(sourceOf(writer, null, await run.verify(writer.bytes(), null)))
    const text = events
      .filter(([, code]) => code === 'o')
      .map(([, , data]) => data)
      .join('')
    expect(text.slice(text.indexOf('\u001b[?1049h'))).toMatch(/\u001b\[\?1049l[\s\S]*\u001b\[0m[\s\S]*after/)
    const played = await inTerminal(text)
    expect(played.modes).toEqual(untouched.modes)
  })
})
