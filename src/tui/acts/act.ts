import type { Answer, Evidence } from '../../model/index.ts'
import { checkObserved } from '../../model/index.ts'
import { numbersTo } from '../text/counting.ts'

/**
 * Something a person wants done, with all that must still be asked before it may be said to the run. Full screen and
 * plain lines ask the same questions in the same order, each in its own way: neither can ask less than the other.
 */
export interface Act {
  readonly title: string
  /** Text shown above the questions, such as the script under review; not cleaned. */
  readonly body: readonly string[]
  /** What the text is, where that is drawn in a way of its own: a script under review, a comparison, a script that runs. */
  readonly shows?: 'script' | 'comparison' | 'running'
  readonly asks: readonly Ask[]
  /** Called with one text for each ask, in order. */
  readonly done: (given: readonly string[]) => Outcome
}

export type Ask =
  /** L2: an explicit yes; an empty answer is no. */
  | {
      readonly kind: 'yes'
      readonly prompt: string
      /** Where much was typed before: only leaving it on purpose loses that. */
      readonly insists?: boolean
    }
  /** L3: exactly this, typed. */
  | { readonly kind: 'phrase'; readonly phrase: string; readonly to: string }
  | {
      readonly kind: 'text'
      readonly prompt: string
      readonly hint: string | null
      readonly secret: boolean
      /** What an empty answer counts as; null where one is refused with `needed`. */
      readonly empty: string | null
      readonly needed: string
      /** Taken by Tab, never by itself. */
      readonly suggestion: string | null
      /** What further Tabs take. */
      readonly others?: readonly string[]
    }
  | { readonly kind: 'observed'; readonly evidence: Evidence; readonly step: string }
  /** One of several ways on, each an act of its own. */
  | {
      readonly kind: 'pick'
      readonly prompt: string
      readonly options: readonly { readonly label: string; readonly act: Act }[]
      /** Index of what an empty answer takes; null where a choice must be made. */
      readonly empty: number | null
    }

export type Outcome =
  | { readonly kind: 'say'; readonly answer: Answer }
  /** Open an editor on the script of a step. */
  | { readonly kind: 'edit'; readonly step: string }
  /** Pause as soon as the script that runs now has ended. */
  | { readonly kind: 'pause-after' }
  | { readonly kind: 'nothing'; readonly message: string }

/** An act that is being asked: which question is open, and what was given so far. */
export interface Progress {
  readonly act: Act
  readonly given: readonly string[]
}

export type Taken =
  | { readonly kind: 'ask'; readonly progress: Progress }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }

/** Begins an act: its first question, or its outcome where nothing must be asked. */
export function beginAct(act: Act): Taken {
  return advance({ act, given: [] })
}

export function openAsk(progress: Progress): Ask | null {
  return progress.act.asks[progress.given.length] ?? null
}

/** Gives a text to the open question of an act. */
export function takeText(progress: Progress, text: string): Taken {
  const ask = openAsk(progress)
  if (ask === null) return advance(progress)
  switch (ask.kind) {
    case 'yes':
      if (/^(y|yes)$/i.test(text.trim())) return give(progress, 'yes')
      return ask.insists === true ? refused(`only a yes will ${ask.prompt}`) : nothing('not run')
    case 'phrase':
      if (text.trim() === '') return nothing('not run')
      return text === ask.phrase ? give(progress, text) : refused(`"${text}" does not match. Type  ${ask.phrase}`)
    case 'text':
      if (text.trim() !== '') return give(progress, text)
      return ask.empty === null ? refused(ask.needed) : give(progress, ask.empty)
    case 'observed':
      return takeObserved(progress, ask.evidence, ask.step, text)
    case 'pick': {
      const index = text.trim() === '' ? ask.empty : Number(text.trim()) - 1
      const option = index === null ? undefined : ask.options[index]
      if (option === undefined) return refused(`choose ${numbersTo(ask.options.length)}`)
      return beginAct(option.act)
    }
    default:
      ask satisfies never
      return nothing('')
  }
}

/** Asks for words that go into the record. */
export function textAsk(prompt: string, rest: Partial<Extract<Ask, { kind: 'text' }>> = {}): Ask {
  return {
    kind: 'text',
    prompt,
    hint: null,
    secret: false,
    empty: null,
    needed: `${prompt}: needed`,
    suggestion: null,
    ...rest,
  }
}

/** @param last reasons that were given before, the newest first: offered, never taken by themselves. */
export function reasonAsk(prompt: string, last: readonly string[] = []): Ask {
  const [suggestion = null, ...others] = last
  return textAsk(prompt, { needed: 'reason needed', suggestion, others })
}

/** Everything that Tab takes, one after the other. */
export function suggestionsOf(ask: Ask | null): readonly string[] {
  if (ask?.kind !== 'text' || ask.suggestion === null) return []
  return [ask.suggestion, ...(ask.others ?? [])]
}

function takeObserved(progress: Progress, evidence: Evidence, step: string, text: string): Taken {
  const checked = checkObserved(evidence, text)
  if (checked.kind === 'refused') return refused(checked.why)
  if (checked.kind === 'text' || checked.met) return give(progress, text.trim())
  return beginAct(notMet(progress.act, step, text.trim(), checked.text))
}

/** A value beyond its limit: three ways on, and none of them by itself. */
function notMet(again: Act, step: string, observed: string, found: string): Act {
  const say = (answer: 'yes' | 'no', note: string): Outcome => ({
    kind: 'say',
    answer: { kind: 'confirm', step, answer, observed, note },
  })
  const withReason = (title: string, answer: 'yes' | 'no'): Act => ({
    title,
    body: [found],
    asks: [reasonAsk('Reason')],
    done: ([note = '']) => say(answer, note),
  })
  return {
    title: again.title,
    body: [],
    asks: [
      {
        kind: 'pick',
        prompt: found,
        empty: null,
        options: [
          { label: 'type the value again', act: again },
          { label: 'cannot confirm', act: withReason(`${again.title}: cannot confirm`, 'no') },
          {
            label: 'confirm all the same, with a reason',
            act: withReason(`${again.title}: confirm with a reason`, 'yes'),
          },
        ],
      },
    ],
    done: () => ({ kind: 'nothing', message: 'not confirmed' }),
  }
}

function give(progress: Progress, text: string): Taken {
  return advance({ act: progress.act, given: [...progress.given, text] })
}

function advance(progress: Progress): Taken {
  if (openAsk(progress) !== null) return { kind: 'ask', progress }
  return { kind: 'outcome', outcome: progress.act.done(progress.given) }
}

function refused(why: string): Taken {
  return { kind: 'refused', why }
}

function nothing(message: string): Taken {
  return { kind: 'outcome', outcome: { kind: 'nothing', message } }
}
