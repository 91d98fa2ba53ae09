import type { Risk } from '../../model/index.ts'
import { readCondition } from '../conditions.ts'
import { type Draft, draft } from '../draft.ts'
import { evidenceIn } from '../evidence.ts'
import { asksToLook, plainTitle, titleAndDetail } from '../text/words.ts'
import { intervalIn, limitOfPolling, waitIn } from './wait.ts'

/** A text that is a step and has no command: where it stands, and which rule found it. */
export interface TextStep {
  readonly text: string
  readonly rule: string
  readonly line: number
  readonly endLine: number
  readonly printed?: number | null
  readonly detail?: readonly string[]
  readonly original?: string | null
  readonly blockRisk?: Risk | null
}

/** Section 1 of the rules: a wait if it names a time, a confirmation if it asks to look, else a manual step. */
export function textStep(said: TextStep): Draft {
  const { when, title: whole } = readCondition(said.text)
  const { title, detail } = titleAndDetail(whole)
  const wait = waitIn(whole)
  const kind = wait !== null ? 'wait' : asksToLook(title) ? 'confirmation' : 'manual'
  return draft({
    kind,
    title: plainTitle(title),
    rule: kind === 'wait' ? 'R19' : said.rule,
    line: said.line,
    endLine: said.endLine,
    printed: said.printed ?? null,
    when,
    detail: [...detail, ...(said.detail ?? [])],
    original: said.original ?? null,
    blockRisk: said.blockRisk ?? null,
    durationMs: wait?.durationMs ?? null,
    timeoutMs: wait?.timeoutMs ?? limitOfPolling(whole),
    everyMs: intervalIn(whole),
    evidence: kind === 'confirmation' ? evidenceIn(whole) : null,
  })
}
