import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type IPty, spawn } from '@lydell/node-pty'
import { msOf, program, type Row } from './compare.ts'

const BIN = join(import.meta.dirname, '../bin/signoff.js')
const DRAIN = join(import.meta.dirname, '../test/fixtures/programs')
const SIZES = [
  [80, 24],
  [200, 50],
] as const
const KEYS = 60

/** The full screen in a real pseudo-terminal: what a person waits for, and what a flood of output costs. */
export async function screen(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'signoff-bench-'))
  try {
    const env = prepare(folder)
    const rows: Row[] = [await firstFrame(folder, env)]
    for (const [columns, lines] of SIZES) {
      const walk = await start(folder, env, 'long.md', [columns, lines])
      try {
        await walking(walk)
        await sleep(1500)
        const p95 = await keyToPaint(walk, 'j', KEYS)
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

/** Waits for the walk, past the screen before it. */
async function walking(walk: Walk): Promise<void> {
  await walk.until(/Enter starts the run/)
  await sleep(500)
  walk.send('\r')
  await walk.until(/(?:READY|NEEDS YOU) +1\.1/)
}

/** From the start of the program to its first whole frame, against a Node that does nothing. */
async function firstFrame(folder: string, env: NodeJS.ProcessEnv): Promise<Row> {
  const nothing = program(process.execPath, ['-e', '0'])
  const ours: number[] = []
  const theirs: number[] = []
  for (let run = 0; run < 7; run++) {
    theirs.push(await msOf(nothing))
    const walk = await start(folder, env, 'small.md', [80, 24])
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
  const walk = await start(folder, env, 'small.md', [200, 50])
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
  const walk = await start(folder, { ...env, DRAIN_SECONDS: '35' }, 'flood.md', [200, 50])
  try {
    await walking(walk)
    await sleep(1000)
    walk.send('\r')
    await sleep(700)
    walk.send('y')
    await walk.until(/drained message/)
    await sleep(3000)
    const from = { bytes: walk.bytes(), cpu: walk.cpuMs(), paints: walk.paints(), atMs: performance.now() }
    await sleep(12_000)
    const seconds = (performance.now() - from.atMs) / 1000
    const share = (walk.cpuMs() - from.cpu) / (seconds * 1000)
    const bytes = (walk.bytes() - from.bytes) / seconds
    const paints = (walk.paints() - from.paints) / seconds
    const early = walk.rssBytes()
    const p95 = await keyToPaint(walk, 'a', KEYS, '\u001b')
    const late = walk.rssBytes()
    return [
      row(`5,000 lines/s: ${(share * 100).toFixed(1)} % of a core`, '10 %', share / 0.1),
      row(`its bytes: ${(bytes / 1000).toFixed(0)} kB a second`, '100 kB', bytes / 100_000),
      row(`its paints: ${paints.toFixed(1)} a second`, '15', paints / 15),
      row(`a key meanwhile: ${p95.toFixed(0)} ms`, '100 ms', p95 / 100),
      row(`its memory: ${mib(Math.max(early, late))} MiB`, '250 MiB', Math.max(early, late) / (250 * 1024 ** 2)),
      row(`ESC[3J: ${walk.cleared()}`, 'never', walk.cleared(), 0),
    ]
  } finally {
    walk.end()
  }
}

/** 95th percentile of the time from a key to the first byte of the paint that answers it. */
async function keyToPaint(walk: Walk, key: string, times: number, back?: string): Promise<number> {
  const measured: number[] = []
  for (let time = 0; time < times; time++) {
    // Not in step with anything that happens once a second.
    await sleep(150 + ((time * 37) % 90))
    const pressed = back !== undefined && time % 2 === 1 ? back : key
    measured.push(await walk.paintAfter(pressed))
  }
  measured.sort((a, b) => a - b)
  return measured[Math.floor(measured.length * 0.95)] ?? Number.POSITIVE_INFINITY
}

interface Walk {
  send(text: string): void
  until(what: RegExp): Promise<void>
  paintAfter(key: string): Promise<number>
  bytes(): number
  paints(): number
  cleared(): number
  cpuMs(): number
  rssBytes(): number
  firstMs(): number | null
  readonly gone: Promise<void>
  end(): void
}

async function start(
  folder: string,
  env: NodeJS.ProcessEnv,
  runbook: string,
  [cols, rows]: readonly [number, number],
): Promise<Walk> {
  const beganMs = performance.now()
  const release = `v${Math.round(performance.timeOrigin + beganMs)}`
  const args = [BIN, 'run', runbook, '--release', release, '--ui', 'full']
  const pty: IPty = spawn(process.execPath, args, { cols, rows, cwd: join(folder, 'work'), env })
  let tail = ''
  let bytes = 0
  let paints = 0
  let cleared = 0
  let firstMs: number | null = null
  let onPaint: (() => void) | null = null
  pty.onData(data => {
    bytes += Buffer.byteLength(data)
    tail = (tail + data).slice(-200_000)
    paints += data.split('\u001b[?2026h').length - 1
    cleared += data.split('\u001b[3J').length - 1
    if (firstMs === null && data.includes('READY')) firstMs = performance.now() - beganMs
    // The clock alone is no answer to a key.
    if (data.length > 40) onPaint?.()
    if (data.includes('\u001b[6n')) pty.write('\u001b[1;4R')
  })
  const gone = new Promise<void>(resolve => {
    pty.onExit(() => resolve())
  })
  return {
    gone,
    send: text => pty.write(text),
    async until(what) {
      // Words may be painted in pieces.
      const shown = (): string => tail.replace(/\u001b\[[0-9;]*m/g, '')
      for (const endMs = performance.now() + 60_000; !what.test(shown()); await sleep(10))
        if (performance.now() > endMs)
          throw new Error(`waited for ${what}; seen was ${JSON.stringify(tail.slice(-2000))}`)
    },
    async paintAfter(key) {
      const fromMs = performance.now()
      const painted = new Promise<void>(resolve => {
        onPaint = resolve
      })
      pty.write(key)
      await Promise.race([painted, sleep(2000)])
      onPaint = null
      return performance.now() - fromMs
    },
    bytes: () => bytes,
    paints: () => paints,
    cleared: () => cleared,
    firstMs: () => firstMs,
    cpuMs: () => {
      const [, fields = ''] = readFileSync(`/proc/${pty.pid}/stat`, 'utf8').split(') ')
      const [user, system] = [Number(fields.split(' ')[11]), Number(fields.split(' ')[12])]
      return (user + system) * (1000 / ticksPerSecond())
    },
    rssBytes: () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pty.pid}/status`, 'utf8'))?.[1]) * 1024,
    end: () => pty.kill('SIGTERM'),
  }
}

/** A home, a key, and the runbooks that are walked. */
function prepare(folder: string): NodeJS.ProcessEnv {
  const work = join(folder, 'work')
  mkdirSync(work, { recursive: true })
  const { PATH = '' } = process.env
  const env = { PATH: `${PATH}:${DRAIN}`, HOME: folder, TERM: 'xterm-256color', LANG: 'C.UTF-8', TMPDIR: folder }
  const steps = Array.from({ length: 10_000 }, (_, step) => `${step + 1}. Step number ${step + 1}\n`)
  writeFileSync(
    join(work, 'long.md'),
    `# Long\n\n## 1. All\n\n1. Look:\n\n   \`\`\`bash\n   ls\n   \`\`\`\n\n${steps.join('')}`,
  )
  const one = (script: string): string =>
    `# One\n\n## 1. All\n\n1. Do it:\n\n   \`\`\`bash\n   ${script}\n   \`\`\`\n\n2. Look\n`
  writeFileSync(join(work, 'small.md'), one('ls'))
  writeFileSync(join(work, 'flood.md'), one('drain'))
  execFileSync(process.execPath, [BIN, 'init', '--yes', '--principal', 'kim@example.com'], {
    cwd: work,
    env,
    stdio: 'ignore',
  })
  return env
}

function row(what: string, against: string, ratio: number, budget = 1): Row {
  return { what, against, ratio, budget }
}

function mib(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(0)
}

let ticks: number | null = null
function ticksPerSecond(): number {
  ticks ??= Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100
  return ticks
}
