import { expect, test } from 'vitest'
import { createBook } from '../../../src/tui/output/book.ts'
import { foundLines, logLines, outputOf, transcriptLines } from '../../../src/tui/plain/reading.ts'
import { requestLines } from '../../../src/tui/plain/text.ts'
import { toWalk } from '../../../src/tui/scene/walk.ts'
import { demoRunbook } from '../helpers/demo-runbook.ts'
import { FakeClock, FakeRun, KIM } from '../helpers/fake-run.ts'

const LINES = Array.from({ length: 250 }, (_, line) =>
  line % 10 === 3 ? `error: host ${line} refused` : `line ${line}`,
)

async function afterOne() {
  const run = new FakeRun(demoRunbook(), new FakeClock(), { '1.1': { lines: LINES } }).skipTo('1.1')
  const book = createBook(run.runbook, null)
  run.onEntry((entry, snapshot) => book.take(entry, snapshot))
  await run.say({ kind: 'run', step: 's1.1', phrase: null }, KIM)
  return { run, book, scene: { walk: toWalk(run.runbook), ...run.snapshot() } }
}

test('"log" prints the end of the last output between marked lines, and says what is left out', async () => {
  const { book, scene } = await afterOne()
  const source = outputOf(scene, '')
  if (source === null) throw new Error('no output')
  const lines = await logLines(book, scene, source)
  expect(lines.slice(0, 3)).toEqual([
    'The last 200 of 250 lines; the transcript has all of them.',
    '--- output of 1.1 begins ---',
    'line 50',
  ])
  expect(lines.at(-1)).toBe('--- output of 1.1 ends, 250 lines ---')
  expect(outputOf(scene, '1.1')).toEqual(source)
  expect(outputOf(scene, '1.2')).toBeNull()
})

test('"find" gives lines with their numbers, smart in case, and counts those that it does not print', async () => {
  const { book, scene } = await afterOne()
  const source = outputOf(scene, '')
  if (source === null) throw new Error('no output')
  const found = await foundLines(book, scene, source, 'host 13')
  expect(found.slice(0, 2)).toEqual([
    '2 lines with "host 13" in the output of 1.1:',
    '  line 14: error: host 13 refused',
  ])
  expect(await foundLines(book, scene, source, 'Host')).toEqual(['No lines with "Host" in the output of 1.1.'])
  const errors = await foundLines(book, scene, source, '')
  expect(errors[0]).toBe('25 lines that look like an error in the output of 1.1:')
  expect(errors).toHaveLength(22)
  expect(errors.at(-1)).toBe('  and 5 more.')
})

test('"transcript" prints what has happened as sentences', async () => {
  const { book } = await afterOne()
  const lines = await transcriptLines(book)
  expect(lines.some(line => /Step 1\.1 passed after/.test(line))).toBe(true)
})

test('"request" says what approvers run, here and on another host', () => {
  const run = new FakeRun(demoRunbook(), new FakeClock()).skipTo('3.1')
  const scene = { walk: toWalk(run.runbook), ...run.snapshot() }
  expect(requestLines(scene, step => `/inbox/${step}.request.json`)).toEqual([
    expect.stringMatching(/^Approvers run: signoff approve \S* 3\.1\.$/),
    'On another host they run it on this file: /inbox/s3.1.request.json.',
  ])
  const early = new FakeRun(demoRunbook(), new FakeClock()).skipTo('1.1')
  expect(requestLines({ walk: toWalk(early.runbook), ...early.snapshot() })).toEqual(['No gate is open.'])
})
