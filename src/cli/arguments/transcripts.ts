import { Option } from 'commander'
import { SignoffError } from '../../model/index.ts'
import { FORMAT_NAMES, type FormatName } from '../../transcript/index.ts'
import type { Declaring } from './declaring.ts'
import { number } from './options.ts'

/** The commands that check a sealed transcript, or make something of one that they have checked. */
export function transcriptCommands({ program, io, does }: Declaring): void {
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
      does(async () => (await import('../commands/verify.ts')).verify(transcript ?? null, options, io)),
    )

  program
    .command('timestamp')
    .description('a time-stamp (RFC 3161) beside the seal: make the query for an authority, or add its answer')
    .argument('<run>', 'id of the run, or the beginning of it, or its folder')
    .option('--query <file>', 'write the query here; send it to an authority')
    .option('--add <file>', 'put this answer of the authority beside the seal; it must hold')
    .option('--tsa-ca <file>', 'certificates of the time-stamp authorities to trust (PEM)')
    .action((run: string, options: Record<string, never>) =>
      does(async () => (await import('../commands/timestamp.ts')).timestamp(run, options, io)),
    )

  program
    .command('export')
    .description('a transcript in another form, derived from it and saying so')
    .argument('<transcript>', 'a transcript folder, a file in it, or the id of a run')
    .addOption(new Option('--format <format>', 'what to write').choices(FORMAT_NAMES))
    .option(
      '--withhold <seq,..>',
      'instead: a copy in which these lines say only their digest; line 1 of the journal is 0; needs --reason and --out',
    )
    .option('--reason <text>', 'why they are withheld')
    .option('--out <path>', 'write here, and never over what is there; without it to standard output')
    .option('--key <file>', 'for sigstore: the key that sealed the run, an ed25519 file without a passphrase')
    .option('--signers <file>', 'allowed_signers to trust, instead of the one of this repository')
    .action((transcript: string, options: { format?: FormatName; withhold?: string }) =>
      does(async () => {
        const { format, withhold, ...rest } = options
        if (withhold !== undefined && format === undefined)
          return (await import('../commands/withhold.ts')).withhold(transcript, { ...rest, withhold }, io)
        if (format === undefined || withhold !== undefined)
          throw new SignoffError('USAGE', 'say what to write: either --format NAME, or --withhold SEQ,..', {
            advice: `formats: ${FORMAT_NAMES.join(', ')}; a copy that withholds lines can be exported in its turn`,
          })
        return (await import('../commands/export.ts')).exportTranscript(transcript, { ...options, format }, io)
      }),
    )
}
