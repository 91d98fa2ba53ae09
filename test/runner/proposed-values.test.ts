import { expect, test } from 'vitest'
import { answerFor } from '../../src/runner/unattended/provided-answer.ts'
import { NOTHING_PROVIDED, testCore } from '../helpers/core.ts'
import { runbookOf } from '../helpers/runbook.ts'

/** What an unattended run says of `org`, which a table proposes for two environments. */
function missingWith(environment: string | null): string[] {
  const core = testCore(
    runbookOf([{ id: 'a', kind: 'task', script: 'deploy <org>', needs: ['org'] }], {
      parameters: [
        {
          name: 'org',
          kind: 'placeholder',
          proposals: [
            { environment: 'Staging', value: 'acme-staging', line: 20, column: 3 },
            { environment: 'Dev / Test', value: 'acme-dev', line: 20, column: 30 },
          ],
        },
      ],
    }),
    environment === null ? {} : { environment },
  )
  const found = answerFor(core.context, core.need(), NOTHING_PROVIDED)
  expect(core.state().values.size).toBe(0)
  return found.kind === 'missing' ? found.missing.map(one => `${one.what}: ${one.how}`) : [found.kind]
}

test('a value that a table proposes is still missing, and the list names the proposal', () => {
  expect(missingWith('staging')).toEqual([
    'org, for 1.1 a (proposed for staging: "acme-staging" at line 20; not taken by itself): --set org=VALUE',
  ])
  expect(missingWith('TEST')).toEqual([
    'org, for 1.1 a (proposed for TEST: "acme-dev" at line 20; not taken by itself): --set org=VALUE',
  ])
})

test('where the table has nothing for --env, or there is no --env, the list says so', () => {
  expect(missingWith(null)).toEqual([
    'org, for 1.1 a (a table proposes values for Staging, Dev / Test, but there is no --env): --set org=VALUE',
  ])
  expect(missingWith('production')).toEqual([
    'org, for 1.1 a (a table proposes values for Staging, Dev / Test, none for production): --set org=VALUE',
  ])
})
