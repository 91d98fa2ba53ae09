import type { Book } from '../output/book.ts'
import type { Source } from '../output/source.ts'
import { positionOf, type Scene } from '../scene/walk.ts'
import { cleanOutput, cleanText } from '../text/clean.ts'
import { counted } from '../text/counting.ts'

/** So many lines are printed at once; more would push away what is asked. */
const MOST_LINES = 200
const MOST_FOUND = 20

/** What is read at length: the output of the last attempt of a step, by position or id. Null for a step that has none. */
export function outputOf(scene: Scene, named: string): Extract<Source, { kind: 'output' }> | null {
  const { running, steps } = scene.state
  const step =
    named === ''
      ? (running?.step ?? [...steps].filter(([, { attempts }]) => attempts > 0).at(-1)?.[0])
      : [...scene.walk.steps.values()].find(one => one.position === named || one.id === named)?.id
  const attempts = step === undefined ? 0 : (steps.get(step)?.attempts ?? 0)
  return step === undefined || attempts === 0 ? null : { kind: 'output', step, attempt: attempts }
}

/** The end of a step's output, between two marked lines. */
export async function logLines(
  book: Book,
  scene: Scene,
  source: Extract<Source, { kind: 'output' }>,
): Promise<string[]> {
  const total = await book.load(source, 0, 0)
  const from = Math.max(0, total - MOST_LINES)
  const at = positionOf(scene.walk, source.step)
  const attempt = source.attempt > 1 ? `, attempt ${source.attempt}` : ''
  return [
    ...(from > 0
      ? [`The last ${MOST_LINES} of ${counted(total, 'line')}; ${whereRest(book.view(source).keptTo)}.`]
      : []),
    `--- output of ${at}${attempt} begins ---`,
    ...(await book.lines(source, from, total)).map(line => cleanOutput(line)),
    `--- output of ${at} ends, ${counted(total, 'line')} ---`,
  ]
}

function whereRest(keptTo: number | null | undefined): string {
  if (keptTo == null) return 'the transcript has all of them'
  return `the transcript keeps those before line ${keptTo + 1}, and the last 64 KiB`
}

/** Lines of a step's output that hold some words, or look like an error where none are given: each with its number. */
export async function foundLines(
  book: Book,
  scene: Scene,
  source: Extract<Source, { kind: 'output' }>,
  words: string,
): Promise<string[]> {
  const pattern = words === '' ? ({ kind: 'error' } as const) : ({ kind: 'text', text: words } as const)
  const what = words === '' ? 'that look like an error' : `with "${cleanText(words)}"`
  const at = positionOf(scene.walk, source.step)
  const lines: string[] = []
  let count = 0
  for (let from = 0; lines.length < MOST_FOUND; ) {
    const found = await book.find(source, pattern, from, 1)
    // Behind the last one a search begins anew at the first.
    if (found === null || found.line < from) break
    count = found.count
    const [text = ''] = await book.lines(source, found.line, found.line + 1)
    lines.push(`  line ${found.line + 1}: ${cleanOutput(text)}`)
    from = found.line + 1
  }
  if (lines.length === 0) return [`No lines ${what} in the output of ${at}.`]
  const more = count - lines.length
  return [
    `${counted(count, 'line')} ${what} in the output of ${at}:`,
    ...lines,
    ...(more > 0 ? [`  and ${more} more.`] : []),
  ]
}

/** What has happened in the run so far, as sentences. */
export async function transcriptLines(book: Book): Promise<string[]> {
  const source = { kind: 'transcript' } as const
  const total = await book.load(source, 0, 0)
  return (await book.lines(source, 0, total)).map(line => cleanText(line))
}
