import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TestTerminal } from '../tui/helpers/terminal.ts'
import { type Size, Tmux } from './tmux.ts'
import { hasCommand, makeWorld, type World } from './world/index.ts'
import type { Person } from './world/keys.ts'
import { quote } from './world/programs.ts'
import { signoffFile } from './world/signoff.ts'
import type { JournalLine } from './world/transcript-folder.ts'

const TEST = fileURLToPath(new URL('..', import.meta.url))
export const RELEASE = 'v1'

/** Why the journeys through the terminal cannot be walked here; null where they can. */
export const lacking: string | null = hasCommand('tmux') ? null : 'tmux is not installed'

/** The demo runbook in a repository of its own, and the terminals that it is walked in. */
export interface Demo {
  readonly world: World
  /** An interactive shell in tmux, with `signoff` on its PATH. */
  terminal(size?: Size, env?: Readonly<Record<string, string>>): Promise<Tmux>
  /** The same in a terminal whose every byte is the test's own; it begins with the walk of the demo. */
  pty(flags: readonly string[], size?: Size, env?: Readonly<Record<string, string>>): TestTerminal
  /** Starts the walk of the demo in it; flags such as `--from 2.1`. */
  walk(terminal: Tmux, ...flags: readonly string[]): Promise<void>
  /** The environment of those terminals. */
  readonly env: Readonly<Record<string, string>>
  /** Writes a file beside the runbook. */
  write(name: string, content: string): void
  /** Gives somebody who is listed the right to approve as well. */
  mayApprove(person: Person): void
  remove(name: string): void
  has(name: string): boolean
  /** Id of the run. */
  run(): string
  /** The journal as it stands; none before the run has begun. */
  journal(): JournalLine[]
  kinds(): string[]
  /** How long the journal is by now. */
  journalBytes(): number
  /** How often the step at a position was started. */
  starts(position: string): number
  /** Process id of the Signoff that holds the run. */
  pid(): number
  close(): Promise<void>
}

/** Presses Enter on the screen before a run; plain mode has none, and begins by itself. */
export async function begin(terminal: Tmux): Promise<void> {
  const [seen] = await terminal.until(/Enter starts the run|^(?:Step |Type |nothing was run)/m, 20_000)
  if (seen.startsWith('Enter')) await terminal.answer(/Enter starts the run/, 'Enter')
}

export async function openDemo(files: Readonly<Record<string, string>> = {}): Promise<Demo> {
  const world = await makeWorld({
    files: {
      'demo.md': readFileSync(join(TEST, 'fixtures/runbooks/demo.md'), 'utf8'),
      'lag.txt': '2 s\n',
      'certificates.txt': Array.from({ length: 100 }, (_, line) => `certificate ${line + 1}\n`).join(''),
      healthy: 'yes\n',
      '.signoff/transcripts/.gitattributes': '* -text\n',
      ...files,
    },
    roles: ['Release Manager', 'Platform Lead'],
  })
  const command = join(world.programs.folder, 'signoff')
  writeFileSync(command, `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(signoffFile())} "$@"\n`)
  chmodSync(command, 0o755)
  const env = {
    ...world.env,
    PATH: `${world.env.PATH ?? ''}:${join(TEST, 'fixtures/programs')}`,
    SIGNOFF_KEY: world.operator.keyFile,
  }
  const terminals: Tmux[] = []
  const ptys: TestTerminal[] = []
  const { clone } = world.repository
  const journal = (): JournalLine[] =>
    existsSync(join(clone, '.signoff', 'transcripts', RELEASE)) ? world.transcript(RELEASE).lines() : []
  return {
    world,
    env,
    async terminal(size, more = {}) {
      const folder = join(world.root, `terminal-${terminals.length}`)
      const terminal = await Tmux.open(folder, clone, { ...env, ...more }, size)
      terminals.push(terminal)
      return terminal
    },
    pty(flags, size = { columns: 80, rows: 24 }, more = {}) {
      const args = [signoffFile(), 'run', 'demo.md', '--release', RELEASE, ...flags]
      const pty = new TestTerminal(process.execPath, args, size, { ...env, ...more, CI: '' }, clone)
      ptys.push(pty)
      return pty.startsAtOnce()
    },
    async walk(terminal, ...flags) {
      await terminal.command(['signoff run demo.md --release', RELEASE, ...flags].join(' '))
      await begin(terminal)
    },
    write: (name, content) => writeFileSync(join(clone, name), content),
    mayApprove({ principal }) {
      const file = join(clone, '.signoff/allowed_signers')
      const lines = readFileSync(file, 'utf8').split('\n')
      const changed = lines.map(line =>
        line.startsWith(`${principal} `) ? line.replace('namespaces="', 'namespaces="signoff-approval-v1,') : line,
      )
      writeFileSync(file, changed.join('\n'))
    },
    remove: name => rmSync(join(clone, name)),
    run: () => world.transcript(RELEASE).run,
    has: name => existsSync(join(clone, name)),
    journal,
    kinds: () => journal().map(line => line.kind),
    journalBytes: () => statSync(join(world.transcript(RELEASE).folder, 'journal.jsonl')).size,
    starts(position) {
      const lines = journal()
      const planned = lines.find(line => line.kind === 'run.plan')?.steps as
        | readonly { readonly id: string; readonly position: string }[]
        | undefined
      const id = planned?.find(step => step.position === position)?.id
      return lines.filter(line => line.kind === 'step.start' && line.step === id).length
    },
    pid() {
      const [run] = readdirSync(join(clone, '.signoff', 'transcripts', RELEASE))
      const lock = join(world.env.XDG_STATE_HOME ?? '', 'signoff', run ?? '', 'lock')
      return (JSON.parse(readFileSync(lock, 'utf8')) as { readonly pid: number }).pid
    },
    async close() {
      for (const pty of ptys) pty.close()
      // All are closed, whatever one of them finds to complain about.
      const closed = await Promise.allSettled(terminals.map(terminal => terminal.close()))
      await world.remove()
      for (const one of closed) if (one.status === 'rejected') throw one.reason
    },
  }
}
