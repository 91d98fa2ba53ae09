import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { gitFacts } from '../../../src/runner/local/index.ts'

let root = ''
let repository = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'signoff-git-'))
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

function makeRepository(name: string, files: Readonly<Record<string, string>> = { 'a.txt': 'a\n' }): string {
  const folder = join(root, name)
  mkdirSync(folder)
  git(folder, 'init', '--quiet', '--template=')
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text)
  git(folder, 'add', '.')
  git(folder, 'commit', '--quiet', '-m', 'one')
  return folder
}

const at = (...parts: string[]) => join(repository, ...parts)
/** The index vouches for a file no more: git has to read it. */
const touch = (path: string) => utimesSync(path, 1_000_000_000, 1_000_000_000)
const facts = async (folder = repository) => {
  const { dirty, unseen } = (await gitFacts(folder)) ?? {}
  return { dirty, unseen }
}
const CLEAN = { dirty: false, unseen: null }
const DIRTY = { dirty: true, unseen: null }

describe('a work tree is changed', () => {
  test.each<[string, boolean, () => unknown]>([
    ['not as it was committed', false, () => undefined],
    ['not by a touch alone', false, () => touch(at('a.txt'))],
    ['by another text', true, () => writeFileSync(at('a.txt'), 'another\n')],
    ['by a text of the same length', true, () => writeFileSync(at('a.txt'), 'b\n')],
    ['by what is staged', true, () => [writeFileSync(at('a.txt'), 'b\n'), git(repository, 'add', '.')]],
    ['by a file that is gone', true, () => rmSync(at('a.txt'))],
    ['by a file that is a link now', true, () => [rmSync(at('a.txt')), symlinkSync('x', at('a.txt'))]],
    ['by a new file', true, () => writeFileSync(at('new name\n.txt'), '')],
    ['by another mode', true, () => execFileSync('chmod', ['+x', at('a.txt')])],
    ['by a rename', true, () => git(repository, 'mv', 'a.txt', 'b.txt')],
    [
      'not by a transcript',
      false,
      () => [
        mkdirSync(at('.signoff', 'transcripts', 'v1'), { recursive: true }),
        writeFileSync(at('.signoff', 'transcripts', 'v1', 'x'), ''),
      ],
    ],
    ['by whatever git cannot look at', true, () => writeFileSync(at('.git', 'index'), 'no index')],
  ])('%s', async (_, dirty, change) => {
    change()
    expect(await facts()).toMatchObject({ dirty })
  })

  test('where git cannot look at it, and that is said', async () => {
    writeFileSync(at('.git', 'index'), 'no index')
    expect(await facts()).toEqual({ dirty: true, unseen: 'git could not look at the work tree' })
  })
})

describe('a file of git-lfs', () => {
  const BIG = 'a large asset\n'
  const pointerTo = (text: string) =>
    `version https://git-lfs.github.com/spec/v1\noid sha256:${createHash('sha256').update(text).digest('hex')}\nsize ${Buffer.byteLength(text)}\n`
  /** As a clone with git-lfs has it: the pointer is committed, the content lies in the work tree, and its filter is known. */
  beforeEach(() => {
    writeFileSync(at('.gitattributes'), '*.bin filter=lfs diff=lfs merge=lfs -text\n')
    writeFileSync(at('asset.bin'), pointerTo(BIG))
    git(repository, 'add', '.')
    git(repository, 'commit', '--quiet', '-m', 'asset')
    for (const [key, command] of [
      ['clean', 'false'],
      ['smudge', 'false'],
      ['process', 'false'],
      ['required', 'true'],
    ] as const)
      git(repository, 'config', `filter.lfs.${key}`, command)
    writeFileSync(at('asset.bin'), BIG)
    touch(at('asset.bin'))
  })

  test('is as it was committed where its content is that of its pointer, whatever the index says', async () => {
    expect(await facts()).toEqual(CLEAN)
  })

  test.each([
    ['has another content', 'a larger asset\n', DIRTY],
    ['has another content of the same length', 'A large asset\n', DIRTY],
    ['is empty', '', DIRTY],
    ['is its pointer, not yet fetched', pointerTo(BIG), CLEAN],
  ])('that %s', async (_, text, expected) => {
    writeFileSync(at('asset.bin'), text)
    touch(at('asset.bin'))
    expect(await facts()).toEqual(expected)
  })

  test('beside a file that is changed says nothing of the filter', async () => {
    writeFileSync(at('a.txt'), 'b\n')
    expect(await facts()).toEqual(DIRTY)
  })
})

describe('a file of another filter, which is not run,', () => {
  beforeEach(() => {
    git(repository, 'config', 'filter.upper.clean', 'tr a-z A-Z')
    git(repository, 'config', 'filter.upper.smudge', 'tr A-Z a-z')
    writeFileSync(at('.gitattributes'), '*.up filter=upper\n')
    writeFileSync(at('x.up'), 'text\n')
    git(repository, 'add', '.')
    git(repository, 'commit', '--quiet', '-m', 'filtered')
    // An index that was written in the same second as a file does not vouch for it.
    touch(at('x.up'))
    git(repository, 'status')
  })

  test('is unchanged where the index vouches for it', async () => {
    expect(await facts()).toEqual(CLEAN)
  })

  test('counts as changed where it does not, with why, and no more once git of the person’s own has looked', async () => {
    utimesSync(at('x.up'), 1_100_000_000, 1_100_000_000)
    const { dirty, unseen } = await facts()
    expect(dirty).toBe(true)
    expect(unseen).toMatch(/^no filter that git names for a file is run, .*: x\.up \(upper\); where "git status"/)
    expect(git(repository, 'status', '--porcelain')).toBe('')
    expect(await facts()).toEqual(CLEAN)
  })

  test('does not hide a change', async () => {
    writeFileSync(at('x.up'), 'other\n')
    expect(await facts()).toMatchObject({ dirty: true })
  })

  test('is not asked about where there are more filters than one call can override', async () => {
    const sections = Array.from(
      { length: 5_000 },
      (_, index) => `[filter "${'x'.repeat(200)}${index}"]\n\tclean = cat\n`,
    )
    appendFileSync(at('.git', 'config'), sections.join(''))
    expect(await facts()).toEqual({ dirty: true, unseen: 'git could not look at the work tree' })
  })

  test('is not asked about where git would take its name for another’s', async () => {
    appendFileSync(at('.git', 'config'), '[filter "a=b"]\n\tclean = cat\n')
    expect(await facts()).toMatchObject({ dirty: true, unseen: 'git could not look at the work tree' })
  })
})

describe('a submodule', () => {
  beforeEach(() => {
    const part = makeRepository('part', { 'p.txt': 'p\n' })
    git(repository, 'submodule', '--quiet', 'add', part, 'part')
    git(repository, 'commit', '--quiet', '-m', 'part')
  })
  const inPart = (path: string) => at('part', path)
  const ignore = (value: string) => git(repository, 'config', 'submodule.part.ignore', value)

  test.each<[string, boolean, () => unknown]>([
    ['as it was committed is no change', false, () => touch(inPart('p.txt'))],
    ['with another text is one', true, () => writeFileSync(inPart('p.txt'), 'q\n')],
    ['with a new file is one', true, () => writeFileSync(inPart('new'), '')],
    ['at another commit is one', true, () => git(at('part'), 'commit', '--quiet', '--allow-empty', '-m', 'two')],
    ['that is not checked out is none', false, () => git(repository, 'submodule', '--quiet', 'deinit', '-f', 'part')],
    ['whose new files are to be ignored is none', false, () => [ignore('untracked'), writeFileSync(inPart('new'), '')]],
    [
      'whose new files alone are to be ignored is one',
      true,
      () => [ignore('untracked'), writeFileSync(inPart('p.txt'), 'q\n')],
    ],
    ['whose work tree is to be ignored is none', false, () => [ignore('dirty'), writeFileSync(inPart('p.txt'), 'q\n')]],
    [
      'of which all is to be ignored is none',
      false,
      () => [ignore('all'), git(at('part'), 'commit', '--quiet', '--allow-empty', '-m', 'two')],
    ],
  ])('%s', async (_, dirty, change) => {
    change()
    // What is expected is what git says, whose filters and monitors harm nobody here.
    const said = git(repository, 'status', '--porcelain')
    expect(said !== '').toBe(dirty)
    expect(await facts()).toEqual({ dirty, unseen: null })
  })

  test('that leads back to where it lies is looked at once', async () => {
    for (const name of ['x', 'y']) {
      symlinkSync('.', at(name))
      git(
        repository,
        'update-index',
        '--add',
        '--cacheinfo',
        `160000,${git(repository, 'rev-parse', 'HEAD').trim()},${name}`,
      )
    }
    expect(await facts()).toMatchObject({ dirty: true })
  })
})
