import { expect, test } from 'vitest'
import { deviationsOf, deviationText, EMPTY_STATE, fold, type RunEvent } from '../../src/model/index.ts'

const after = (...events: RunEvent[]): string[] =>
  deviationsOf(
    fold(
      events.map((event, seq) => ({ seq, atMs: 0, event })),
      EMPTY_STATE,
    ),
  ).map(deviationText)

const SHA = '0'.repeat(64)

test('an approver is told, like everybody else, that the runbook changed under the run and who went on', () => {
  expect(
    after({ kind: 'runbook.changed', was: SHA, now: SHA, diff: '', decision: 'keep', by: 'kim@example.com' }),
  ).toEqual(['The runbook file has changed; the run goes on with the text it began with, decided by kim@example.com'])
})

test('a recovery, another writer and other interpreters change the run; the interpreters it began with do not', () => {
  const python = (command: string) => [{ tag: 'python', command: [command] }]
  const writer = { principal: 'kim@example.com', keyid: 'SHA256:k', host: 'a' }
  expect(
    after(
      { kind: 'run.interpreters', interpreters: python('python3'), was: null, by: 'kim@example.com' },
      { kind: 'rollback.start', for: null, of: null, steps: [], without: [], reason: 'errors', by: 'kim@example.com' },
      {
        kind: 'writer.changed',
        from: writer,
        to: { ...writer, principal: 'lee@example.com' },
        reason: 'ill',
        head: SHA,
      },
      { kind: 'run.interpreters', interpreters: python('python4'), was: python('python3'), by: 'kim@example.com' },
    ),
  ).toEqual([
    'Recovery entered by kim@example.com: errors',
    'The run was taken over from kim@example.com on a by lee@example.com on a: ill',
    'The configuration names other interpreters than before: python by "python4", was "python3"',
  ])
})
