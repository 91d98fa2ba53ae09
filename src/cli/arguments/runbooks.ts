import type { Declaring } from './declaring.ts'
import { pairs, selectionOptions, valueOptions } from './options.ts'

/** The commands that read a runbook and run nothing of it. */
export function runbookCommands({ program, io, does }: Declaring): void {
  program
    .command('plan')
    .description('dry run: every step as it would run; starts no shell, writes nothing')
    .argument('<file>', 'the runbook')
    .option('--json', 'the plan as data (signoff.plan/1)')
    .option('--markdown', 'the plan as Markdown')
    .option('--annotate', 'the runbook with the markers that pin how it is read today')
    .option('--set <name=value>', 'a value to show', pairs, new Map())
    .action((file: string, options: { set: Map<string, string> }) =>
      does(async () => (await import('../commands/plan.ts')).plan(file, options, io)),
    )

  program
    .command('lint')
    .description('findings only: file:line:col, frame, help')
    .argument('[files...]', 'runbooks')
    .option('--json', 'the findings as data (signoff.lint/1)')
    .option('--sarif', 'the findings as a SARIF 2.1.0 log')
    .option('--explain <code>', 'what a code means, why it matters, how to mend it')
    .action((files: string[], options: Record<string, never>) =>
      does(async () => (await import('../commands/lint.ts')).lint(files, options, io)),
    )

  valueOptions(
    selectionOptions(
      program
        .command('doctor')
        .description('what would get in the way of a run: keys, approvers, disk; of a runbook, its programs and values')
        .argument('[file]', 'the runbook; without it only the workspace is looked at')
        .option('--release <id>', 'name of the release'),
    ),
  )
    .option('--key <file>', 'your signing key')
    .option('--json', 'the findings as data (signoff.doctor/1)')
    .action((file: string | undefined, options: Record<string, never>) =>
      does(async () => (await import('../commands/doctor.ts')).doctor(file ?? null, options as never, io)),
    )
}
