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

/** The most memory (RSS) that a program in Node had, in MiB. @throws {Error} if it ends with another code than expected. */
export function peakMiBOf(args: readonly string[], expected: number, cwd = process.cwd()): number {
  const { status, stderr } = spawnSync(process.execPath, ['--import', TELL, ...args], { cwd, encoding: 'utf8' })
  const peak = /^peak (\d+)$/m.exec(stderr)
  if (status !== expected || peak === null) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
  return Number(peak[1]) / 1024
}
