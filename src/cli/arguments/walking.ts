import { Option } from 'commander'
import type { Declaring } from './declaring.ts'
import { selectionOptions, walkOptions } from './options.ts'

/** The commands that walk a run, and the remark to one. */
export function walkCommands({ program, io, does }: Declaring): void {
  walkOptions(
    selectionOptions(
      program
        .command('run')
        .description('walk a runbook for one release')
        .argument('<file>', 'the runbook, a Markdown file')
        .requiredOption('--release <id>', 'name of the release, such as v1.4.2'),
    ),
  ).action((file: string, options: Record<string, never>) =>
    does(async () => (await import('../commands/run.ts')).run(file, options as never, io)),
  )

  walkOptions(
    program
      .command('resume')
      .description('go on with a run from its journal')
      .argument('[run]', 'id of the run, or the beginning of it; the newest that is not sealed')
      .option('--jump <step>', 'go on at this step: forward over others, or back to open it again; needs --reason')
      .option('--take-over', 'take the run from whoever holds or operates it; needs --reason')
      .option(
        '--lose-output',
        'record as lost what a script printed unseen and nobody can mask, its secrets being gone',
      )
      .option('--keep-runbook', 'go on with the text that the run began with, though the file changed'),
  ).action((run: string | undefined, options: Record<string, never>) =>
    does(async () => (await import('../commands/resume.ts')).resume(run ?? null, options as never, io)),
  )

  walkOptions(
    program
      .command('rollback')
      .description('walk the recovery of a run; of a sealed one as a new run that names it')
      .argument('<run>', 'id of the run, or the beginning of it')
      .option('--for <step>', 'phase, section or step to lead back from, where there are several ways back')
      .addHelpText(
        'after',
        "\nWithout a terminal the recovery is entered by --reason TEXT and --confirm rollback='PHRASE', the phrase being\nenvironment and release, as for a dangerous step.",
      ),
  ).action((run: string, options: Record<string, never>) =>
    does(async () => (await import('../commands/rollback.ts')).rollback(run, options as never, io)),
  )

  program
    .command('note')
    .description('add a remark to a run: an entry before its seal, a signed addendum after it')
    .argument('<run>', 'id of the run, or the beginning of it')
    .argument('<text>', 'what there is to say')
    .addOption(new Option('--type <type>', 'what it is').choices(['note', 'review', 'incident']).default('note'))
    .option('--key <file>', 'your signing key')
    .action((run: string, text: string, options: { type: 'note' | 'review' | 'incident' }) =>
      does(async () => (await import('../commands/note.ts')).note(run, text, options, io)),
    )
}
