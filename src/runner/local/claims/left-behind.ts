import { existsSync, readdirSync, readFileSync } from 'node:fs'
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
/** As long as no more ids than these were given since, each of them is looked at. */
const FEW_IDS = 256

/**
 * Finds what a script left running, by the marks in the environment that every process of it inherits: also what called `setsid`
 * and so left the script's session and group. Nothing is done to them. Empty where there is no /proc.
 *
 * @param block the script's own process, whose id is older than those of its children.
 * @param ms how long the script ran.
 * @param readSupervisor one that has a terminal bears the marks as well; what it started itself is none of the script's. Asked for where
 * there is something to tell apart.
 */
export function findLeftBehind(
  order: OrderName,
  block: SeenProcess | null,
  ms: number,
  readSupervisor: () => SeenProcess | null,
): LeftProcess[] {
  const marks = [`SIGNOFF_RUN=${order.run}`, `SIGNOFF_STEP=${order.step}`, `SIGNOFF_ATTEMPT=${order.attempt}`]
  const found: LeftProcess[] = []
  for (const pid of idsSince(block !== null && ms < TRUSTED_MS ? block.pid : 0)) {
    if (found.length === NAMED) break
    const environment = read(`/proc/${pid}/environ`).split('\0')
    if (!marks.every(mark => environment.includes(mark))) continue
    const stat = read(`/proc/${pid}/stat`)
    const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (stat === '' || state === 'Z' || state === 'X' || isThread(pid)) continue
    const supervisor = readSupervisor()
    if (supervisor !== null && (pid === supervisor.pid || Number(parent) === supervisor.pid)) continue
    found.push({
      pid,
      name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
      command: read(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim().slice(0, 200),
      escaped: Number(group) !== block?.pid,
    })
  }
  return found
}

/**
 * Ids of the processes that are there and may have started after another one: those between its id and the last one that was given.
 * Reading the whole of /proc takes a hundred times as long as looking at the few of them.
 */
function idsSince(first: number): number[] {
  const last = lastGivenId()
  if (first > 0 && last >= first && last - first < FEW_IDS) {
    const ids = Array.from({ length: last - first + 1 }, (_, index) => first + index)
    return ids.filter(pid => existsSync(`/proc/${pid}`))
  }
  const ids = processIds()
  // Asked anew, after the list was made: each id in it had been given by then. Ids go round. Where somebody else counts for the
  // average load (lxcfs) its last id may be an older one, which adds ids to look at and leaves out none.
  const end = lastGivenId() || Number(read('/proc/loadavg').trim().split(' ').at(-1) ?? 0)
  return ids.filter(pid => pid >= first || (end < first && pid <= end))
}

function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

/** The id that was given last, as this namespace of processes counts them; 0 where the kernel does not tell. */
function lastGivenId(): number {
  return Number(read('/proc/sys/kernel/ns_last_pid'))
}

/** Threads have ids too, under which /proc shows their process again. */
function isThread(id: number): boolean {
  return !read(`/proc/${id}/status`).includes(`\nTgid:\t${id}\n`)
}

/** Empty for a process that has gone, or that is somebody else's. */
function read(path: string, encoding: BufferEncoding = 'latin1'): string {
  try {
    return readFileSync(path, encoding)
  } catch {
    return ''
  }
}
