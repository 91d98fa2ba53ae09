import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { SignoffError } from '../model/index.ts'
import { FORMAT_NAMES, type FormatName } from '../transcript/index.ts'
import { EXIT_CODES, VERIFY_CODES } from './exit-codes.ts'
import type { Io } from './io.ts'
import { safeText } from './safe-text.ts'
import { VERSION } from './version.ts'

/** Reads the arguments and runs one command; each is loaded only when it is called. */
export async function runProgram(args: readonly string[], surroundings: Io): Promise<number> {
  // Cleaned in one place, so that no command can forget it: almost every line holds something from outside.
  const io: Io = { ...surroundings, say: line => surroundings.say(safeText(line)) }
  let exitCode = 0
  const does = (work: () => Promise<number>) => async (): Promise<void> => {
    exitCode = await work()
  }
  const program = new Command('signoff')
    .description('Walk the Markdown runbook you already have, and leave a signed transcript that anyone can check.')
    .version(VERSION, '-V, --version')
    .helpCommand(false)
    .configureOutput({ writeOut: text => io.write(text), writeErr: text => io.say(text.trimEnd()) })
    .exitOverride()

  walkOptions(
    selectionOptions(
      program
        .command('run')
        .description('walk a runbook for one release')
        .argument('<file>', 'the runbook, a Markdown file')
        .requiredOption('--release <id>', 'name of the release, such as v1.4.2'),
    ),
  ).action((file: string, options: Record<string, never>) =>
    does(async () => (await import('./commands/run.ts')).run(file, options as never, io))(),
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
    does(async () => (await import('./commands/resume.ts')).resume(run ?? null, options as never, io))(),
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
    does(async () => (await import('./commands/rollback.ts')).rollback(run, options as never, io))(),
  )

  program
    .command('note')
    .description('add a remark to a run: an entry before its seal, a signed addendum after it')
    .argument('<run>', 'id of the run, or the beginning of it')
    .argument('<text>', 'what there is to say')
    .addOption(new Option('--type <type>', 'what it is').choices(['note', 'review', 'incident']).default('note'))
    .option('--key <file>', 'your signing key')
    .action((run: string, text: string, options: { type: 'note' | 'review' | 'incident' }) =>
      does(async () => (await import('./commands/note.ts')).note(run, text, options, io))(),
    )

  program
    .command('plan')
    .description('dry run: every step as it would run; starts no shell, writes nothing')
    .argument('<file>', 'the runbook')
    .option('--json', 'the plan as data (signoff.plan/1)')
    .option('--markdown', 'the plan as Markdown')
    .option('--annotate', 'the runbook with the markers that pin how it is read today')
    .option('--set <name=value>', 'a value to show', pairs, new Map())
    .action((file: string, options: { set: Map<string, string> }) =>
      does(async () => (await import('./commands/plan.ts')).plan(file, options, io))(),
    )

  program
    .command('lint')
    .description('findings only: file:line:col, frame, help')
    .argument('[files...]', 'runbooks')
    .option('--json', 'the findings as data (signoff.lint/1)')
    .option('--sarif', 'the findings as a SARIF 2.1.0 log')
    .option('--explain <code>', 'what a code means, why it matters, how to mend it')
    .action((files: string[], options: Record<string, never>) =>
      does(async () => (await import('./commands/lint.ts')).lint(files, options, io))(),
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
      does(async () => (await import('./commands/doctor.ts')).doctor(file ?? null, options as never, io))(),
    )

  program
    .command('approve')
    .description('sign GO or NO-GO for an open gate with your own key')
    .argument('<request>', 'a request file, or the id of a run')
    .argument('[gate]', 'position of the gate, where a run has several')
    .option('--go', 'GO, without being asked')
    .option('--no-go', 'NO-GO; needs --reason')
    .option('--reason <text>', 'why')
    .option('--role <role>', 'the role to decide for')
    .option('--principal <name>', 'who you are, where no signers file says it')
    .option('--key <file>', 'your private key')
    .option('--out <file>', 'write the signed answer here')
    .action((request: string, gate: string | undefined, options: { go?: boolean; reason?: string }) =>
      does(async () => {
        // commander reads --no-go as the negation of --go: false only where it was given.
        const { go, ...rest } = options
        const decided = go === false ? { noGo: true } : go === true && args.includes('--go') ? { go: true } : {}
        return (await import('./commands/approve.ts')).approve(request, gate ?? null, { ...rest, ...decided }, io)
      })(),
    )

  program
    .command('stop')
    .description('stop the script that a run is running, from another terminal')
    .argument('[run]', 'the id of a run, or its beginning; the newest that is not sealed')
    .option('--key <file>', 'your signing key, which says who you are')
    .action((run: string | undefined, options: { key?: string }) =>
      does(async () => (await import('./commands/stop.ts')).stop(run ?? null, options, io))(),
    )

  program
    .command('status')
    .description('where a run stands: done, running, needed now and of whom, who holds it; reads only')
    .argument('[run]', 'id of the run, or the beginning of it; the newest that is not sealed')
    .option('--watch', 'tell each new line as it comes, until the run ends')
    .option('--json', 'as data (signoff.status/1); with --watch a line each time something was added')
    .action((run: string | undefined, options: Record<string, never>) =>
      does(async () => (await import('./commands/status.ts')).status(run ?? null, options, io))(),
    )

  program
    .command('list')
    .description('all runs, newest first: release, state, sealed or not, operator, times')
    .option('--release <id>', 'only runs of this release')
    .option('--limit <n>', 'only so many, the newest', number)
    .option('-q, --quiet', 'only the ids')
    .option('--json', 'as data (signoff.list/1)')
    .action((options: Record<string, never>) =>
      does(async () => (await import('./commands/list.ts')).list(options, io))(),
    )

  program
    .command('search')
    .description('find words in all records: output, scripts, values, remarks, names; newest run first')
    .argument('<words...>', 'each must be in the same event, in capitals or not; quote what belongs together')
    .option('--release <id>', 'only runs of this release')
    .option('--all', 'every place, not only the first three of a run')
    .option('--json', 'a line of JSON for each place (signoff.search/1)')
    .addHelpText(
      'after',
      '\nThe text of the runbook itself is not searched: it would find every run of it. Exit codes: 0 found, 1 nothing found.',
    )
    .action((words: string[], options: Record<string, never>) =>
      does(async () => (await import('./commands/search.ts')).search(words, options, io))(),
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
      does(async () => (await import('./commands/show.ts')).show(transcript, options as never, io))(),
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
      does(async () => (await import('./commands/diff.ts')).diff(a, b, options, io))(),
    )

  program
    .command('handoff')
    .description('offer a run of yours, which nobody walks now, to another operator; signed')
    .argument('<run>', 'id of the run, or the beginning of it')
    .option('--to <principal>', 'to whom, as the signers file names them')
    .option('--note <text>', 'what they should know')
    .option('--withdraw', 'withdraw the offer that stands')
    .option('--key <file>', 'your signing key')
    .action((run: string, options: Record<string, never>) =>
      does(async () => (await import('./commands/handoff.ts')).handoff(run, options, io))(),
    )

  program
    .command('accept')
    .description('take a run that is on offer to you; signed with your own key, you operate it from then on')
    .argument('<run>', 'id of the run, or the beginning of it')
    .option('--key <file>', 'your signing key')
    .action((run: string, options: Record<string, never>) =>
      does(async () => (await import('./commands/accept.ts')).accept(run, options, io))(),
    )

  program
    .command('verify')
    .description('check a transcript: integrity, signatures, policy')
    .argument('[transcript]', 'a transcript folder, a file in it, or the id of a run; with --all a folder of releases')
    .option('--all', 'every run, and whether each that another names as one before it is there')
    .option('--signers <file>', 'allowed_signers to trust, instead of the one of this repository')
    .option('--runbook <file>', 'it must be of this runbook')
    .option('--release <id>', 'it must be of this release')
    .option('--commit <sha>', 'it must be of this commit')
    .option('--require-passed', 'the run must have passed')
    .option('--require-approvals <n>', 'at least so many people must have approved', number)
    .option('--strict-time', 'the time must not be the writer’s word alone: clocks agree, and a time-stamp token holds')
    .option('--tsa-ca <file>', 'certificates of the time-stamp authorities to trust (PEM)')
    .option('--json', 'the report as data (signoff.verify/1)')
    .action((transcript: string | undefined, options: Record<string, never>) =>
      does(async () => (await import('./commands/verify.ts')).verify(transcript ?? null, options, io))(),
    )

  program
    .command('timestamp')
    .description('a time-stamp (RFC 3161) beside the seal: make the query for an authority, or add its answer')
    .argument('<run>', 'id of the run, or the beginning of it, or its folder')
    .option('--query <file>', 'write the query here; send it to an authority')
    .option('--add <file>', 'put this answer of the authority beside the seal; it must hold')
    .option('--tsa-ca <file>', 'certificates of the time-stamp authorities to trust (PEM)')
    .action((run: string, options: Record<string, never>) =>
      does(async () => (await import('./commands/timestamp.ts')).timestamp(run, options, io))(),
    )

  program
    .command('export')
    .description('a transcript in another form, derived from it and saying so')
    .argument('<transcript>', 'a transcript folder, a file in it, or the id of a run')
    .addOption(new Option('--format <format>', 'what to write').choices(FORMAT_NAMES))
    .option(
      '--withhold <seq,..>',
      'instead: a copy in which these lines say only their digest; needs --reason and --out',
    )
    .option('--reason <text>', 'why they are withheld')
    .option('--out <path>', 'write here, and never over what is there; without it to standard output')
    .option('--key <file>', 'for sigstore: the key that sealed the run, an ed25519 file without a passphrase')
    .option('--signers <file>', 'allowed_signers to trust, instead of the one of this repository')
    .action((transcript: string, options: { format?: FormatName; withhold?: string }) =>
      does(async () => {
        const { format, withhold, ...rest } = options
        if (withhold !== undefined && format === undefined)
          return (await import('./commands/withhold.ts')).withhold(transcript, { ...rest, withhold }, io)
        if (format === undefined || withhold !== undefined)
          throw new SignoffError('USAGE', 'say what to write: --format NAME, or --withhold SEQ,..', {
            advice: `formats: ${FORMAT_NAMES.join(', ')}; a copy that withholds lines can be exported in its turn`,
          })
        return (await import('./commands/export.ts')).exportTranscript(transcript, { ...options, format }, io)
      })(),
    )

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
      does(async () => (await import('./commands/init.ts')).init(io.cwd, options, io))(),
    )

  program
    .command('completion')
    .description('what bash, zsh or fish has to read so that Tab completes commands, flags, files and runs')
    .addArgument(new Argument('<shell>', 'the shell; its output says where it goes').choices(['bash', 'zsh', 'fish']))
    .action((shell: 'bash' | 'zsh' | 'fish') =>
      does(async () => (await import('./commands/completion.ts')).completion(shell, program, io))(),
    )

  program
    .command('help')
    .description('help on the program, or on a topic')
    .argument('[topic]', 'exit-codes, keys, a command, or the code of a finding')
    .action((topic: string | undefined) =>
      does(async () => {
        if (topic === 'exit-codes') io.write(exitCodeText())
        else if (topic === 'keys') io.write(await (await import('./commands/help-keys.ts')).helpKeys(io))
        else if (/^SO\d+$/i.test(topic ?? ''))
          return (await import('./commands/lint.ts')).lint([], { explain: topic ?? '' }, io)
        else io.write((program.commands.find(c => c.name() === topic) ?? program).helpInformation())
        return 0
      })(),
    )

  for (const command of program.commands) command.exitOverride().configureOutput(program.configureOutput())
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    throw error
  }
  return exitCode
}

function selectionOptions(command: Command): Command {
  return command
    .option('--env <name>', 'environment of the run; it can only raise how strongly is asked')
    .option('--from <step>', 'begin at this step or section')
    .option('--only <section>', 'walk this section alone')
    .option('--until <step>', 'end with this step or section')
}

function valueOptions(command: Command): Command {
  return command
    .option('--set <name=value>', 'a value of the runbook', pairs, new Map())
    .option(
      '--secret <name=file>',
      'a secret, from a file; - is standard input, /dev/fd/3 a descriptor',
      pairs,
      new Map(),
    )
    .option('--secret-env <name=variable>', 'a secret, read from an environment variable', pairs, new Map())
    .option('--answers <file>', 'answers for a run that nobody attends (YAML)')
}

function walkOptions(command: Command): Command {
  return valueOptions(command)
    .option('--confirm <step=phrase>', 'the typed phrase of a dangerous step', pairs, new Map())
    .addOption(
      new Option('--ui <kind>', 'who is asked, and how').choices(['auto', 'full', 'plain', 'none']).default('auto'),
    )
    .option('--ascii', 'no character beyond ASCII on the screen')
    .option('--key <file>', 'your signing key')
    .option('--approval <file>', 'bring in a signed approval', collect, [])
    .option('--wait-limit <time>', 'a longer wait pauses an unattended run', '10m')
    .option('--json', 'the result as data on standard output')
    .option('--retry <step>', 'without a terminal: run a step that fails or failed once more', collect, [])
    .option('--skip <step>', 'without a terminal: skip this step', collect, [])
    .option(
      '--resolve <step=outcome>',
      'without a terminal: passed, failed or rerun, where a person knows the outcome',
      pairs,
      new Map(),
    )
    .option('--edit <step=file>', 'without a terminal: run the script of this file instead', pairs, new Map())
    .option('--reason <text>', 'why; needed by all of these, and recorded')
}

function pairs(text: string, before: Map<string, string>): Map<string, string> {
  const at = text.indexOf('=')
  if (at <= 0) throw new InvalidArgumentError('expected NAME=VALUE')
  return new Map(before).set(text.slice(0, at), text.slice(at + 1))
}

function collect(text: string, before: readonly string[]): string[] {
  return [...before, text]
}

function number(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new SignoffError('USAGE', `"${text}" is no number`)
  return value
}

function exitCodeText(): string {
  const table = (rows: readonly (readonly [string, string])[]) =>
    rows.map(([code, text]) => `  ${code.padEnd(6)} ${text}\n`).join('')
  return `run, resume, rollback:\n${table(EXIT_CODES)}\nverify:\n${table(VERIFY_CODES)}`
}
