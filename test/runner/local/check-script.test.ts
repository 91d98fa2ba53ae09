import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stepsOf } from '../../../src/model/index.ts'
import { parseRunbook } from '../../../src/parser/index.ts'
import { openSession, type SessionOfScripts } from './session-of-scripts.ts'

let session: SessionOfScripts
beforeEach(() => {
  session = openSession()
})
afterEach(() => session.end())

/** What `bash -n` itself says of a text at that line: null if it parses. */
function byBash(script: string, line: number): string | null {
  const args = ['--norc', '--noprofile', '-n']
  const { status, stderr } = spawnSync('bash', args, { input: '\n'.repeat(line - 1) + script, encoding: 'utf8' })
  return status === 0 ? null : stderr.replaceAll(/^bash: /gm, '').trim()
}

const SCRIPTS = ['runbooks', 'test/fixtures/runbooks']
  .flatMap(folder => {
    const path = join(import.meta.dirname, '../../..', folder)
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.md'))
      .flatMap(name => stepsOf(parseRunbook(readFileSync(join(path, name)), name).runbook))
  })
  .flatMap(step => step.script ?? [])

// The check forks a bash that is there already; `bash -n` is the authority, so that they must never differ.
test('says of whole and of cut scripts exactly what `bash -n` says, with the same lines', {
  timeout: 60_000,
}, async () => {
  expect(SCRIPTS.length).toBeGreaterThan(20)
  const odd = [
    'fi',
    '}\necho x\n{',
    'set +n; (',
    'exit 0\nfi',
    'return 0\nfi',
    'a=(\n1',
    'case x in',
    'cat <<E\nx',
    '`',
    'rm !(keep)',
    '',
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...SCRIPTS, ...odd),
      fc.option(fc.nat()),
      fc.integer({ min: 2, max: 60 }),
      async (whole, cut, line) => {
        const script = cut === null ? whole : whole.slice(0, cut % (whole.length + 1))
        expect(await session.executor.check(session.order(script, { line }))).toBe(byBash(script, line))
      },
    ),
    { numRuns: 120 },
  )
})

test('refuses an extended pattern exactly where bash would come to it without having them on', async () => {
  const check = (script: string) => session.executor.check(session.order(script, { line: 5 }))
  const pattern = 'touch begun\nrm !(keep)'
  expect(await check(pattern)).toContain('line 6')
  expect(await check('[[ x == !(a|b) ]]; case x in a) ;; esac; if !(false); then :; fi')).toBeNull()
  expect(await check(`shopt -s extglob\n${pattern}`)).toBeNull()
  expect(await check(`. ./options.sh\n${pattern}`)).toBeNull()
  await session.run('shopt -s extglob')
  expect(await check(pattern)).toBeNull()
  await session.run('shopt -u extglob')
  expect(await check(pattern)).toContain('line 6')
})

test('runs nothing, whatever the script would have done to the one who reads it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'signoff-check-'))
  try {
    for (const script of [
      'set +n\ntouch ran',
      'trap "touch ran" EXIT; fi',
      '$(touch ran)\n(',
      'exec touch ran',
      'kill $$; exit',
    ])
      await session.executor.check(session.order(`cd ${folder}\n${script}`, { line: 5 }))
    expect(readdirSync(folder)).toEqual([])
    expect(await session.executor.check(session.order('echo still there', { line: 5 }))).toBeNull()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
