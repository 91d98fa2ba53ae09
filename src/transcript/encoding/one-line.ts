/**
 * A text of several lines as one, a space for each break and the blanks around it. Line by line and not by a pattern, which on blanks without
 * end takes the square of their number: a record may hold a megabyte of them.
 */
export function oneLine(text: string): string {
  const [first = '', ...rest] = text.split('\n')
  const last = rest.pop()
  if (last === undefined) return first
  const between = rest.map(line => line.trim()).filter(line => line !== '')
  return [first.trimEnd(), ...between, last.trimStart()].join(' ')
}
