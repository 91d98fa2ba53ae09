import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const SIGNOFF = resolve(import.meta.dirname, '../../bin/signoff.js')
/** Runs before the program, and says on standard error which of its chunks are loaded. */
const WATCH = `data:text/javascript,${encodeURIComponent(`
  import fs from 'node:fs'
  const read = fs.readFileSync
  fs.readFileSync = (file, ...how) => {
    if (String(file).includes('/dist/')) process.stderr.write('loaded ' + file + '\\n')
    return read(file, ...how)
  }`)}`

const SHELL = '# Release\n\n```bash\nmake deploy\n```\n'
const PLAIN = '# Release\n\nSee `release.md`, on branch `main`.\n\n- [ ] Tell the team\n- [ ] Look at the dashboard\n'
const TITLED = `---\ntitle: Release\n---\n\n${PLAIN}`
const OURS = `---\nsignoff:\n  mode: linear\n---\n\n${PLAIN}`

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'signoff-loaded-'))
  for (const [name, text] of Object.entries({ shell: SHELL, plain: PLAIN, titled: TITLED, ours: OURS }))
    writeFileSync(join(folder, `${name}.md`), text)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('no file of the program imports anything by import(): Node would warn of it, into whatever question is on the screen', () => {
  const dist = resolve(import.meta.dirname, '../../dist')
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.cjs'))
  expect(files).toContain('signoff.cjs')
  const importing = files.filter(name => /(?<![\w.$])import\s*\(\s*["'`]/.test(readFileSync(join(dist, name), 'utf8')))
  expect(importing).toEqual([])
})

/** Packages with code in a chunk that the program loads for these arguments; the bundler names them where their code begins. */
function packagesLoaded(args: readonly string[], expected: number): Set<string> {
  const env = { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, NODE_DISABLE_COMPILE_CACHE: '1' }
  const { status, stderr } = spawnSync(process.execPath, ['--import', WATCH, SIGNOFF, ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
  })
  expect(status, stderr).toBe(expected)
  const chunks = [...stderr.matchAll(/^loaded (\S+)$/gm)].map(found => found[1] ?? '')
  expect(chunks.length).toBeGreaterThan(0)
  const texts = chunks.map(chunk => readFileSync(chunk, 'utf8'))
  return new Set(
    texts.flatMap(text => [...text.matchAll(/^\/\/(?:#region)? node_modules\/([^/\n]+)/gm)].map(m => m[1] ?? '')),
  )
}

test.each([
  { args: ['plan', 'plain.md'], loads: ['remark-parse'], not: ['unbash', 'yaml', 'zod', 'react'] },
  { args: ['plan', 'shell.md'], loads: ['remark-parse', 'unbash'], not: ['yaml', 'zod', 'react'] },
  { args: ['plan', 'titled.md'], loads: ['remark-parse', 'yaml'], not: ['unbash', 'zod', 'react'] },
  { args: ['plan', 'ours.md'], loads: ['remark-parse', 'yaml', 'zod'], not: ['unbash', 'react'] },
  { args: ['plan', '--json', 'shell.md'], loads: ['unbash'], not: ['yaml', 'zod', 'react'] },
  { args: ['lint', 'plain.md'], loads: ['remark-parse'], not: ['unbash', 'yaml', 'react'] },
  { args: ['--version'], loads: [], not: ['commander', 'remark-parse', 'unbash', 'yaml', 'zod', 'react'] },
  { args: ['--help'], loads: ['commander'], not: ['remark-parse', 'unbash', 'yaml', 'zod', 'react'] },
  {
    args: ['verify', 'journal.jsonl'],
    exit: 8,
    loads: ['zod'],
    not: ['execa', 'remark-parse', 'unbash', 'yaml', 'react'],
  },
  { args: ['init', '--key', 'none'], exit: 20, loads: ['commander'], not: ['remark-parse', 'unbash', 'react'] },
])('signoff $args loads no library that it has no use for', ({ args, exit = 0, loads, not }) => {
  const packages = packagesLoaded(args, exit)
  expect([...packages]).toEqual(expect.arrayContaining(loads))
  expect(not.filter(name => packages.has(name))).toEqual([])
})
