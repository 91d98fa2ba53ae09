import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type IPty, spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'

const BIN = join(import.meta.dirname, '../bin/signoff.js')
const DRAIN = join(import.meta.dirname, '../test/fixtures/programs')
const MIB = 1024 ** 2

/** A walk in the full screen, in a real pseudo-terminal, and what it costs. */
export interface Walk {
  send(text: string): void
  /** Whether something stands on the screen now. */
  shows(what: RegExp): boolean
  /** Waits until something stands on the screen. */
  until(what: RegExp): Promise<void>
  /** Milliseconds from a key to the screen that answers it: `isThere` sees the rows before and after. */
  answerMs(key: string, isThere: (rows: readonly string[], before: readonly string[]) => boolean): Promise<number>
  /** Bytes, updates of the screen and ESC[3J so far. */
  bytes(): number
  paints(): number
  cleared(): number
  cpuMs(): number
  rssMib(): number
  /** From the start of the program to its first whole frame; null before that. */
  firstMs(): number | null
  readonly gone: Promise<void>
  end(): void
}

export type TerminalSize = readonly [columns: number, rows: number]

export function startWalk(folder: string, env: NodeJS.ProcessEnv, runbook: string, [cols, rows]: TerminalSize): Walk {
  const beganMs = performance.now()
  const release = `v${Math.round(performance.timeOrigin + beganMs)}`
  const args = [BIN, 'run', runbook, '--release', release, '--ui', 'full']
  const pty: IPty = spawn(process.execPath, args, { cols, rows, cwd: join(folder, 'work'), env })
  const screen = new xterm.Terminal({ cols, rows, allowProposedApi: true })
  let bytes = 0
  let paints = 0
  let cleared = 0
  let firstMs: number | null = null
  let onPaint: (() => void) | null = null
  const shown = (): string[] => {
    const buffer = screen.buffer.active
    return Array.from({ length: rows }, (_, row) => buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? '')
  }
  pty.onData(data => {
    bytes += Buffer.byteLength(data)
    paints += data.split('\u001b[?2026h').length - 1
    cleared += data.split('\u001b[3J').length - 1
    if (firstMs === null && data.includes('READY')) firstMs = performance.now() - beganMs
    if (data.includes('\u001b[6n')) pty.write('\u001b[1;4R')
    screen.write(data, () => onPaint?.())
  })
  const gone = new Promise<void>(resolve => {
    pty.onExit(() => resolve())
  })
  const statusOf = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pty.pid}/status`, 'utf8'))?.[1])
  return {
    gone,
    send: text => pty.write(text),
    shows: what => what.test(shown().join('\n')),
    async until(what) {
      for (const endMs = performance.now() + 60_000; !what.test(shown().join('\n')); await sleep(10))
        if (performance.now() > endMs) throw new Error(`waited for ${what}; seen was\n${shown().join('\n')}`)
    },
    async answerMs(key, isThere) {
      const before = shown()
      const answered = new Promise<number>(resolve => {
        onPaint = () => {
          if (isThere(shown(), before)) resolve(performance.now())
        }
      })
      const fromMs = performance.now()
      pty.write(key)
      const atMs = await Promise.race([answered, sleep(2000).then(() => Number.POSITIVE_INFINITY)])
      onPaint = null
      return atMs - fromMs
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
    rssMib: () => (statusOf('VmRSS') * 1024) / MIB,
    end: () => pty.kill('SIGTERM'),
  }
}

/** Goes past the screen before the run, to its first step. */
export async function walking(walk: Walk): Promise<void> {
  await walk.until(/Enter starts the run/)
  await sleep(500)
  walk.send('\r')
  await walk.until(/(?:READY|NEEDS YOU) +1\.1/)
}

/** Starts the flood that is the first step of `flood.md`, and waits for its output. */
export async function flooding(walk: Walk): Promise<void> {
  await walking(walk)
  await sleep(1000)
  walk.send('\r')
  await walk.until(/y: run\./)
  // On a busy machine the question may not yet take answers though it can be read.
  do {
    await sleep(700)
    walk.send('y')
    await sleep(300)
  } while (walk.shows(/y: run\./))
  await walk.until(/drained message/)
}

/** A home, a key, and the runbooks that are walked. Returns the environment. */
export function prepareWalks(folder: string): NodeJS.ProcessEnv {
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

let ticks: number | null = null
function ticksPerSecond(): number {
  ticks ??= Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100
  return ticks
}
