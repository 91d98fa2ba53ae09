import { appending } from './appending.ts'
import { blocks } from './blocks.ts'
import type { Row } from './compare.ts'
import { longFlood } from './long-flood.ts'
import { output } from './output.ts'
import { parsing } from './parsing.ts'
import { screen } from './screen.ts'
import { searching } from './searching.ts'
import { startUp } from './start-up.ts'
import { verifying } from './verifying.ts'

/** Names of what can be measured alone: `npm run bench -- parsing`. */
const MEASURES = {
  'start-up': startUp,
  parsing,
  blocks,
  output,
  verifying,
  appending,
  screen,
  searching,
  'long-flood': longFlood,
} as const
/** Takes an hour. */
const ONLY_BY_NAME: ReadonlySet<string> = new Set(['long-flood'])

const wanted = process.argv.slice(2)
const unknown = wanted.filter(name => !(name in MEASURES))
if (unknown.length > 0) {
  process.stderr.write(`no such measure: ${unknown.join(', ')}; there are ${Object.keys(MEASURES).join(', ')}\n`)
  process.exitCode = 2
} else {
  print(['what', 'against', 'ratio', 'budget', ''])
  for (const [name, measure] of Object.entries(MEASURES))
    if (wanted.includes(name) || (wanted.length === 0 && !ONLY_BY_NAME.has(name)))
      for (const row of await measure()) print(cellsOf(row))
}

/** A budget that is not met is a fact to look at, not a failure: other work on the machine can make one. */
function cellsOf({ what, against, ratio, budget }: Row): string[] {
  return [what, against, `${ratio.toFixed(2)}x`, `${budget}x`, ratio <= budget ? 'met' : 'not met']
}

function print(cells: readonly string[]): void {
  const widths = [38, 28, 9, 9, 0]
  const line = cells.map((cell, index) =>
    index === 2 || index === 3 ? cell.padStart(7).padEnd(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
  )
  process.stdout.write(`${line.join('').trimEnd()}\n`)
}
