import { spawnSync } from 'node:child_process'

/**
 * Says, as a process ends, the most memory it ever had, in KiB. `maxRSS` alone would count what the parent had when it forked: of that
 * Linux keeps the peak of this program apart.
 */
const TELL = `data:text/javascript,${encodeURIComponent(`
  import { readFileSync } from 'node:fs'
  process.on('exit', () => {
    let peak = process.resourceUsage().maxRSS
    try { peak = /^VmHWM:\\s*(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1] } catch {}
    process.stderr.write('\\npeak ' + peak + '\\n')
  })`)}`

/** A program in Node, run to its end. */
export interface Ended {
  readonly exitCode: number | null
  /** What it wrote, on either stream. */
  readonly text: string
  /** The most memory (RSS) that it had. */
  readonly peakMiB: number
}

/** Runs a program in Node to its end. @throws {Error} if it ended without saying how much memory it took, as when it was killed. */
export function runMeasured(args: readonly string[], cwd = process.cwd()): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', TELL, ...args], { cwd, encoding: 'utf8' })
  const peak = /^peak (\d+)$/m.exec(stderr)
  if (peak === null) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
  return { exitCode: status, text: stdout + stderr, peakMiB: Number(peak[1]) / 1024 }
}

/** The most memory (RSS) that a program in Node had, in MiB. @throws {Error} if it ends with another code than expected. */
export function peakMiBOf(args: readonly string[], expected: number, cwd = process.cwd()): number {
  const { exitCode, text, peakMiB } = runMeasured(args, cwd)
  if (exitCode !== expected) throw new Error(`${args.join(' ')} ended with ${exitCode}: ${text}`)
  return peakMiB
}
