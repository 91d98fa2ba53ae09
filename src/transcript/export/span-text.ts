/** `850 ms`, `12 s`, `4 min 3 s`, `1 h 20 min`, `2 d 3 h`: the two largest units. */
export function spanText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toString()} s`
  const seconds = Math.floor(ms / 1000)
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ]
  const first = parts.findIndex(([count]) => count > 0)
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}

/** A planned time: `30 min`, `30 min to 1 h`, `at most 1 h`; null where there is none. */
export function plannedText({ minMs, maxMs }: Planned): string | null {
  if (minMs !== null && maxMs !== null)
    return minMs === maxMs ? spanText(minMs) : `${spanText(minMs)} to ${spanText(maxMs)}`
  if (maxMs !== null) return `at most ${spanText(maxMs)}`
  return minMs === null ? null : `at least ${spanText(minMs)}`
}

export interface Planned {
  readonly minMs: number | null
  readonly maxMs: number | null
}
