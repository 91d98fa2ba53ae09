import { join } from 'node:path'
import type { ScriptOrder } from '../../ports.ts'
import { claimPath, LEFT_FILES, makeClaim } from '../claims/claim.ts'
import type { Place } from '../claims/process-identity.ts'
import { OWN_NAMES, ownEnvironment, scriptEnvironment } from '../session/script-environment.ts'
import { sessionScript } from '../session/session-script.ts'
import { digestsOf, type Sessions, startOf } from '../session/session-store.ts'
import { atLine, lineOf } from './check-script.ts'

/** How much later than Signoff the supervisor acts on a time limit: Signoff writes `step.stop` before it sends the signal. */
const SUPERVISOR_SLACK_MS = 1000

export interface ClaimSettings {
  readonly sessions: Sessions
  readonly environment: Readonly<Record<string, string>>
  readonly secrets: ReadonlyMap<string, string>
  readonly place: Place
  readonly graceMs: number
  readonly spoolBytes: number
  /** Set for a script that is lent the person's terminal: whether what it shows can be recorded. */
  readonly terminal: 'recorded' | 'unrecorded' | null
}

export interface Claimed {
  /** The words for the launcher (`supervisor-script.ts`). */
  readonly words: readonly string[]
  /** The arguments of the supervisor of a script in a terminal (`terminal-supervisor-script.ts`). */
  readonly inTerminal: readonly string[]
  /** The whole environment of the script. */
  readonly given: Readonly<Record<string, string>>
}

/**
 * Makes the claim of an order, with everything that its supervisor reads there.
 *
 * @returns what starts it; null if somebody else has the claim.
 * @throws {SignoffError} `STATE_UNWRITABLE`; then there is no claim.
 */
export function claimOrder(stateDir: string, order: ScriptOrder, settings: ClaimSettings): Claimed | null {
  const { sessions, environment, secrets, place, graceMs, spoolBytes } = settings
  const claim = claimPath(stateDir, order)
  const session = sessions.read(order.session)
  const origin = sessions.origin(order.session)
  const given = scriptEnvironment(order, environment, secrets)
  const secret = secretNames(order, given, secrets)
  const step = order.step.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 80)
  // An interpreter may go by the ending of a name; the names of the claim's own files are never met.
  const file = order.interpreter == null ? `${step}.sh` : `program-${step.replaceAll('.', '_')}`
  const sessionText = sessionScript({
    dump: join(claim, LEFT_FILES.state),
    lists: join(claim, LEFT_FILES.lists),
    more: join(stateDir, 'session.bash'),
    state: session.file,
    given: Object.keys(given),
    exportsOf: origin?.file ?? null,
    cwd: order.cwd,
    folder: order.folder === undefined ? null : startOf(order, session),
    fresh: Object.keys(given).filter(name => isFresh(name, secret, given, (origin ?? session).given)),
    secret,
    bashEnv: environment.BASH_ENV ?? null,
  })
  const carries = order.interpreter == null && order.shell === 'bash'
  const digests = digestsOf(withoutOurs(given, secret))
  const terminal = settings.terminal === null ? {} : { terminal: settings.terminal }
  const isOurs = makeClaim(
    claim,
    {
      version: 1,
      id: order.id,
      session: order.session,
      timeoutMs: order.timeoutMs,
      carries,
      given: digests,
      ...place,
      ...terminal,
    },
    {
      [file]: atLine(order.script, order.interpreter == null ? order.line : lineOf(order)),
      session: sessionText,
    },
  )
  if (!isOurs) return null
  const seconds = (ms: number): string => (ms / 1000).toFixed(3)
  const limit = order.timeoutMs === null ? '' : seconds(order.timeoutMs + SUPERVISOR_SLACK_MS)
  const own = Object.entries(ownEnvironment(order, secrets)).map(([name, value]) => `${name}=${value}`)
  const limits = [claim, limit, seconds(graceMs)]
  const start = [process.umask().toString(8), join(claim, 'session')]
  const command = commandFor(order, join(claim, file))
  return {
    words: [...limits, String(spoolBytes), ...start, String(own.length), ...own, ...command],
    inTerminal: [...limits, ...start, ...command],
    given,
  }
}

/** Every variable of a script that holds a secret, by whatever name it came: none of them may reach a session's file. */
export function secretNames(
  order: Pick<ScriptOrder, 'secrets'>,
  given: Readonly<Record<string, string>>,
  secrets: ReadonlyMap<string, string>,
): string[] {
  const values = new Set(secrets.values())
  const held = Object.keys(given).filter(name => secrets.has(name) || values.has(given[name] ?? ''))
  return [...new Set([...order.secrets, ...held])]
}

/** Whether a value is given anew: then it wins over what the scripts before have left under its name. */
export function isFresh(
  name: string,
  secret: readonly string[],
  given: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
): boolean {
  if (OWN_NAMES.has(name) || secret.includes(name)) return true
  return digestsOf({ [name]: given[name] ?? '' })[name] !== before[name]
}

/** Without secrets, and without what every script is given anew: the rest is the same from block to block. */
function withoutOurs(given: Readonly<Record<string, string>>, secret: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !secret.includes(name) && !OWN_NAMES.has(name)))
}

/**
 * The command line of a block. bash is started first for the others too: it knows where the session stands, and has its aliases and
 * functions, of which one may be named `exec`.
 */
function commandFor({ shell, interpreter }: Pick<ScriptOrder, 'shell' | 'interpreter'>, file: string): string[] {
  const bash = ['bash', '--norc', '--noprofile']
  if (interpreter != null) return [...bash, '-c', '\\builtin exec -- "$@"', 'bash', ...interpreter, file]
  switch (shell) {
    case 'bash':
      return [...bash, file]
    case 'sh':
      return [...bash, '-c', '\\builtin exec sh -e "$1"', 'sh', file]
    case 'zsh':
      return [...bash, '-c', '\\builtin exec zsh -f -e -o pipefail "$1"', 'zsh', file]
    default:
      return shell satisfies never
  }
}
