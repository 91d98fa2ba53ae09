import type { Step, StepRecord } from '../../model/index.ts'
import { diffText } from '../../model/index.ts'
import type { Book } from '../output/book.ts'
import { keyName } from '../scene/actions.ts'
import type { ScreenState } from '../state/screen-state.ts'
import { cleanOutput } from '../text/clean.ts'
import { comparedLines, exactLines, type Look, proseLines, seg } from '../text/look.ts'
import type { Line } from '../text/theme.ts'
import { contactRows } from './contacts.ts'

/** Lines of output that are compared with what was expected: more would be no help, and the log has all of them. */
const COMPARED = 200
/** Rows of the comparison beside the step. */
const MOST_ROWS = 12

/** Why a step stands where a person has to decide: what looks like the error, what was expected and not met, whom to call. */
export function failureLines(
  look: Look,
  state: ScreenState,
  step: Step,
  width: number,
  book: Pick<Book, 'view'>,
): Line[] {
  const { scene } = state
  const record = scene.state.steps.get(step.id)
  if (scene.need.kind !== 'decide' || scene.need.step !== step.id || record === undefined) return []
  return [
    ...errorLines(look, state, record, width),
    ...unmetLines(look, step, record, width, book),
    ...(scene.need.state === 'unknown' ? unknownLines(look, state, record, width) : []),
    ...contactRows(look, state, width),
  ]
}

function errorLines(look: Look, { errorLine, keys }: ScreenState, record: StepRecord, width: number): Line[] {
  if (errorLine === null || errorLine.step !== record.planned.id || errorLine.attempt !== record.attempts) return []
  const head = ` Error line ${errorLine.number + 1}, ${keyName(keys, 'next-error')} shows it in the output`
  return [
    [seg(head, 'failed')],
    ...exactLines(look, [seg(cleanOutput(withoutClaim(errorLine.text), { ascii: look.ascii }))], width, '   ').slice(
      0,
      3,
    ),
  ]
}

/** What bash says of a line without the file that we gave it, whose name is longer than most errors: its lines are those of the runbook. */
function withoutClaim(text: string): string {
  return text.replace(/^\/.*?\/claims\/.*?: (?=line \d+: )/, '')
}

/** Each expectation that was not met; of the output as a whole, what differs. */
function unmetLines(look: Look, step: Step, record: StepRecord, width: number, book: Pick<Book, 'view'>): Line[] {
  return (record.lastEnd?.unmet ?? []).flatMap(({ name, op, want, got, unit }) => {
    const measure = unit === null ? '' : ` ${unit}`
    if (name !== 'output') {
      const found = got === null ? 'not there' : `${got}${measure}`
      return proseLines(look, `NOT met: ${name} is ${found}, expected ${op} ${want}${measure}`, width, ' ').map(failed)
    }
    const why = got?.startsWith('not compared') === true ? `: ${got}` : ''
    const head = proseLines(look, `NOT met: the output is not as expected (${op})${why}`, width, ' ').map(failed)
    return step.expect === null ? head : [...head, ...differenceLines(look, step, record, width, book)]
  })
}

/** What was expected (`-`) and what came (`+`). */
function differenceLines(look: Look, step: Step, record: StepRecord, width: number, book: Pick<Book, 'view'>): Line[] {
  const seen = book.view({ kind: 'output', step: step.id, attempt: record.attempts })
  const came = seen.lines(0, COMPARED).map(line => cleanOutput(line ?? ''))
  const rows = diffText(step.expect?.text ?? '', came.join('\n')).flatMap(text =>
    comparedLines(look, text, width, '   '),
  )
  const more = rows.length - MOST_ROWS
  return more <= 0
    ? rows
    : [...rows.slice(0, MOST_ROWS), [seg(`   ${more} more rows of the comparison; the log has the output`)]]
}

/** What is known of a script that nobody saw end. */
function unknownLines(look: Look, { keys }: ScreenState, record: StepRecord, width: number): Line[] {
  const text = `It was started (attempt ${record.attempts}), and nobody saw it end. ${keyName(keys, 'log')} shows what it said last.`
  return proseLines(look, `${text} The run does not go past it: Enter asks what is true.`, width, ' ')
}

function failed(line: Line): Line {
  return line.map(({ text }) => seg(text, 'failed'))
}
