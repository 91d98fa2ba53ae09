import { LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { type ErrorCode, SignoffError } from '../../model/index.ts'

/** A YAML file that was checked, with the means to say where a value of it stands. */
export interface CheckedYaml<T> {
  readonly value: T
  /** `file:line:column` of the value at a path, or of the nearest thing above it. */
  placeOf(path: readonly PropertyKey[]): string
}

/**
 * Parses YAML against a schema; every problem is named with its place, all of them at once.
 * @throws {SignoffError} with the given code.
 */
export function parseYaml<T>(text: string, path: string, schema: z.ZodType<T>, code: ErrorCode): CheckedYaml<T> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false })
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${path}:${line}:${col}`
  }
  if (document.errors.length > 0)
    throw new SignoffError(code, document.errors.map(e => `${at(e.pos[0])}: ${e.message.split('\n')[0]}`).join('\n'))
  const placeOf = (keys: readonly PropertyKey[]): string => {
    for (let length = keys.length; length > 0; length--) {
      const offset = offsetOf(document.contents, keys.slice(0, length))
      if (offset !== null) return at(offset)
    }
    return at(0)
  }
  const parsed = schema.safeParse(document.toJS() ?? {})
  if (!parsed.success)
    throw new SignoffError(code, parsed.error.issues.flatMap(issue => issueLines(issue, placeOf)).join('\n'))
  return { value: parsed.data, placeOf }
}

function issueLines(issue: z.core.$ZodIssue, placeOf: (path: readonly PropertyKey[]) => string): string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(
      key => `${placeOf([...issue.path, key])}: unknown key "${[...issue.path, key].map(String).join('.')}"`,
    )
  const name = issue.path.map(String).join('.')
  return [`${placeOf(issue.path)}: ${name === '' ? '' : `${name}: `}${issue.message}`]
}

/** Where the key (or the item) at the end of a path begins, in UTF-16 units. */
function offsetOf(node: unknown, path: readonly PropertyKey[]): number | null {
  let current: unknown = node
  let offset: number | null = null
  for (const key of path) {
    const items: unknown = current !== null && typeof current === 'object' ? Reflect.get(current, 'items') : undefined
    if (!Array.isArray(items)) return null
    if (typeof key === 'number') {
      current = items[key]
      offset = startOf(current)
      continue
    }
    const pair = items.find(item => keyOf(item) === String(key))
    if (pair === undefined) return null
    offset = startOf(Reflect.get(pair, 'key'))
    current = Reflect.get(pair, 'value')
  }
  return offset
}

function keyOf(item: unknown): string | null {
  if (item === null || typeof item !== 'object') return null
  const key: unknown = Reflect.get(item, 'key')
  if (key === null || typeof key !== 'object') return null
  const value: unknown = Reflect.get(key, 'value')
  return value === undefined ? null : String(value)
}

function startOf(node: unknown): number | null {
  if (node === null || typeof node !== 'object') return null
  const range: unknown = Reflect.get(node, 'range')
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : null
}
