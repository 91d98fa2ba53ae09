import type { Quoting } from '../../model/index.ts'

/** A range of the script: UTF-16 units, end exclusive. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** What the text around a place is to bash. `ansi` is `$'…'`, `arithmetic` is `$((…))` and its kin. */
export type Surrounding = Quoting | 'ansi' | 'arithmetic' | 'backtick'

/** A stretch of the script with what it is to bash. */
export interface Region extends Range {
  readonly is: Surrounding
}

/** What surrounds each offset. Regions nest, so one sweep over both sorted lists is enough. */
export function surroundingsOf(regions: readonly Region[], offsets: readonly number[]): Surrounding[] {
  const sorted = [...regions].sort((a, b) => a.start - b.start || b.end - a.end)
  const order = offsets.map((offset, index) => ({ offset, index })).sort((a, b) => a.offset - b.offset)
  const result: Surrounding[] = offsets.map(() => 'bare')
  const open: Region[] = []
  let next = 0
  for (const { offset, index } of order) {
    for (let region = sorted[next]; region !== undefined && region.start <= offset; region = sorted[++next]) {
      while ((open.at(-1)?.end ?? Infinity) <= region.start) open.pop()
      open.push(region)
    }
    while ((open.at(-1)?.end ?? Infinity) <= offset) open.pop()
    const inBackticks = open.some(region => region.is === 'backtick')
    const innermost = open.at(-1)?.is ?? 'bare'
    result[index] = inBackticks
      ? 'backtick'
      : open.some(region => region.is === 'arithmetic')
        ? 'arithmetic'
        : innermost
  }
  return result
}
