import { Argument, Option } from 'commander'
import { SignoffError } from '../../model/index.ts'
import { APPROVE_CODES, EXIT_CODES, VERIFY_CODES } from '../exit-codes.ts'
import type { Declaring } from './declaring.ts'

/** The commands around the work: what a first run needs, and how the program is used. */
export function workspaceCommands({ program, io, does }: Declaring): void {
  program
    .command('init')
    .description('make what a first run needs: .signoff/, a signing key, the signers file')
    .option('--yes', 'make a key without being asked, if there is none')
    .option('--key <file>', 'use this key')
    .option('--principal <name>', 'who you are in the signers file, such as kim@example.com')
    .addOption(
      new Option('--role <role>', 'what your key may sign').choices(['operator', 'approver']).default('operator'),
    )
    .action((options: Record<string, never>) =>
      does(async () => (await import('../commands/init.ts')).init(io.cwd, options, io)),
    )

  program
    .command('completion')
    .description('what bash, zsh or fish has to read so that Tab completes commands, flags, files and runs')
    .addArgument(new Argument('<shell>', 'the shell; its output says where it goes').choices(['bash', 'zsh', 'fish']))
    .action((shell: 'bash' | 'zsh' | 'fish') =>
      does(async () => (await import('../commands/completion.ts')).completion(shell, program, io)),
    )

  program
    .command('help')
    .description('help on the program, or on a topic')
    .argument('[topic]', 'exit-codes, keys, a command, or the code of a finding')
    .action((topic: string | undefined) =>
      does(async () => {
        if (topic === 'exit-codes') io.write(exitCodeText())
        else if (topic === 'keys') io.write(await (await import('../commands/help-keys.ts')).helpKeys(io))
        else if (/^SO\d+$/i.test(topic ?? ''))
          return (await import('../commands/lint.ts')).lint([], { explain: topic ?? '' }, io)
        else if (topic === undefined) program.outputHelp()
        else {
          const command = program.commands.find(one => one.name() === topic)
          if (command === undefined)
            throw new SignoffError('USAGE', `there is no help on "${topic}"`, {
              advice: 'topics: exit-codes, keys, a command, or the code of a finding such as SO018',
            })
          command.outputHelp()
        }
        return 0
      }),
    )
}

function exitCodeText(): string {
  const table = (rows: readonly (readonly [string, string])[]) =>
    rows.map(([code, text]) => `  ${code.padEnd(6)} ${text}\n`).join('')
  return `run, resume, rollback:\n${table(EXIT_CODES)}\napprove:\n${table(APPROVE_CODES)}\nverify:\n${table(VERIFY_CODES)}`
}
