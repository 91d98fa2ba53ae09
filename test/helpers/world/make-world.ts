import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type HttpsSite, startHttpsSite } from './https-site.ts'
import { makePerson, type Person, rolesText, signersText } from './keys.ts'
import { type LeftProcess, processesLeft } from './leftovers.ts'
import { openPlainTerminal, type PlainTerminal } from './plain-terminal.ts'
import { makePrograms, type Programs } from './programs.ts'
import { makeRepository, type Repository } from './repository.ts'
import { type CliResult, runSignoff, signoffFile } from './signoff.ts'
import { type TranscriptFolder, transcriptOf } from './transcript-folder.ts'
import { type HandCheck, verifyByHand } from './verify-by-hand.ts'

export interface WorldOptions {
  /** Files of the repository that the run takes place in, committed and pushed. */
  readonly files: Readonly<Record<string, string>>
  /** Roles of the runbook's gates; each is given to an approver of its own. */
  readonly roles?: readonly string[]
  /** Hosts whose https addresses a real curl must reach. */
  readonly hosts?: readonly string[]
  /** Environment variables that the recording programs write down. */
  readonly watched?: readonly string[]
}

/** A whole small world for one run: a home, a repository with its origin, keys, programs, and a site. */
export interface World {
  /** Folder of everything here; what lies outside of it belongs to somebody else. */
  readonly root: string
  /** The whole environment that the operator's commands run in. */
  readonly env: Readonly<Record<string, string>>
  /** Where temporary files go, `mktemp` included. */
  readonly temporary: string
  readonly repository: Repository
  readonly operator: Person
  /** By role. */
  readonly approvers: ReadonlyMap<string, Person>
  readonly programs: Programs
  /** Null where no hosts were asked for. */
  readonly site: HttpsSite | null
  /** Runs the command as the operator, in the clone. */
  signoff(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CliResult>
  /** The operator at a terminal, in plain mode; null where no pseudo-terminal is to be had. */
  signoffAtTerminal(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<PlainTerminal | null>
  /** Runs it as somebody else, with a home and a key of their own; in the clone, unless they have only what was sent to them. */
  signoffAs(person: Person, args: readonly string[], cwd?: string): Promise<CliResult>
  /** Writes a file outside of the repository and gives its path. */
  file(name: string, content: string): string
  transcript(release: string): TranscriptFolder
  /** @param instead another journal to check against the seal, such as one that was tampered with. */
  verifyByHand(release: string, instead?: { readonly journal: string }): Promise<HandCheck>
  processesLeft(): Promise<LeftProcess[]>
  /** Ends the site and removes the folder. */
  remove(): Promise<void>
}

/** Makes everything in a new temporary folder; whoever calls it awaits `remove` at the end. */
export async function makeWorld(options: WorldOptions): Promise<World> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'signoff-world-')))
  const folder = (...names: string[]): string => {
    mkdirSync(join(root, ...names), { recursive: true, mode: 0o700 })
    return join(root, ...names)
  }
  const temporary = folder('tmp')
  const programs = makePrograms(root, options.watched ?? [])
  const envOf = (home: string): Record<string, string> => ({
    HOME: home,
    PATH: `${programs.folder}:${process.env.PATH ?? ''}`,
    TMPDIR: temporary,
    LANG: 'C.UTF-8',
    // The zone of whoever runs the tests: `TZ=Etc/GMT+1` shows what a journey does at midnight, and not only at midnight.
    ...(process.env.TZ === undefined ? {} : { TZ: process.env.TZ }),
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
    XDG_CACHE_HOME: join(home, '.cache'),
    GIT_CONFIG_NOSYSTEM: '1',
  })
  const home = folder('homes', 'operator')
  const env = envOf(home)

  const operator = await makePerson(folder('keys'), 'operator@localhost')
  const approvers = new Map<string, Person>()
  for (const [i, role] of (options.roles ?? []).entries())
    approvers.set(role, await makePerson(folder('keys'), `approver-${i + 1}@localhost`))

  const repository = await makeRepository(
    root,
    {
      ...options.files,
      '.signoff/allowed_signers': signersText([operator], [...approvers.values()]),
      ...(approvers.size === 0 ? {} : { '.signoff/config.yaml': rolesText(approvers) }),
    },
    env,
  )
  const signers = join(repository.clone, '.signoff', 'allowed_signers')
  const site = options.hosts === undefined ? null : await startHttpsSite(root, home, options.hosts)

  return {
    root,
    env,
    temporary,
    repository,
    operator,
    approvers,
    programs,
    site,
    signoff: (args, more = {}) =>
      runSignoff(args, { cwd: repository.clone, env: { ...env, SIGNOFF_KEY: operator.keyFile, ...more } }),
    signoffAtTerminal: (args, more = {}) =>
      openPlainTerminal(process.execPath, [signoffFile(), ...args, '--ui', 'plain'], {
        cwd: repository.clone,
        env: { ...env, SIGNOFF_KEY: operator.keyFile, ...more },
      }),
    signoffAs: (person, args, cwd = repository.clone) =>
      runSignoff(args, { cwd, env: { ...envOf(folder('homes', person.principal)), SIGNOFF_KEY: person.keyFile } }),
    file(name, content) {
      const path = join(folder('files'), name)
      writeFileSync(path, content)
      return path
    },
    transcript: release => transcriptOf(repository.clone, release),
    verifyByHand: (release, instead) =>
      verifyByHand({
        bundle: join(transcriptOf(repository.clone, release).folder, 'transcript.intoto.jsonl'),
        journal: instead?.journal ?? join(transcriptOf(repository.clone, release).folder, 'journal.jsonl'),
        signers,
        scratch: folder('scratch'),
      }),
    processesLeft: () => processesLeft(root),
    async remove() {
      await site?.close()
      // One that is just ending writes its compile cache as the last thing, and would make its folders again.
      await processesLeft(root).catch(() => [])
      rmSync(root, { recursive: true, force: true })
    },
  }
}
