import { expect, test } from 'vitest'
import { parseRunbook } from '../../src/parser/index.ts'
import { testCore } from '../helpers/core.ts'

/** A run that stands before the form of a runbook which is nothing else. */
function coreAt(template: string) {
  const text = `# Release\n\n## 1. Hand-off\n\nFill in this template:\n\n\`\`\`text\n${template}\n\`\`\`\n`
  return testCore(parseRunbook(new TextEncoder().encode(text), 'x.md').runbook)
}

function filled(template: string, answers: readonly (readonly [string, string])[]): string | undefined {
  const core = coreAt(template)
  const need = core.need()
  if (need.kind !== 'form') throw new Error(`no form but ${need.kind}`)
  expect(core.say({ kind: 'form', step: need.step, fields: [...answers] })).toEqual({ ok: true })
  return core.events.flatMap(event => (event.kind === 'form' ? [event.text] : []))[0]
}

test('a token that is written twice is asked once and filled in wherever it stands', () => {
  const need = coreAt('Hello {team}, [what] is done. Bye {team}.').need()
  expect(need.kind === 'form' && need.fields.map(field => field.label)).toEqual(['team', 'what'])
  expect(
    filled('Hello {team}, [what] is done. Bye {team}.', [
      ['team', 'ops'],
      ['what', 'the release'],
    ]),
  ).toBe('Hello ops, the release is done. Bye ops.')
})

test('a key with nothing behind it gets its value on its line', () => {
  expect(
    filled('- Owner:\n- Notes: \n- Ticket: none', [
      ['Owner', 'Kim'],
      ['Notes', 'all well'],
      ['Ticket', 'CHG-1'],
    ]),
  ).toBe('- Owner: Kim\n- Notes: all well\n- Ticket: CHG-1')
})
