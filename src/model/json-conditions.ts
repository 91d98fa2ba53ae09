import type { Check } from './run-event.ts'

/** One line of an `expect=json` block: a value of the output, how it is compared, and with what. */
export interface JsonCondition {
  /** As it is written: `$.items[0].name`. */
  readonly path: string
  /** Names of members and indexes of arrays, from the outside in. */
  readonly steps: readonly (string | number)[]
  /** `exists` where the line is a path and nothing else. */
  readonly op: '=' | '!=' | '<' | '<=' | '>' | '>=' | 'exists'
  /** A JSON value; a number for the four that order. */
  readonly want: unknown
}

/**
 * Reads an expectation that begins with `$`: a condition a line, all of which must hold.
 *
 * Paths are the singular queries of RFC 9535 (`$`, `.name`, `['a name']`, `[0]`, `[-1]`): they name one value or none, so that
 * "is it below 5" has one answer. Wildcards, slices and filters name several, and are no condition.
 *
 * @returns null for the text of a JSON value, which no `$` begins; a problem with the first line that cannot be read.
 */
export function readJsonConditions(
  text: string,
): { readonly conditions: readonly JsonCondition[] } | { readonly problem: string } | null {
  if (!text.trimStart().startsWith('$')) return null
  const conditions: JsonCondition[] = []
  for (const line of text.split('\n').map(one => one.trim())) {
    if (line === '') continue
    const read = readLine(line)
    if (typeof read === 'string') return { problem: `"${line}": ${read}` }
    conditions.push(read)
  }
  return { conditions }
}

/** Holds one condition against the output's value. What is not there meets nothing but `!=`. */
export function checkJsonCondition({ path, steps, op, want }: JsonCondition, root: unknown): Check {
  const found = valueAt(root, steps)
  return {
    name: path,
    op,
    want: op === 'exists' ? '' : JSON.stringify(want),
    got: found === undefined ? null : JSON.stringify(found.value).slice(0, 2000),
    unit: null,
    ok: holds(op, found, want),
  }
}

function holds(op: JsonCondition['op'], found: { readonly value: unknown } | undefined, want: unknown): boolean {
  switch (op) {
    case 'exists':
      return found !== undefined
    case '=':
      return found !== undefined && isSame(found.value, want)
    case '!=':
      return found === undefined || !isSame(found.value, want)
    default: {
      // A number in quotes is a text: it has no order.
      if (typeof found?.value !== 'number' || typeof want !== 'number') return false
      const { value } = found
      return op === '<' ? value < want : op === '<=' ? value <= want : op === '>' ? value > want : value >= want
    }
  }
}

function readLine(line: string): JsonCondition | string {
  const steps: (string | number)[] = []
  let rest = line.slice(1)
  if (!line.startsWith('$')) return 'expected a path that begins with $'
  for (;;) {
    const found =
      /^(?:\.([\p{L}_][\p{L}\p{N}_]*)|\[(-?(?:0|[1-9]\d*))\]|\[("(?:[^"\\]|\\.)*")\]|\['([^'\\]*)'\])/u.exec(rest)
    if (found === null) break
    const [all, name, index, quoted, single] = found
    if (index !== undefined) steps.push(Number(index))
    else if (quoted !== undefined) steps.push(parsed(quoted)?.value as string)
    else steps.push(name ?? single ?? '')
    rest = rest.slice(all.length)
  }
  const path = line.slice(0, line.length - rest.length)
  if (rest.trim() === '') return { path, steps, op: 'exists', want: null }
  const compared = /^\s*(==|=|!=|<=|>=|<|>)\s*(\S.*)$/.exec(rest)
  if (compared === null) return 'expected a path such as $.items[0].name, then =, !=, <, <=, > or >= and a value'
  const want = parsed(compared[2] ?? '')
  if (want === null) return 'expected a JSON value at its end: a number, true, false, null, or a text in double quotes'
  const op = (compared[1] === '==' ? '=' : compared[1]) as JsonCondition['op']
  if (/[<>]/.test(op) && typeof want.value !== 'number') return `${op} compares numbers`
  return { path, steps, op, want: want.value }
}

function valueAt(root: unknown, steps: readonly (string | number)[]): { readonly value: unknown } | undefined {
  let value = root
  for (const step of steps) {
    if (typeof step === 'number') {
      if (!Array.isArray(value) || value.at(step) === undefined) return undefined
      value = value.at(step)
    } else {
      if (value === null || typeof value !== 'object' || Array.isArray(value) || !Object.hasOwn(value, step))
        return undefined
      value = Reflect.get(value, step)
    }
  }
  return { value }
}

function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((one, i) => isSame(one, b[i]))
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object' || Array.isArray(b)) return a === b
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every(key => Object.hasOwn(b, key) && isSame(Reflect.get(a, key), Reflect.get(b, key)))
  )
}

function parsed(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return null
  }
}
