import { describe, expect, test } from 'vitest'
import { type Parameter, valueExample, valueProblem } from '../../src/model/index.ts'

type About = {
  readonly description?: string
  readonly default?: string | null
  readonly secret?: boolean
  readonly name?: string
}

function runbook(pattern: string, about: About = {}) {
  const { name = 'v', secret = false, description } = about
  const parameter: Parameter = {
    name,
    kind: name === 'v' ? 'placeholder' : 'literal',
    secret,
    required: true,
    value: null,
    default: about.default ?? null,
    uses: [],
    ...(description === undefined ? {} : { description }),
  }
  return { patterns: new Map([[name, pattern]]), parameters: [parameter] }
}

describe('a value that would be taken', () => {
  test.each([
    ['what the author names', '[0-9]+[.][0-9]+', { description: 'a version such as 4.2, of the image' }, '4.2'],
    ['without the bracket behind it', '[a-z]{2}-[a-z]+-[0-9]', { description: 'where (e.g. eu-west-1)' }, 'eu-west-1'],
    ['in quotes, with its spaces', '[a-z ]+', { description: 'a name, for example "late shift"' }, 'late shift'],
    ['the default, where what is named does not fit', 'v[0-9]+', { description: 'such as 4', default: 'v7' }, 'v7'],
    ['the text in its place', 'rel-[0-9]+', { name: 'rel-10' }, 'rel-10'],
    ['a version, by the pattern', '\\d+\\.\\d+\\.\\d+', {}, '1.2.3'],
    ['a version with its letter', 'v\\d+\\.\\d+\\.\\d+', {}, 'v1.2.3'],
    ['a day', '[0-9]{4}-[0-9]{2}-[0-9]{2}', {}, '2026-01-31'],
    ['a short commit', '[0-9a-f]{7}', {}, '9fceb02'],
    ['none for a pattern that takes anything', '.+', {}, null],
    ['none for one of no known kind', '[a-z]+-[0-9]', {}, null],
    ['none for a secret', '[0-9]+', { secret: true, description: 'such as 1234' }, null],
    ['none for a pattern that is wrong', '[', { description: 'such as 1' }, null],
  ])('is %s', (_, pattern, about, expected) => {
    const made = runbook(pattern, about)
    expect(valueExample(made, made.parameters[0]?.name ?? '')).toBe(expected)
  })
})

test('a refusal begins with it, and repeats the value only where it is seen anyway', () => {
  const made = runbook('v[0-9]+', { name: 'tag', description: 'What git says, such as v7' })
  expect(valueProblem(made, 'tag', '7')).toBe('tag: expected v7, must match v[0-9]+')
  expect(valueProblem(made, 'tag', '7', 'shown')).toBe('tag: expected v7, got "7"')
  expect(valueProblem(made, 'tag', 'v8')).toBeNull()
})
