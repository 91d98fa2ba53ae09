import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { msOf, program, type Row } from './compare.ts'
import { flooding, prepareWalks, startWalk, type Walk, walking } from './walk-in-terminal.ts'

const SIZES = [
  [80, 24],
  [200, 50],
] as const
const KEYS = 60

/** The full screen in a real pseudo-terminal: what a person waits for, and what a flood of output costs. */
export async function screen(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'signoff-bench-'))
  try {
    const env = prepareWalks(folder)
    const rows: Row[] = [await firstFrame(folder, env)]
    for (const [columns, lines] of SIZES) {
      const walk = startWalk(folder, env, 'long.md', [columns, lines])
      try {
        await walking(walk)
        await sleep(1500)
        const p95 = await answered(walk, KEYS, moveOn)
        rows.push(row(`key to paint, 10,000 steps, ${columns}x${lines}: ${p95.toFixed(0)} ms`, '50 ms', p95 / 50))
      } finally {
        walk.end()
      }
    }
    return [...rows, ...(await idle(folder, env)), ...(await flood(folder, env))]
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** From the start of the program to its first whole frame, against a Node that does nothing. */
async function firstFrame(folder: string, env: NodeJS.ProcessEnv): Promise<Row> {
  const nothing = program(process.execPath, ['-e', '0'])
  const ours: number[] = []
  const theirs: number[] = []
  for (let run = 0; run < 7; run++) {
    theirs.push(await msOf(nothing))
    const walk = startWalk(folder, env, 'small.md', [80, 24])
    await walk.until(/READY/)
    ours.push(walk.firstMs() ?? Number.POSITIVE_INFINITY)
    walk.end()
    await walk.gone
  }
  const [own, other] = [Math.min(...ours), Math.min(...theirs)]
  return row(`first frame: ${own.toFixed(0)} ms`, `node -e 0: ${other.toFixed(0)} ms`, own / other, 10)
}

/** Half a minute in which nobody does anything: the clock, and nothing else. */
async function idle(folder: string, env: NodeJS.ProcessEnv): Promise<Row[]> {
  const walk = startWalk(folder, env, 'small.md', [200, 50])
  try {
    await walking(walk)
    await sleep(2000)
    const [bytes, cpu] = [walk.bytes(), walk.cpuMs()]
    await sleep(30_000)
    const perSecond = (walk.bytes() - bytes) / 30
    const share = (walk.cpuMs() - cpu) / 30_000
    return [
      row(`idle: ${perSecond.toFixed(0)} bytes a second`, '100 bytes', perSecond / 100),
      row(`idle: ${(share * 100).toFixed(1)} % of a core`, '2 %', share / 0.02),
    ]
  } finally {
    walk.end()
  }
}

/** 5,000 lines a second in the widest screen: share of a core, bytes, paints, memory, and the keys of somebody who looks at it. */
async function flood(folder: string, env: NodeJS.ProcessEnv): Promise<Row[]> {
  const walk = startWalk(folder, { ...env, DRAIN_SECONDS: '60' }, 'flood.md', [200, 50])
  try {
    await flooding(walk)
    await sleep(3000)
    const from = { bytes: walk.bytes(), cpu: walk.cpuMs(), paints: walk.paints(), atMs: performance.now() }
    await sleep(12_000)
    const seconds = (performance.now() - from.atMs) / 1000
    const share = (walk.cpuMs() - from.cpu) / (seconds * 1000)
    const bytes = (walk.bytes() - from.bytes) / seconds
    const paints = (walk.paints() - from.paints) / seconds
    const early = walk.rssMib()
    const p95 = await answered(walk, KEYS, openAndClose)
    const escaped = await answered(walk, KEYS / 2, leaveByEscape)
    const most = Math.max(early, walk.rssMib())
    return [
      row(`5,000 lines/s: ${(share * 100).toFixed(1)} % of a core`, '10 %', share / 0.1),
      row(`its bytes: ${(bytes / 1000).toFixed(0)} kB a second`, '100 kB', bytes / 100_000),
      row(`its paints: ${paints.toFixed(1)} a second`, '15', paints / 15),
      row(`a key meanwhile: ${p95.toFixed(0)} ms`, '100 ms', p95 / 100),
      // Whether Escape is a key or the beginning of one is known 100 ms later.
      row(`Escape meanwhile: ${escaped.toFixed(0)} ms`, '100 + 100 ms', escaped / 200),
      row(`its memory: ${most.toFixed(0)} MiB`, '250 MiB', most / 250),
      row(`ESC[3J: ${walk.cleared()}`, 'never', walk.cleared(), 0),
    ]
  } finally {
    walk.end()
  }
}

/** Presses keys and measures one of them. */
type Press = (walk: Walk, time: number) => Promise<number>

const moveOn: Press = walk => {
  const selected = (rows: readonly string[]): string => rows.find(text => text.startsWith(' > ')) ?? ''
  return walk.answerMs('j', (rows, before) => selected(rows) !== selected(before))
}

/** The outline over the whole screen, and back to the flood. */
const openAndClose: Press = (walk, time) =>
  walk.answerMs('o', rows => rows.some(text => text.includes('FOLLOWING')) === (time % 2 === 1))

const leaveByEscape: Press = async walk => {
  await walk.answerMs('o', rows => !rows.some(text => text.includes('FOLLOWING')))
  await sleep(100)
  return walk.answerMs('\u001b', rows => rows.some(text => text.includes('FOLLOWING')))
}

/** 95th percentile of the time from a key to the paint that answers it. */
async function answered(walk: Walk, times: number, press: Press): Promise<number> {
  const measured: number[] = []
  for (let time = 0; time < times; time++) {
    // Not in step with anything that happens once a second.
    await sleep(150 + ((time * 37) % 90))
    measured.push(await press(walk, time))
  }
  measured.sort((a, b) => a - b)
  return measured[Math.floor(measured.length * 0.95)] ?? Number.POSITIVE_INFINITY
}

function row(what: string, against: string, ratio: number, budget = 1): Row {
  return { what, against, ratio, budget }
}
