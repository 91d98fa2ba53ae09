import { expect, test } from 'vitest'
import { readOnce } from '../../../src/runner/local/scripts/read-once.ts'

const bash = (script: string, line = 2, extglob = false) =>
  ({ script, line, shell: 'bash', interpreter: null, extglob }) as const

/** A shell that says what it is told to of a text, and what it was asked in which order. */
function shellThatSays(said: (script: string) => string | null) {
  const asked: string[] = []
  const read = readOnce(async ({ script, line }) => {
    asked.push(`${line}: ${script} begins`)
    await new Promise(resolve => setImmediate(resolve))
    asked.push(`${line}: ${script} ends`)
    return said(script)
  })
  return { asked, read }
}

test('a text that parses is read once, however often it is asked for before another one is', async () => {
  const { asked, read } = shellThatSays(() => null)
  expect(await Promise.all([read(bash('a'), {}), read(bash('a'), {})])).toEqual([null, null])
  expect(await read(bash('a'), {})).toBeNull()
  expect(asked).toEqual(['2: a begins', '2: a ends'])
  await read(bash('b'), {})
  await read(bash('a'), {})
  expect(asked.filter(line => line.endsWith('begins'))).toEqual(['2: a begins', '2: b begins', '2: a begins'])
  await read(bash('a', 2, true), {})
  expect(asked.filter(line => line.endsWith('begins'))).toHaveLength(4)
})

test('another line is another text, since what a shell says names it', async () => {
  const { asked, read } = shellThatSays(() => null)
  await read(bash('a', 2), {})
  await read(bash('a', 3), {})
  expect(asked.filter(line => line.endsWith('begins'))).toEqual(['2: a begins', '3: a begins'])
})

test('what does not parse, and what another program than bash reads, is read anew each time', async () => {
  const { asked, read } = shellThatSays(script => (script === 'fi' ? 'line 2: syntax error' : null))
  expect([await read(bash('fi'), {}), await read(bash('fi'), {})]).toEqual(Array(2).fill('line 2: syntax error'))
  for (const other of [
    { ...bash('a'), shell: 'zsh' as const },
    { ...bash('a'), interpreter: ['python3'] },
  ]) {
    await read(other, {})
    await read(other, {})
  }
  await read(bash('a'), {})
  expect(asked.filter(line => line.endsWith('begins'))).toHaveLength(7)
})

test('a shell that could not be started is asked again', async () => {
  let tries = 0
  const read = readOnce(async () => {
    if (++tries === 1) throw new Error('no bash')
    return null
  })
  await expect(read(bash('a'), {})).rejects.toThrow('no bash')
  expect(await read(bash('a'), {})).toBeNull()
})

test('texts are read one after the other, since each lies in the same file for it', async () => {
  const { asked, read } = shellThatSays(() => null)
  await Promise.all([read(bash('a'), {}), read(bash('b'), {})])
  expect(asked).toEqual(['2: a begins', '2: a ends', '2: b begins', '2: b ends'])
})
