import { execFileSync, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  convertsLineEnds,
  gitConfig,
  gitDefaultKey,
  gitFacts,
  gitPath,
  gitPaths,
  isCommitted,
} from '../../../src/runner/local/index.ts'

let root = ''
let repository = ''
let marker = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'signoff-git-'))
  marker = join(root, 'ran')
  repository = makeRepository('repository')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function git(folder: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=op', '-c', 'user.email=op@localhost', '-c', 'protocol.file.allow=always']
  return execFileSync('git', ['-C', folder, ...identity, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function makeRepository(name: string): string {
  const folder = join(root, name)
  mkdirSync(folder)
  git(folder, 'init', '--quiet', '--template=')
  writeFileSync(join(folder, '.gitattributes'), '* filter=evil diff=evil merge=evil\n')
  writeFileSync(join(folder, 'a.txt'), 'a\n')
  git(folder, 'add', '.')
  git(folder, 'commit', '--quiet', '-m', 'one')
  git(folder, 'tag', 'v1')
  return folder
}

/** A command that says, by a file, that it ran, and as what. */
const command = (what: string) => `echo ${what} >> ${marker}; cat`
const ran = () => (existsSync(marker) ? [...new Set(readFileSync(marker, 'utf8').trim().split('\n'))].sort() : [])
/** The index vouches for the file no more, so that git has to read it, and so to filter it. */
const touch = (folder: string) => utimesSync(join(folder, 'a.txt'), 1_000_000_000, 1_000_000_000)

/** All that Signoff asks git, of a repository that it has unpacked. */
async function askAll(): Promise<void> {
  await gitFacts(repository)
  await convertsLineEnds(repository, join(repository, 'a.txt'))
  await isCommitted(join(repository, 'a.txt'), 'a\n')
  await gitConfig(repository, 'user.signingKey')
  await gitPath(repository, 'gpg.ssh.allowedSignersFile')
  await gitPaths(repository, 'gpg.ssh.revocationFile')
  await gitDefaultKey(repository).catch(() => null)
}

/** What a repository's configuration can name a command in, one by one. */
const COMMANDS: readonly string[] = [
  'core.fsmonitor',
  'core.sshCommand',
  'core.gitProxy',
  'core.askPass',
  'core.editor',
  'core.pager',
  'core.alternateRefsCommand',
  'core.virtualFilesystem',
  'pager.status',
  'pager.config',
  'sequence.editor',
  'credential.helper',
  'diff.external',
  'diff.evil.command',
  'diff.evil.textconv',
  'merge.evil.driver',
  'filter.evil.clean',
  'filter.evil.smudge',
  'filter.evil.process',
  'filter.other.clean',
  'gpg.program',
  'gpg.ssh.program',
  'gpg.ssh.defaultKeyCommand',
  'interactive.diffFilter',
  'uploadpack.packObjectsHook',
  'remote.origin.uploadpack',
  'submodule.part.update',
  'alias.status',
  'alias.rev-parse',
  'alias.describe',
]

function nameCommands(folder: string, ...file: string[]): void {
  for (const key of COMMANDS) {
    const bang = key.startsWith('alias.') || key.endsWith('.update') ? '!' : ''
    git(folder, 'config', ...file, key, `${bang}${command(key)}`)
  }
  git(folder, 'config', ...file, 'filter.evil.required', 'true')
}

function hooks(folder: string): void {
  const hooksFolder = join(folder, '.git', 'evil-hooks')
  mkdirSync(hooksFolder)
  for (const name of ['post-index-change', 'pre-command', 'post-command', 'reference-transaction', 'query-watchman']) {
    writeFileSync(join(hooksFolder, name), `#!/bin/sh\necho hook-${name} >> ${marker}\n`)
    chmodSync(join(hooksFolder, name), 0o755)
  }
  git(folder, 'config', 'core.hooksPath', hooksFolder)
}

describe('git starts no command for Signoff', () => {
  test('that a repository’s own configuration names, wherever it can name one', async () => {
    nameCommands(repository)
    hooks(repository)
    touch(repository)
    await askAll()
    expect(ran()).toEqual([])
    // The same question, asked as anybody asks it, starts some.
    spawnSync('git', ['-C', repository, 'status'], { stdio: 'ignore' })
    expect(ran()).toEqual(expect.arrayContaining(['core.fsmonitor', 'filter.evil.process']))
  })

  test('by a filter of one command, as by one of a process', async () => {
    git(repository, 'config', 'filter.evil.clean', command('clean'))
    touch(repository)
    await askAll()
    expect(ran()).toEqual([])
    spawnSync('git', ['-C', repository, 'status'], { stdio: 'ignore' })
    expect(ran()).toEqual(['clean'])
  })

  test('from a file that it includes, nor from that of one work tree', async () => {
    nameCommands(repository, '--file', join(root, 'more'))
    git(repository, 'config', 'include.path', join(root, 'more'))
    git(repository, 'config', 'extensions.worktreeConfig', 'true')
    git(repository, 'config', '--worktree', 'filter.evil.clean', command('worktree'))
    touch(repository)
    await askAll()
    expect(ran()).toEqual([])
  })

  test('from a submodule, and one within it, whose configuration is its own', async () => {
    const part = makeRepository('part')
    git(part, 'submodule', '--quiet', 'add', makeRepository('inner'), 'inner')
    git(part, 'commit', '--quiet', '-m', 'inner')
    git(repository, 'submodule', '--quiet', 'add', part, 'part')
    git(repository, 'submodule', '--quiet', 'update', '--init', '--recursive')
    git(repository, 'commit', '--quiet', '-m', 'part')
    for (const path of ['part', 'part/inner']) {
      nameCommands(join(repository, path))
      touch(join(repository, path))
    }
    await askAll()
    expect(ran()).toEqual([])
    spawnSync('git', ['-C', repository, 'status'], { stdio: 'ignore' })
    expect(ran()).not.toEqual([])
  })

  test.each(['ssh://host/repository', 'evil::repository', 'ext::sh -c true'])(
    'to fetch what a partial clone of %s lacks',
    async url => {
      // On the PATH, as somebody may have one: a helper for addresses of its kind.
      const programs = join(root, 'programs')
      mkdirSync(programs)
      for (const helper of ['evil', 'ext']) {
        writeFileSync(join(programs, `git-remote-${helper}`), `#!/bin/sh\necho helper >> ${marker}\n`)
        chmodSync(join(programs, `git-remote-${helper}`), 0o755)
      }
      nameCommands(repository)
      for (const filter of ['filter.evil', 'filter.other']) git(repository, 'config', '--remove-section', filter)
      git(repository, 'config', '--unset', 'core.fsmonitor')
      git(repository, 'config', 'core.repositoryformatversion', '1')
      git(repository, 'config', 'extensions.partialClone', 'origin')
      git(repository, 'config', 'remote.origin.promisor', 'true')
      git(repository, 'config', 'remote.origin.url', url)
      git(repository, 'config', 'protocol.allow', 'always')
      git(repository, 'config', `protocol.${url.split(':')[0]}.allow`, 'always')
      appendFileSync(join(repository, 'a.txt'), 'more\n')
      const tree = git(repository, 'rev-parse', 'HEAD^{tree}').trim()
      rmSync(join(repository, '.git', 'objects', tree.slice(0, 2), tree.slice(2)))
      const path = process.env.PATH
      process.env.PATH = `${programs}:${path}`
      try {
        await askAll()
        expect(ran()).toEqual([])
        spawnSync('git', ['-C', repository, 'status'], { stdio: 'ignore' })
        if (!url.startsWith('ext')) expect(ran()).not.toEqual([])
      } finally {
        process.env.PATH = path
      }
    },
  )
})
