import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { VerifyAllSchema } from '../../src/cli/verifying/verify-all.ts'
import { VerifyReportSchema } from '../../src/transcript/index.ts'
import { makeTimeAuthority, type TimeAuthority } from '../helpers/time-authority.ts'
import { hasCommand, makeWorld, type World } from '../helpers/world/index.ts'
import { runSignoff } from '../helpers/world/signoff.ts'

/** Many starts of the command in one test: on a busy machine they take their time. */
vi.setConfig({ testTimeout: 120_000 })

const RUNBOOK = `# Release

## Phase 1: Build

1. Build it:
   \`\`\`bash
   echo "customer $((4700 + 11))"
   \`\`\`

2. Tell support
`
const ANSWERS = 'version: 1\nby: kim@example.com\nanswers:\n  - { step: "1.2", answer: yes }\n'

let world: World
const transcripts = () => join(world.repository.clone, '.signoff', 'transcripts')
const folderOf = (release: string) => world.transcript(release).folder
const verify = (...args: string[]) => world.signoff(['verify', ...args])
/** A place of its own for a copy, outside of the repository. */
let copies = 0
function copyOf(release: string): string {
  const copy = join(world.root, `copy-${++copies}`)
  cpSync(folderOf(release), copy, { recursive: true })
  return copy
}

beforeAll(async () => {
  world = await makeWorld({ files: { 'release.md': RUNBOOK, '.signoff/transcripts/.gitattributes': '* -text\n' } })
  const answers = world.file('answers.yaml', ANSWERS)
  for (const release of ['v1', 'v2', 'v3']) {
    const walked = await world.signoff(['run', 'release.md', '--release', release, '--answers', answers])
    expect(walked, walked.stderr).toMatchObject({ exitCode: 0 })
  }
}, 60_000)
afterAll(() => world.remove())

describe('signoff verify of one run', () => {
  test('says which signers it believed, and whether they are committed', async () => {
    const report = VerifyReportSchema.parse(JSON.parse((await verify(folderOf('v1'), '--json')).stdout))
    expect(report).toMatchObject({ exitCode: 0, signers: { committed: true }, seal: { time: 'self-asserted' } })
    const signers = join(world.repository.clone, '.signoff', 'allowed_signers')
    const text = readFileSync(signers, 'utf8')
    const elsewhere = world.file('allowed_signers', text)
    expect((await verify(folderOf('v1'), '--signers', elsewhere)).stdout).toContain('in no commit')
    try {
      writeFileSync(signers, `${text}# not reviewed\n`)
      expect((await verify(folderOf('v1'))).stdout).toContain('NOT as in HEAD')
    } finally {
      writeFileSync(signers, text)
    }
  })

  test('holds it against what is known from elsewhere: 7', async () => {
    const commit = (await world.repository.git('rev-parse', 'HEAD')).trim()
    const codes = async (...args: string[]) => (await verify(folderOf('v1'), ...args)).exitCode
    expect(await codes('--release', 'v1', '--commit', commit, '--runbook', 'release.md', '--require-passed')).toBe(0)
    expect(await codes('--release', 'v2')).toBe(7)
    expect(await codes('--commit', '0'.repeat(40))).toBe(7)
    expect(await codes('--runbook', world.file('other.md', `${RUNBOOK}\n`))).toBe(7)
    expect(await codes('--require-approvals', '1')).toBe(6)
    // A variable that is not set is no number, and must not be no demand.
    for (const number of ['many', '', ' ', '-1', '1e1', '0x1'])
      expect(await codes('--require-approvals', number)).toBe(2)
    expect((await verify()).exitCode).toBe(2)
  })

  test('what is the reader’s own and cannot be read is 2, since it says nothing of the transcript', async () => {
    const folder = mkdtempSync(join(world.root, 'folder-'))
    const own = join(folder, '.signoff')
    mkdirSync(own)
    writeFileSync(join(own, 'config.yaml'), 'verify: [\n')
    const foreseen = async (cwd: string, ...args: string[]) => {
      const { exitCode, stderr } = await runSignoff(['verify', folderOf('v1'), ...args], { cwd, env: world.env })
      expect(stderr).not.toContain('our bug')
      return exitCode
    }
    const { clone } = world.repository
    for (const flag of ['--signers', '--runbook', '--tsa-ca'])
      for (const path of [folder, join(folder, 'nowhere')]) expect(await foreseen(clone, flag, path), flag).toBe(2)
    expect(await foreseen(folder)).toBe(2)
    rmSync(join(own, 'config.yaml'))
    mkdirSync(join(own, 'allowed_signers'))
    expect(await foreseen(folder)).toBe(2)
    for (const name of ['allowed_signers', 'config.yaml']) {
      rmSync(own, { recursive: true })
      mkdirSync(own)
      symlinkSync('nowhere', join(own, name))
      expect(await foreseen(folder), name).toBe(2)
    }
  })

  test('what has the files of a transcript is one, and 8 where they cannot be read, as a document too', async () => {
    const copy = copyOf('v1')
    rmSync(join(copy, 'journal.jsonl'))
    for (const put of [() => undefined, () => mkdirSync(join(copy, 'journal.jsonl'))]) {
      put()
      expect((await verify(copy)).exitCode).toBe(8)
      const asked = await verify(copy, '--json')
      expect(asked.exitCode).toBe(8)
      expect(VerifyReportSchema.parse(JSON.parse(asked.stdout))).toMatchObject({
        status: 'unreadable',
        findings: [{ check: 'readable', exit: 8 }],
      })
    }
  })

  test('its folder says which run and release it must be: threat 14', async () => {
    const moved = join(transcripts(), 'v9', basename(folderOf('v1')))
    try {
      cpSync(folderOf('v1'), moved, { recursive: true })
      expect((await verify(moved)).exitCode).toBe(7)
      const renamed = join(dirname(moved), '01a203bc-45c0-7d3b-9f52-6a1c0de9b0ff')
      renameSync(moved, renamed)
      expect((await verify(renamed)).exitCode).toBe(7)
    } finally {
      rmSync(join(transcripts(), 'v9'), { recursive: true, force: true })
    }
  })

  test('a release with letters beyond ASCII lies in a folder that verifies', async () => {
    const release = 'été-2026'
    const walked = await world.signoff([
      'run',
      'release.md',
      '--release',
      release,
      '--answers',
      world.file('answers.yaml', ANSWERS),
    ])
    expect(walked.exitCode, walked.stderr).toBe(0)
    const folder = join(transcripts(), '%C3%A9t%C3%A9-2026')
    try {
      const [run = ''] = readdirSync(folder)
      expect((await verify(join(folder, run), '--release', release)).exitCode).toBe(0)
      expect((await world.signoff(['list'])).stdout).toContain(release)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('signers beside a transcript are never believed: threat 7', async () => {
    const pack = copyOf('v1')
    const key = join(world.root, 'eve')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
    const [type, blob] = readFileSync(`${key}.pub`, 'utf8').split(' ')
    mkdirSync(join(pack, '.signoff'))
    for (const path of [join(pack, 'allowed_signers'), join(pack, '.signoff', 'allowed_signers')])
      writeFileSync(path, `operator@localhost ${type} ${blob}\n`)
    const signers = join(world.repository.clone, '.signoff', 'allowed_signers')
    const text = readFileSync(signers, 'utf8')
    expect((await verify(pack)).exitCode).toBe(0)
    try {
      writeFileSync(signers, `operator@localhost ${type} ${blob}\n`)
      expect((await verify(pack)).exitCode).toBe(5)
      rmSync(signers)
      const alone = await verify(pack)
      expect(alone.exitCode).toBe(5)
      expect(alone.stdout).toContain('none: name a file you trust')
    } finally {
      writeFileSync(signers, text)
    }
  })

  test('nor are those of a pack that one stands in, be they in a repository of its own: threat 7', async () => {
    const pack = copyOf('v1')
    const own = join(pack, '.signoff')
    mkdirSync(own)
    cpSync(join(world.repository.clone, '.signoff', 'allowed_signers'), join(own, 'allowed_signers'))
    const from = async (cwd: string, ...args: string[]) =>
      (await runSignoff(['verify', ...args], { cwd, env: world.env })).exitCode
    expect(await from(pack, '.')).toBe(5)
    expect(await from(own, pack)).toBe(5)
    expect(await from(pack, '.', '--signers', join(own, 'allowed_signers'))).toBe(0)
    // What its own configuration of git names is no better.
    renameSync(join(own, 'allowed_signers'), join(pack, 'signers'))
    rmSync(own, { recursive: true })
    execFileSync('git', ['init', '-q', pack])
    execFileSync('git', ['-C', pack, 'config', 'gpg.ssh.allowedSignersFile', join(pack, 'signers')])
    expect(await from(pack, '.')).toBe(5)
    // Many of them in one folder, with a word of theirs about whom to believe.
    const many = join(world.root, `copy-${++copies}`)
    cpSync(folderOf('v1'), join(many, 'v1', basename(folderOf('v1'))), { recursive: true })
    mkdirSync(join(many, '.signoff'))
    cpSync(join(pack, 'signers'), join(many, '.signoff', 'allowed_signers'))
    expect(await from(many, '--all', '.')).toBe(5)
    // A pack that lies in a repository is judged by the repository.
    const inside = join(world.repository.clone, 'evidence')
    try {
      cpSync(pack, inside, { recursive: true })
      expect(await from(inside, '.')).toBe(0)
    } finally {
      rmSync(inside, { recursive: true, force: true })
    }
  })

  test('a revocation file that cannot be read revokes: threat 22', async () => {
    const revoked = join(world.repository.clone, '.signoff', 'revoked_keys')
    try {
      writeFileSync(revoked, `${world.operator.publicKey}\n`)
      expect((await verify(folderOf('v1'))).exitCode).toBe(5)
      rmSync(revoked)
      mkdirSync(revoked)
      const unreadable = await verify(folderOf('v1'))
      expect(unreadable).toMatchObject({ exitCode: 5, stdout: expect.stringContaining('cannot be read') })
      // Somebody has put it there, and it leads to nothing now: such as to a share that is not mounted.
      rmSync(revoked, { recursive: true })
      symlinkSync(join(world.root, 'nowhere'), revoked)
      expect((await verify(folderOf('v1'))).exitCode).toBe(5)
    } finally {
      rmSync(revoked, { recursive: true, force: true })
    }
  })

  test('links, pipes and folders in the place of files are 8, at once: threat 23', async () => {
    const link = copyOf('v1')
    renameSync(join(link, 'journal.jsonl'), join(link, 'there'))
    symlinkSync('there', join(link, 'journal.jsonl'))
    const pipe = copyOf('v1')
    rmSync(join(pipe, 'transcript.intoto.jsonl'))
    execFileSync('mkfifo', [join(pipe, 'transcript.intoto.jsonl')])
    const folder = copyOf('v1')
    rmSync(join(folder, 'journal.jsonl'), { force: true })
    mkdirSync(join(folder, 'journal.jsonl'))
    for (const hostile of [link, pipe, folder]) {
      const { exitCode, stdout, stderr } = await verify(join(hostile, 'journal.jsonl'))
      expect(exitCode, stderr).toBe(8)
      expect(`${stdout}${stderr}`).not.toMatch(/\n\s+at /)
    }
  })

  test('a clone with autocrlf has the very bytes, thanks to .gitattributes: threat 24', async () => {
    const git = (...args: string[]) => world.repository.git(...args)
    await git('add', '-f', '.signoff/transcripts')
    await git('commit', '-q', '-m', 'Transcripts')
    const clone = join(world.root, 'crlf')
    try {
      await git('clone', '-q', '-c', 'core.autocrlf=true', '-c', 'core.eol=crlf', '.', clone)
      expect(readFileSync(join(clone, 'release.md'), 'utf8')).toContain('\r\n')
      const copy = join(clone, '.signoff', 'transcripts', 'v1', basename(folderOf('v1')))
      expect((await verify(copy)).exitCode).toBe(0)
      execFileSync('sed', ['-i', 's/$/\\r/', join(copy, 'journal.jsonl')])
      expect(await verify(copy)).toMatchObject({ exitCode: 4, stdout: expect.stringContaining('CRLF') })
    } finally {
      await git('reset', '-q', '--soft', 'HEAD~1')
      await git('reset', '-q')
    }
  })
})

describe('signoff verify --all', () => {
  test('lists every run, and is 0 where all are good', async () => {
    const all = await verify('--all')
    expect(all).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('3 transcripts, 3 verified') })
    for (const release of ['v1', 'v2', 'v3']) expect(all.stdout).toContain(world.transcript(release).run)
    const report = VerifyAllSchema.parse(JSON.parse((await verify('--all', '--json')).stdout))
    expect(report).toMatchObject({ exitCode: 0, findings: [] })
    expect(report.runs.map(({ report: one }) => one?.exitCode)).toEqual([0, 0, 0])
  })

  test('a run that was deleted, cut or begun anew is missed by the next: threat 2', async () => {
    const aside = join(world.root, 'aside')
    const { run } = world.transcript('v2')
    const folder = folderOf('v2')
    renameSync(dirname(folder), aside)
    try {
      const without = await verify('--all')
      expect(without).toMatchObject({ exitCode: 4, stdout: expect.stringContaining(`run ${run} is not there`) })
      // Another journal under its name.
      cpSync(folderOf('v1'), folder, { recursive: true })
      const other = VerifyAllSchema.parse(JSON.parse((await verify('--all', '--json')).stdout))
      expect(other.exitCode).toBe(4)
      expect(other.findings).toEqual([expect.objectContaining({ check: 'parents', exit: 4 })])
      rmSync(dirname(folder), { recursive: true })
      cpSync(aside, dirname(folder), { recursive: true })
      rmSync(join(folder, 'transcript.intoto.jsonl'))
      expect(await verify('--all')).toMatchObject({ exitCode: 4, stdout: expect.stringContaining('has not the seal') })
    } finally {
      rmSync(dirname(folder), { recursive: true, force: true })
      renameSync(aside, dirname(folder))
    }
    expect((await verify('--all')).exitCode).toBe(0)
  })

  test('one that cannot be read keeps nobody from the others: 8', async () => {
    const folder = join(transcripts(), 'v0', '01a203bc-45c0-7d3b-9f52-6a1c0de9b001')
    mkdirSync(folder, { recursive: true })
    symlinkSync('/dev/zero', join(folder, 'journal.jsonl'))
    try {
      const report = VerifyAllSchema.parse(JSON.parse((await verify('--all', '--json')).stdout))
      expect(report.exitCode).toBe(8)
      expect(report.runs.filter(one => one.unreadable === null)).toHaveLength(3)
    } finally {
      rmSync(dirname(folder), { recursive: true })
    }
    expect((await verify('--all', join(world.root, 'nowhere'))).exitCode).toBe(8)
  })
})

describe('signoff export --withhold', () => {
  test('makes a copy without some lines that verifies, and the original stays', async () => {
    const seqs = world
      .transcript('v1')
      .ofKind('output')
      .map(({ seq }) => seq)
    const copy = join(world.root, 'withheld')
    const made = await world.signoff([
      'export',
      folderOf('v1'),
      '--withhold',
      seqs.join(','),
      '--reason',
      'customer data',
      '--out',
      copy,
    ])
    expect(made, made.stderr).toMatchObject({ exitCode: 0 })
    // The digest of the output is still there: whoever guesses four digits finds them.
    expect(made.stderr).toMatch(/(\d+) \(line \d+ of the journal\) still holds a digest/)
    // Lines are told by their place from 1 elsewhere: whoever took the wrong number sees what became of it.
    for (const seq of seqs)
      expect(made.stderr).toMatch(
        new RegExp(`^Withheld: ${seq} \\(line ${seq + 1} of the journal\\), output of \\d\\S* .+, \\d{4}-`, 'm'),
      )
    expect(readFileSync(join(copy, 'journal.jsonl'), 'utf8')).not.toContain('4711')
    const report = VerifyReportSchema.parse(JSON.parse((await verify(copy, '--json')).stdout))
    expect(report).toMatchObject({ exitCode: 0, withheld: { lines: seqs.length, reasons: ['customer data'] } })
    expect(await verify(folderOf('v1'), '--json')).toMatchObject({ exitCode: 0 })
    const markdown = await world.signoff(['export', copy, '--format', 'md'])
    expect(markdown.stdout.split('\n')[0]).toContain(`LINES WITHHELD: ${seqs.length}`)
    expect(markdown.stdout).not.toContain('4711')
  })

  test('of what the answer depends on is made, and verifies as 6; of the end, of nothing, or unsealed it is not', async () => {
    const transcript = world.transcript('v1')
    const withhold = (seqs: string, out: string, ...more: string[]) =>
      world.signoff(['export', folderOf('v1'), '--withhold', seqs, '--out', join(world.root, out), ...more])
    const end = transcript.ofKind('step.end').map(({ seq }) => seq)
    const six = await withhold(end.join(), 'six', '--reason', 'x')
    expect(six).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('verifies as 6') })
    expect((await verify(join(world.root, 'six'))).exitCode).toBe(6)
    const last = transcript.lines().length - 1
    for (const [seqs, ...more] of [
      [`${last}`, '--reason', 'x'],
      ['999', '--reason', 'x'],
      ['2,x', '--reason', 'x'],
      ['2'],
    ])
      expect((await withhold(seqs ?? '', 'none', ...more)).exitCode).toBe(2)
    expect(existsSync(join(world.root, 'none'))).toBe(false)
    const unsealed = copyOf('v1')
    rmSync(join(unsealed, 'transcript.intoto.jsonl'))
    const args = ['--withhold', '2', '--reason', 'x', '--out', join(world.root, 'none')]
    expect((await world.signoff(['export', unsealed, ...args])).exitCode).toBe(3)
  })
})

describe.skipIf(!hasCommand('openssl'))('a time-stamp beside the seal', () => {
  let authority: TimeAuthority
  beforeAll(() => {
    authority = makeTimeAuthority()
  })
  afterAll(() => authority.remove())
  const stamp = (...args: string[]) => world.signoff(['timestamp', ...args])
  async function stamped(release: string): Promise<string> {
    const copy = copyOf(release)
    const query = join(world.root, `query-${copies}`)
    expect((await stamp(copy, '--query', query)).exitCode).toBe(0)
    const answer = world.file('answer.tsr', '')
    writeFileSync(answer, authority.answer(query))
    const added = await stamp(copy, '--add', answer, '--tsa-ca', authority.root)
    expect(added, added.stderr).toMatchObject({ exitCode: 0 })
    return copy
  }

  test('bounds the time of the run for whoever trusts the authority', async () => {
    const copy = await stamped('v1')
    const report = VerifyReportSchema.parse(
      JSON.parse((await verify(copy, '--strict-time', '--tsa-ca', authority.root, '--json')).stdout),
    )
    expect(report).toMatchObject({ exitCode: 0, findings: [], seal: { time: 'time-stamped' } })
    expect(report.seal?.timestamp?.by).toContain('Authority of the test')
    // The seal is the same one: what names it is what is signed.
    const before = JSON.parse((await verify(folderOf('v1'), '--json')).stdout)
    expect(report.seal?.sha256).toBe(before.seal.sha256)
  })

  test('strict time is 6 without one, with that of somebody else, or where nobody says whom to trust', async () => {
    const copy = await stamped('v1')
    const other = makeTimeAuthority('Somebody else')
    try {
      const strict = async (folder: string, ...args: string[]) =>
        (await verify(folder, '--strict-time', ...args)).exitCode
      expect(await strict(folderOf('v1'), '--tsa-ca', authority.root)).toBe(6)
      expect(await strict(copy)).toBe(6)
      expect(await strict(copy, '--tsa-ca', other.root)).toBe(6)
      expect((await verify(copy)).exitCode).toBe(0)
      expect(await verify(copy, '--tsa-ca', other.root)).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining('not good'),
      })
    } finally {
      other.remove()
    }
  })

  test('of another seal is not added, and does not hold where somebody puts it there', async () => {
    const [one, two] = [await stamped('v1'), copyOf('v2')]
    const answer = join(world.root, 'files', 'answer.tsr')
    expect((await stamp(two, '--add', answer, '--tsa-ca', authority.root)).exitCode).toBe(5)
    const tokenOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'transcript.intoto.jsonl'), 'utf8'))
    const moved = tokenOf(two)
    moved.signatures[0].timestamps = tokenOf(one).signatures[0].timestamps
    writeFileSync(join(two, 'transcript.intoto.jsonl'), `${JSON.stringify(moved)}\n`)
    expect((await verify(two, '--strict-time', '--tsa-ca', authority.root)).exitCode).toBe(6)
  })

  test('is asked for by the configuration of whoever verifies', async () => {
    const config = join(world.repository.clone, '.signoff', 'config.yaml')
    try {
      cpSync(authority.root, join(dirname(config), 'tsa.pem'))
      writeFileSync(config, 'verify: { strictTime: true, tsaCa: tsa.pem }\n')
      expect((await verify(folderOf('v1'))).exitCode).toBe(6)
      expect((await verify(await stamped('v1'))).exitCode).toBe(0)
      writeFileSync(config, 'verify: { approvals: 1 }\n')
      expect((await verify(folderOf('v1'))).exitCode).toBe(6)
    } finally {
      rmSync(config, { force: true })
    }
  })
})
