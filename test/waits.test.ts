import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** Scripts that are only read, never run. */
const UNREAD = /^(?:parser|tui|transcript|fixtures\/(?!programs))\//

test('no script of a test waits for ever: what a test that fails leaves behind ends by itself', () => {
  const endless = readdirSync(import.meta.dirname, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(import.meta.dirname.length + 1))
    .filter(path => !UNREAD.test(path) && path !== 'waits.test.ts')
    .flatMap(path => {
      const lines = readFileSync(join(import.meta.dirname, path), 'latin1').split('\n')
      return lines.flatMap((line, index) => (isEndless(line) ? [`${path}:${index + 1} ${line.trim()}`] : []))
    })
  expect(endless).toEqual([])
  expect(['while :; do', 'until [[ -e go ]]; do', 'sleep infinity', 'while [ ! -e x ]; do'].every(isEndless)).toBe(true)
})

/** A loop of bash that looks for something, and not at the time as well. */
function isEndless(line: string): boolean {
  const waits = /\b(?:while|until) (?:!|:|true|\[\[?) ?[^;\n]*; ?do\b|\bsleep inf/.test(line)
  return waits && !/SECONDS|-d \$\{folder\}/.test(line)
}
