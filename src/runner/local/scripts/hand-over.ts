import type { ScriptOrder } from '../../ports.ts'
import { claimPath, inspectClaim, removeClaim } from '../claims/claim.ts'
import { nameOf } from '../claims/order-name.ts'
import type { Tell } from '../claims/tell-in-order.ts'
import type { PersonsTerminal } from '../terminal/persons-terminal.ts'
import type { LoadPty } from '../terminal/pty-pair.ts'
import { shellMissing } from './check-script.ts'
import { type Claimed, type ClaimSettings, claimOrder } from './claim-order.ts'
import type { Launcher } from './launcher.ts'
import { inStateFolder } from './state-folder.ts'
import { startInTerminal, type TerminalSession } from './terminal-session.ts'

/** How often a supervisor that was killed is started anew for one order. */
const MOST_SUPERVISORS = 3

export interface HandOver {
  readonly stateDir: string
  readonly settings: Omit<ClaimSettings, 'terminal'>
  readonly launcher: Launcher
  readonly terminal: PersonsTerminal | null
  readonly loadPty: LoadPty
}

/**
 * Claims an order and has it started, unless somebody else has done so.
 *
 * @param ready its claim, where that was made before.
 * @param tell takes what happens to the person's terminal meanwhile.
 * @returns the session of a script that gets the person's terminal.
 * @throws {SignoffError} `STATE_UNWRITABLE`, `SHELL_MISSING`; then nothing was started, and there is no claim.
 */
export async function handOver(
  parts: HandOver,
  order: ScriptOrder,
  ready: Claimed | null,
  tell: Tell,
): Promise<TerminalSession | null> {
  const { stateDir, settings, launcher, loadPty } = parts
  const claim = claimPath(stateDir, order)
  const terminal = order.terminal ? ('missing' in (await loadPty()) ? 'unrecorded' : 'recorded') : null
  for (let tries = 1; ; tries++) {
    const claimed = (tries === 1 ? ready : null) ?? claimOrder(stateDir, order, { ...settings, terminal })
    if (claimed === null) return null
    const start = order.terminal ? startWithTerminal(parts, order, claimed, tell) : launcher.start(claimed.words)
    const started = await start.catch((error: unknown) => {
      // Nothing was started: the claim may go.
      removeClaim(claim)
      throw error
    })
    if (typeof started !== 'boolean') return started
    // Whoever killed it may have done so before it took the order; then nobody ever will, and the claim is made again.
    if (started || inspectClaim(claim, settings.place).kind !== 'absent') return null
    if (tries === MOST_SUPERVISORS) throw shellMissing('bash', new Error('it ended before it took an order'))
  }
}

/** A script in the person's terminal: its supervisor is another one, and the spool is written by this process. */
async function startWithTerminal(
  { stateDir, settings, terminal, loadPty }: HandOver,
  order: ScriptOrder,
  { inTerminal, given }: Claimed,
  tell: Tell,
): Promise<TerminalSession> {
  if (terminal === null) throw new Error(`${order.id} needs a terminal`)
  const pty = await loadPty()
  return startInTerminal({
    claim: claimPath(stateDir, order),
    step: order.step,
    terminal,
    pty: 'missing' in pty ? null : pty,
    script: inStateFolder(stateDir, 'terminal-supervisor.bash'),
    command: inTerminal,
    environment: given,
    spoolBytes: settings.spoolBytes,
    onResize: ({ columns, rows }) => {
      const event = { kind: 'output.resize', ...nameOf(order), cols: columns, rows } as const
      // Refused once the run is no longer driven; the script has its new size all the same.
      tell({ kind: 'resized', event }).catch(() => undefined)
    },
  })
}
