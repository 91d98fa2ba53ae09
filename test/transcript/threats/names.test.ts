import { basename, dirname, join, relative } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkRelease } from '../../../src/cli/runs/release-name.ts'
import { releaseFolder, releaseOfFolder } from '../../../src/transcript/encoding/release-folder.ts'
import * as run from '../helpers/run.ts'

describe('threat 25: path tricks in release or run', () => {
  it('a release makes one folder name, whatever it is, which leads nowhere else', () => {
    const tricky = fc.oneof(
      fc.constantFrom(
        '../x',
        'a/b',
        '.git',
        '..',
        '.',
        '-rf',
        '\0',
        'x'.repeat(300),
        'é'.repeat(200),
        'a\\b',
        '%2e%2e',
        'CON',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
    )
    const property = fc.property(tricky, release => {
      const name = releaseFolder(release)
      expect(name).toMatch(/^[A-Za-z0-9_+%][A-Za-z0-9._+%-]{0,119}$/)
      const path = join('/transcripts', name, run.RUN)
      expect(dirname(dirname(path))).toBe('/transcripts')
      expect(relative('/transcripts', path).split('/')).toEqual([name, run.RUN])
      if (Buffer.from(release).toString() === release && name.length < 120) expect(releaseOfFolder(name)).toBe(release)
    })
    fc.assert(property, { numRuns: 5000, seed: 20261125 })
  })

  it('such a release is refused before anything is written', () => {
    for (const release of ['../x', 'a/b', '.git', 'x'.repeat(300), 'a\0b', '..', '-x', 'a b', ''])
      expect(() => checkRelease(release), release).toThrow(expect.objectContaining({ code: 'RELEASE_INVALID' }))
    expect(checkRelease('v1.4.2+build_7')).toBe('v1.4.2+build_7')
  })

  it('one in a journal that somebody else made is a text like any other, and its folder is 7', async () => {
    for (const release of ['../../etc', '/etc/passwd', '.git', '\u0000', 'x'.repeat(300)]) {
      const writer = await run.wholeRun(run.runStart({ release }))
      const bundle = await run.sealed(writer)
      const verify = (releaseOf: string) =>
        run.verify(writer.bytes(), bundle, { expectations: { releaseFolder: releaseOf, folderName: run.RUN } })
      expect((await verify(releaseFolder(release))).exitCode, release).toBe(0)
      expect((await verify(basename(release))).exitCode, release).toBe(7)
    }
  })
})
