import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { hasCommand } from './world/has-command.ts'
import { makePerson, type Person } from './world/keys.ts'
import { type CliResult, signoffFile } from './world/signoff.ts'

/** Accounts need no names, and these are nobody's. Of this process alone, so that two suites on one machine do not share them. */
const [GROUP, FIRST, SECOND] = [0, 1, 2].map(one => 1_000_000 + process.pid * 3 + one) as [number, number, number]

const as = (uid: number) => ['setpriv', '--reuid', String(uid), '--regid', String(GROUP), '--clear-groups', '--']

/** Two accounts can be had by root alone, and only where they may come at Node and at the command. */
export function canBeOthers(): boolean {
  if (process.getuid?.() !== 0 || !hasCommand('setpriv')) return false
  const [file = '', ...args] = [...as(FIRST), process.execPath, signoffFile(), '--version']
  return spawnSync(file, args, { cwd: '/', stdio: 'ignore' }).status === 0
}

/** One account of this machine, and the person whose it is. */
export interface Account {
  readonly uid: number
  readonly person: Person
  readonly home: string
  /** Runs the command, as this account, in the repository that both share. */
  signoff(args: readonly string[], wrapped?: readonly string[]): Promise<CliResult>
  /** The same, left to run; whatever the test finds, `remove` ends it. */
  start(args: readonly string[]): Started
}

export interface Started {
  readonly exited: Promise<number | null>
  /** What it said on either stream so far. */
  text(): string
  kill(): void
}

/** A repository that two accounts share through a group, as teams share one on a jump host. */
export interface SharedWorld {
  readonly root: string
  readonly first: Account
  readonly second: Account
  /** A path in the repository. */
  at(path: string): string
  /** The folder of the only run of a release. */
  folderOf(release: string): string
  remove(): Promise<void>
}

/** Makes the repository with its files, group-writable, and both people with lines that let them do everything. */
export async function makeSharedWorld(files: Readonly<Record<string, string>>): Promise<SharedWorld> {
  const root = mkdtempSync(join(tmpdir(), 'signoff-shared-'))
  chmodSync(root, 0o755)
  const repository = join(root, 'repository')
  const started: ChildProcess[] = []
  const people = await Promise.all(['first@localhost', 'second@localhost'].map(name => makePerson(root, name)))
  mkdirSync(join(repository, '.signoff', 'transcripts'), { recursive: true })
  writeFileSync(join(repository, '.signoff', 'transcripts', '.gitattributes'), '* -text\n')
  writeFileSync(
    join(repository, '.signoff', 'allowed_signers'),
    people.map(({ principal, publicKey }) => `${principal} ${publicKey}\n`).join(''),
  )
  for (const [name, text] of Object.entries(files)) writeFileSync(join(repository, name), text)
  await execa('git', ['-c', 'init.defaultBranch=main', 'init', '--quiet', '--template=', repository])

  const account = async (person: Person | undefined, uid: number): Promise<Account> => {
    if (person === undefined) throw new Error('two people are needed')
    const home = join(root, `home-${uid}`)
    mkdirSync(join(home, 'tmp'), { recursive: true, mode: 0o700 })
    writeFileSync(join(home, '.gitconfig'), '[safe]\n\tdirectory = *\n')
    await execa('chown', ['-R', `${uid}:${GROUP}`, home, join(person.keyFile, '..')])
    const own = { HOME: home, TMPDIR: join(home, 'tmp'), SIGNOFF_KEY: person.keyFile, GIT_CONFIG_NOSYSTEM: '1' }
    const env = { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', ...own }
    // What both write must be open to their group, as a shared checkout has it.
    const command = (args: readonly string[]) => [...as(uid), 'sh', '-c', 'umask 002; exec "$@"', 'sh', ...args]
    const signoff = (args: readonly string[]) => command([process.execPath, signoffFile(), ...args])
    return {
      uid,
      person,
      home,
      async signoff(args, wrapped = []) {
        const [file = '', ...rest] = [...wrapped, ...signoff(args)]
        const options = { cwd: repository, env, extendEnv: false, stdin: 'ignore', reject: false } as const
        const { exitCode, stdout, stderr } = await execa(file, rest, { ...options, stripFinalNewline: false })
        return { exitCode: exitCode ?? -1, stdout, stderr }
      },
      start(args) {
        const [file = '', ...rest] = signoff(args)
        const child = spawn(file, rest, { cwd: repository, env, stdio: ['ignore', 'pipe', 'pipe'] })
        started.push(child)
        let said = ''
        for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += chunk))
        const exited = new Promise<number | null>(resolve => child.on('close', resolve))
        return { exited, text: () => said, kill: () => child.kill('SIGKILL') }
      },
    }
  }
  const [first, second] = [await account(people[0], FIRST), await account(people[1], SECOND)]
  await execa('chown', ['-R', `${first.uid}:${GROUP}`, repository])
  await execa('chmod', ['-R', 'g+rwX', repository])
  await execa('find', [repository, '-type', 'd', '-exec', 'chmod', 'g+s', '{}', '+'])

  return {
    root,
    first,
    second,
    at: path => join(repository, path),
    folderOf(release) {
      const folder = join(repository, '.signoff', 'transcripts', release)
      const runs = existsSync(folder) ? readdirSync(folder) : []
      if (runs.length !== 1) throw new Error(`${release}: expected one run, found ${runs.length}`)
      return join(folder, runs[0] ?? '')
    },
    async remove() {
      for (const child of started) child.kill('SIGKILL')
      for (const { uid } of [first, second]) await endProcessesOf(uid)
      rmSync(root, { recursive: true, force: true })
    },
  }
}

/** Ends what an account of ours still runs, one by one: nobody else has it. */
async function endProcessesOf(uid: number): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await new Promise(go => setTimeout(go, 50))) {
    const left = processesOf(uid)
    if (left.length === 0) return
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has just ended.
      }
    }
  }
}

function processesOf(uid: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(name => {
      try {
        const status = readFileSync(`/proc/${name}/status`, 'utf8')
        return new RegExp(`^Uid:\\s+${uid}\\b`, 'm').test(status) && !/^State:\s+Z/m.test(status)
      } catch {
        return false
      }
    })
    .map(Number)
}
