import { Command, CommanderError } from 'commander'
import type { Io } from '../io.ts'
import { safeText } from '../safe-text.ts'
import { VERSION } from '../version.ts'
import type { Declaring } from './declaring.ts'
import { peopleCommands } from './people.ts'
import { recordCommands } from './records.ts'
import { runbookCommands } from './runbooks.ts'
import { transcriptCommands } from './transcripts.ts'
import { walkCommands } from './walking.ts'
import { workspaceCommands } from './workspace.ts'

/** In the order of the help. */
const GROUPS: readonly ((declaring: Declaring) => void)[] = [
  walkCommands,
  runbookCommands,
  peopleCommands,
  recordCommands,
  transcriptCommands,
  workspaceCommands,
]

/** What nothing of ours can do any more, and no screen say. */
const AFTER_A_KILL =
  'A terminal that a killed Signoff left broken is mended by "reset"; "signoff resume" goes on with its run.'

/** Reads the arguments and runs one command; each is loaded only when it is called. */
export async function runProgram(args: readonly string[], surroundings: Io): Promise<number> {
  // Cleaned in one place, so that no command can forget it: almost every line holds something from outside.
  const io: Io = { ...surroundings, say: line => surroundings.say(safeText(line)) }
  let exitCode = 0
  const program = new Command('signoff')
    .description('Walk the Markdown runbook you already have, and leave a signed transcript that anyone can check.')
    .version(VERSION, '-V, --version')
    .addHelpText('after', `\n${AFTER_A_KILL}`)
    .helpCommand(false)
    .configureOutput({ writeOut: text => io.write(text), writeErr: text => io.say(text.trimEnd()) })
    .exitOverride()
  const does = async (work: () => Promise<number>): Promise<void> => {
    exitCode = await work()
  }
  for (const declare of GROUPS) declare({ program, io, does })
  for (const command of program.commands) command.exitOverride().configureOutput(program.configureOutput())
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    throw error
  }
  return exitCode
}
