import type { Runbook } from './runbook.ts'
import { misfit } from './value-pattern.ts'

/**
 * A value that would be taken, to be shown to whoever gave another; null where there is none that says more than the pattern does. It is
 * what the author names (`a version such as 1.2.3`), the default, the text that the runbook has in its place, or what a pattern of a
 * well-known kind is for.
 */
export function valueExample(runbook: Pick<Runbook, 'patterns' | 'parameters'>, name: string): string | null {
  const pattern = runbook.patterns?.get(name)
  const parameter = runbook.parameters.find(one => one.name === name)
  if (pattern === undefined || parameter === undefined || parameter.secret) return null
  const fits = (value: string): boolean => misfit(pattern, value) === null
  const named = [
    ...namedIn(parameter.description ?? ''),
    parameter.default ?? '',
    parameter.kind === 'literal' ? name : '',
  ]
  return named.find(text => text !== '' && fits(text)) ?? kindOf(fits)
}

/** `such as 1.2.3`, `e.g. eu-west-1`, `for example "a b"`: with and without the point or bracket behind it. */
function namedIn(description: string): string[] {
  const found = /\b(?:such as|e\.g\.,?|for example,?|like)\s+(?:"([^"]+)"|`([^`]+)`|(\S+))/iu.exec(description)
  const text = found?.[1] ?? found?.[2] ?? found?.[3]
  return text === undefined ? [] : [text, text.replace(/[.,;:)\]]+$/u, '')]
}

/** The example of the one kind that a pattern takes; one that takes several, such as `.+`, is for none of them. */
function kindOf(fits: (value: string) => boolean): string | null {
  const taken = KINDS.filter(kind => kind.some(fits))
  return taken.length === 1 ? (taken[0]?.find(fits) ?? null) : null
}

const KINDS: readonly (readonly string[])[] = [
  ['1.2.3', 'v1.2.3'],
  ['2026-01-31'],
  ['42'],
  ['9fceb02', '9fceb02d0ae598e95dc970b74767f19372d61af8'],
  ['kim@example.com'],
  ['https://example.com'],
  ['192.0.2.1'],
  ['some words'],
]
