import { expect, test } from 'vitest'
import { readingOnce, readShell } from '../../../src/parser/shell/index.ts'

test('inside the work a script is read once, and nothing is remembered behind it', () => {
  const [first, again, other] = readingOnce(() => [readShell('ls a'), readShell('ls a'), readShell('ls b')])
  expect(again).toBe(first)
  expect(other).not.toBe(first)
  expect(readShell('ls a')).not.toBe(first)
  expect(readShell('ls a').commands).toEqual(first?.commands)
})

test('work inside work shares its scripts, and ends nothing', () => {
  readingOnce(() => {
    const first = readShell('ls')
    expect(readingOnce(() => readShell('ls'))).toBe(first)
    expect(readShell('ls')).toBe(first)
  })
})

test('work that throws leaves nothing behind', () => {
  const seen: unknown[] = []
  const work = () =>
    readingOnce(() => {
      seen.push(readShell('ls'))
      throw new Error('stop')
    })
  expect(work).toThrow('stop')
  expect(work).toThrow('stop')
  expect(seen[0]).not.toBe(seen[1])
})

test('a long work keeps only the scripts of late', () => {
  const long = `echo ${'x'.repeat(200_000)}`
  readingOnce(() => {
    const first = readShell('ls')
    readShell(long)
    expect(readShell('ls')).toBe(first)
    readShell(`${long} y`)
    expect(readShell('ls')).not.toBe(first)
  })
})
