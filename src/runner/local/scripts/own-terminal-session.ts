import type { ChildProcess } from 'node:child_process'
import type { LentTerminal, PersonsTerminal } from '../terminal/persons-terminal.ts'
import { stty } from '../terminal/stty.ts'
import type { TerminalSession } from './terminal-session.ts'
import { exited, scriptEnded, wireOf } from './terminal-supervisor.ts'

/** The script has the terminal itself: it is the person's again once bash, which handed it on, has ended. */
export function inOwnTerminal(
  supervisor: ChildProcess,
  terminal: PersonsTerminal,
  modes: readonly string[],
  lent: LentTerminal,
): TerminalSession {
  const wire = wireOf(supervisor)
  lent.onRecall(() => wire.destroy())
  const over = (async () => {
    await scriptEnded(supervisor, wire)
    wire.write('\n')
    await exited(supervisor)
    wire.destroy()
    stty(terminal, ...modes)
    await lent.giveBack()
  })()
  // Whoever has stopped following must not make the process fall over it.
  over.catch(() => undefined)
  return { draining: false, lost: 0, over, dispose: () => wire.destroy() }
}
