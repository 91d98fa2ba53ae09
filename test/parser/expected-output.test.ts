import { expect, test } from 'vitest'
import { stepsOf } from '../../src/model/index.ts'
import { parseRunbook } from '../../src/parser/index.ts'

test('the words that lead to an expected output stand beside no script: they would name it for its output', () => {
  const item = (title: string, ...more: string[]): string[] => [
    title,
    '',
    '   ```bash',
    '   kubectl get pods',
    '   ```',
    '',
    ...more,
  ]
  const text = [
    '# Rollout\n\n## 1. Deploy\n',
    ...item(
      '1. Wait:',
      '   Expected output:',
      '',
      '   ```',
      '   rolled out',
      '   ```',
      '',
      '   It may take a while.',
      '',
    ),
    ...item('2. Look:', '   Expected output:', ''),
  ].join('\n')
  const { runbook } = parseRunbook(Buffer.from(text), 'page.md')
  const steps = stepsOf(runbook).map(step => [step.expect?.text ?? null, runbook.details.get(step.id)?.detail])
  expect(steps).toEqual([
    ['rolled out', ['It may take a while.']],
    [null, ['Expected output:']],
  ])
})
