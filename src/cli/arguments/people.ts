import { APPROVE_HELP } from './approve-help.ts'
import type { Declaring } from './declaring.ts'

/** The commands by which other people take part in a run: who decides a gate, who takes over, who stops a script. */
export function peopleCommands({ program, io, does }: Declaring): void {
  const said = new Set<'go' | 'noGo'>()
  program
    .command('approve')
    .description('sign GO or NO-GO for an open gate with your own key')
    .argument('<request>', 'a request file, or the id of a run')
    .argument('[gate]', 'position of the gate, where a run has several')
    .option('--go', 'GO, without being asked')
    .option('--no-go', 'NO-GO; needs --reason')
    .option('--reason <text>', 'why; a GO needs it as well where a criterion is not met')
    .option('--role <role>', 'the role to decide for')
    .option('--principal <name>', 'who you are, where no signers file says it')
    .option('--key <file>', 'your private key')
    .option('--out <file>', 'write the signed answer here, and never over what is there')
    // commander reads --no-go as the negation of --go, and of both it keeps the last.
    .on('option:go', () => said.add('go'))
    .on('option:no-go', () => said.add('noGo'))
    .addHelpText('after', APPROVE_HELP)
    .action((request: string, gate: string | undefined, { go: _, ...options }: { go?: boolean; reason?: string }) =>
      does(async () => {
        const decided = Object.fromEntries([...said].map(one => [one, true]))
        return (await import('../commands/approve.ts')).approve(request, gate ?? null, { ...options, ...decided }, io)
      }),
    )

  program
    .command('stop')
    .description('stop the script that a run is running, from another terminal')
    .argument('[run]', 'the id of a run, or its beginning; the newest that is not sealed')
    .option('--key <file>', 'your signing key, which says who you are')
    .action((run: string | undefined, options: { key?: string }) =>
      does(async () => (await import('../commands/stop.ts')).stop(run ?? null, options, io)),
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
      does(async () => (await import('../commands/handoff.ts')).handoff(run, options, io)),
    )

  program
    .command('accept')
    .description('take a run that is on offer to you; signed with your own key, you operate it from then on')
    .argument('<run>', 'id of the run, or the beginning of it')
    .option('--key <file>', 'your signing key')
    .action((run: string, options: Record<string, never>) =>
      does(async () => (await import('../commands/accept.ts')).accept(run, options, io)),
    )
}
