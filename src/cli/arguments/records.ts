import type { Declaring } from './declaring.ts'
import { collect, number } from './options.ts'

/** The commands that read records as they are; none of them says that a record is genuine. */
export function recordCommands({ program, io, does }: Declaring): void {
  program
    .command('status')
    .description('where a run stands: done, running, needed now and of whom, who holds it; reads only')
    .argument('[run]', 'id of the run, or the beginning of it; the newest that is not sealed')
    .option('--watch', 'tell each new line as it comes, until the run ends')
    .option('--json', 'as data (signoff.status/1); with --watch a line each time something was added')
    .action((run: string | undefined, options: Record<string, never>) =>
      does(async () => (await import('../commands/status.ts')).status(run ?? null, options, io)),
    )

  program
    .command('list')
    .description('all runs, newest first: release, state, sealed or not, operator, times')
    .option('--release <id>', 'only runs of this release')
    .option('--limit <n>', 'only so many, the newest', number)
    .option('-q, --quiet', 'only the ids')
    .option('--json', 'as data (signoff.list/1)')
    .action((options: Record<string, never>) =>
      does(async () => (await import('../commands/list.ts')).list(options, io)),
    )

  program
    .command('search')
    .description('find words in all records: output, scripts, values, remarks, names; newest run first')
    .argument('<words...>', 'each must be in the same event, in capitals or not; quote what belongs together')
    .option('--release <id>', 'only runs of this release')
    .option('--limit <n>', 'stop at so many places (300, unless --all or --json)', number)
    .option('--all', 'every place, not only the first three of a run')
    .option('--json', 'a line of JSON for each place (signoff.search/1)')
    .addHelpText(
      'after',
      '\nThe text of the runbook itself is not searched: it would find every run of it. Exit codes: 0 found, 1 nothing found.',
    )
    .action((words: string[], options: Record<string, never>) =>
      does(async () => (await import('../commands/search.ts')).search(words, options, io)),
    )

  program
    .command('show')
    .description('the record of a run as people read it, safe in any terminal; also of a run that is under way')
    .argument('<transcript>', 'a transcript folder, a file in it, or the id of a run')
    .option(
      '--step <step>',
      'only this step, by position or id, or all below this position; may be repeated',
      collect,
      [],
    )
    .option(
      '--kind <kind>',
      'only events of this kind, such as confirm; may be repeated, or hold several with commas',
      collect,
      [],
    )
    .option('--output', 'only what the scripts printed, all of it')
    .option('--full', 'all output in its place, not only the ends of what is long')
    .option('--json', 'the lines of the journal themselves')
    .action((transcript: string, options: Record<string, never>) =>
      does(async () => (await import('../commands/show.ts')).show(transcript, options as never, io)),
    )

  program
    .command('diff')
    .description('two runs side by side: what was skipped, edited, slower, confirmed otherwise, done with other values')
    .argument('<a>', 'the first run, such as the rehearsal: a transcript folder, a file in it, or the id of a run')
    .argument('<b>', 'the second, such as production')
    .option('--json', 'as data (signoff.diff/1)')
    .addHelpText(
      'after',
      '\nExit codes as those of diff: 0 no difference, 1 some, 2 usage; 8 and 65 a record that cannot be read.',
    )
    .action((a: string, b: string, options: { json?: boolean }) =>
      does(async () => (await import('../commands/diff.ts')).diff(a, b, options, io)),
    )
}
