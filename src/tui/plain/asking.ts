import { type Ask, type Outcome, openAsk, type Progress, type Taken, takeText } from '../acts/act.ts'
import { cleanText } from '../text/clean.ts'
import { actLines, askLine, TAKES_SUGGESTION } from './text.ts'

/** What a session does with what its acts come to. */
export interface AskingDesk {
  print(line: string): void
  /** A question was printed and takes answers from now on. */
  opened(): void
  /** An act was left; nothing was said. */
  left(): void
  finish(outcome: Outcome): void
  /** Switches echo off until the promise is settled; without it no secret is asked. */
  readonly hideInput?: (whileHidden: () => Promise<void>) => Promise<void>
  broken(error: unknown): void
}

/** The questions of one act, asked one after the other, a line each. */
export class Asking {
  readonly #desk: AskingDesk
  #progress: Progress | null = null
  #about = ''
  #reveal: (() => void) | null = null

  constructor(desk: AskingDesk) {
    this.#desk = desk
  }

  get isOpen(): boolean {
    return this.#progress !== null
  }

  /** True for an act that belongs to this question of the run. */
  isAbout(question: string): boolean {
    return this.#progress !== null && this.#about === question
  }

  /**
   * Begins an act.
   *
   * @param rest what stands behind the word: it answers the first question, unless that asks for consent.
   * @param about name of the question of the run that the act belongs to.
   */
  start(taken: Taken, rest: string, about: string): void {
    this.#about = about
    const ask = taken.kind === 'ask' ? openAsk(taken.progress) : null
    if (taken.kind === 'ask' && rest !== '' && ask !== null && takesWords(ask)) {
      this.#progress = taken.progress
      this.take(takeText(taken.progress, rest))
    } else this.take(taken)
  }

  /** A line that answers the open question. */
  answer(line: string): void {
    const progress = this.#progress
    if (progress === null) return
    if (line.trim() === 'cancel') {
      this.close()
      this.#desk.left()
      return
    }
    const ask = openAsk(progress)
    const suggestion = ask?.kind === 'text' && line.trim() === TAKES_SUGGESTION ? ask.suggestion : null
    // A secret counts as typed; of all else the blanks around it do not.
    this.take(takeText(progress, suggestion ?? (ask?.kind === 'text' && ask.secret ? line : line.trim())))
  }

  take(taken: Taken): void {
    switch (taken.kind) {
      case 'ask':
        this.#askNext(taken.progress)
        return
      case 'refused':
        this.#desk.print(`${cleanText(taken.why)}.`)
        this.repeat()
        this.#desk.opened()
        return
      case 'outcome':
        this.close()
        this.#desk.finish(taken.outcome)
        return
      default:
        taken satisfies never
    }
  }

  /** Prints the open question once more. */
  repeat(): void {
    const ask = this.#progress === null ? null : openAsk(this.#progress)
    if (ask !== null) this.#desk.print(askLine(ask))
  }

  close(): void {
    this.#progress = null
    this.#reveal?.()
    this.#reveal = null
  }

  #askNext(progress: Progress): void {
    const isNew = this.#progress?.act !== progress.act
    const ask = openAsk(progress)
    if (ask === null) return
    this.close()
    const secret = ask.kind === 'text' && ask.secret
    if (secret && this.#desk.hideInput === undefined) {
      this.#desk.print(
        'What you type would be seen here, so no secret is asked. Give it with --secret or --secret-env.',
      )
      return
    }
    this.#progress = progress
    if (isNew) for (const line of actLines(progress)) this.#desk.print(line)
    this.#desk.print(askLine(ask))
    if (secret) this.#hide()
    this.#desk.opened()
  }

  #hide(): void {
    const hidden = new Promise<void>(resolve => {
      this.#reveal = resolve
    })
    this.#desk.hideInput?.(() => hidden).catch(error => this.#desk.broken(error))
  }
}

function takesWords(ask: Ask): boolean {
  return (ask.kind === 'text' && !ask.secret) || ask.kind === 'observed' || ask.kind === 'pick'
}
