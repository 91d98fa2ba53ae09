import { readdirSync, readFileSync } from 'node:fs'
import type { SeenProcess } from './claim.ts'
import type { OrderName } from './order-name.ts'

/** A process that a script started and that is still there. */
export interface LeftProcess {
  readonly pid: number
  /** What the kernel calls it: at most 15 characters. */
  readonly name: string
  /** Its command line; empty where it has none. */
  readonly command: string
  /** It left the script's process group: no signal to the group reaches it. */
  readonly escaped: boolean
}

/** How many are named at most; a script that leaves more than these left something wrong behind in any case. */
const NAMED = 32
/** Process ids go round: after this time more may have been given than the last one tells. */
const TRUSTED_MS = 10_000

/**
 * Finds what a script left running, by the marks in the environment that every process of it inherits: also what called `setsid`
 * and so left the script's session and group. Nothing is done to them. Empty where there is no /proc.
 *
 * @param block the script's own process, whose id is older than those of its children.
 * @param ms how long the script ran.
 * @param supervisor one that has a terminal bears the marks as well; what it started itself is none of the script's.
 */
export function findLeftBehind(
  order: OrderName,
  block: SeenProcess | null,
  ms: number,
  supervisor: SeenProcess | null,
): LeftProcess[] {
  const marks = [`SIGNOFF_RUN=${order.run}`, `SIGNOFF_STEP=${order.step}`, `SIGNOFF_ATTEMPT=${order.attempt}`]
  const first = block !== null && ms < TRUSTED_MS ? block.pid : 0
  const names = processIds()
  // After the list was made: each id in it had been given by then. Where somebody else counts (lxcfs) it may be an older one.
  const last = lastGivenId()
  const mayBeIts = (pid: number): boolean => (last < first ? pid >= first || pid <= last : pid >= first)
  const found: LeftProcess[] = []
  for (const name of names) {
    const pid = Number(name)
    if (!mayBeIts(pid) || found.length === NAMED) continue
    const environment = read(`/proc/${name}/environ`).split('\0')
    if (!marks.every(mark => environment.includes(mark))) continue
    const stat = read(`/proc/${name}/stat`)
    const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (stat === '' || state === 'Z' || state === 'X') continue
    if (supervisor !== null && (pid === supervisor.pid || Number(parent) === supervisor.pid)) continue
    found.push({
      pid,
      name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
      command: read(`/proc/${name}/cmdline`, 'utf8').split('\0').join(' ').trim().slice(0, 200),
      escaped: Number(group) !== block?.pid,
    })
  }
  return found
}

function processIds(): string[] {
  try {
    return readdirSync('/proc').filter(name => /^\d+$/.test(name))
  } catch {
    return []
  }
}

/** The id that was given last. */
function lastGivenId(): number {
  return Number(read('/proc/loadavg').trim().split(' ').at(-1) ?? 0)
}

/** Empty for a process that has gone, or that is somebody else's. */
function read(path: string, encoding: BufferEncoding = 'latin1'): string {
  try {
    return readFileSync(path, encoding)
  } catch {
    return ''
  }
}
