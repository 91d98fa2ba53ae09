import type { Book } from '../output/book.ts'
import { copyableAt } from '../scene/copyable.ts'
import { neededStep, type Scene } from '../scene/walk.ts'
import { cleanText } from '../text/clean.ts'
import type { Plain } from './lines.ts'
import { foundLines, logLines, outputOf, transcriptLines } from './reading.ts'
import { requestLines, tellLines } from './text.ts'
import type { Word } from './words.ts'

/** Words that only tell something, whatever is asked and whatever runs. */
export type TellingWord = Extract<Word, { kind: 'tell' | 'read' | 'copy' | 'request' }>

export function isTelling(word: Word): word is TellingWord {
  return word.kind === 'tell' || word.kind === 'read' || word.kind === 'copy' || word.kind === 'request'
}

interface TellingDesk {
  print(line: string): void
  /** Prints the question that stands once more. */
  question(): void
}

/** Tells what a word asks for. What must be read first is printed once it was. */
export class Telling {
  readonly #plain: Pick<Plain, 'clock' | 'copy' | 'requestFile'>
  readonly #book: Book
  readonly #desk: TellingDesk

  constructor(plain: Pick<Plain, 'clock' | 'copy' | 'requestFile'>, book: Book, desk: TellingDesk) {
    this.#plain = plain
    this.#book = book
    this.#desk = desk
  }

  tell(word: TellingWord, scene: Scene): void {
    switch (word.kind) {
      case 'tell':
        if (word.what === 'show') this.#desk.question()
        else this.#print(tellLines(word.what, scene, this.#plain.clock.nowMs()))
        return
      case 'request':
        this.#print(requestLines(scene, this.#plain.requestFile))
        return
      case 'read':
        this.#read(word, scene)
        return
      case 'copy':
        this.#printOnce(this.#copy(scene))
        return
      default:
        word satisfies never
    }
  }

  #read({ what, rest }: Extract<Word, { kind: 'read' }>, scene: Scene): void {
    if (what === 'transcript') {
      this.#printOnce(transcriptLines(this.#book))
      return
    }
    const source = outputOf(scene, what === 'log' ? rest : '')
    if (source !== null)
      this.#printOnce(
        what === 'log' ? logLines(this.#book, scene, source) : foundLines(this.#book, scene, source, rest),
      )
    else if (what === 'log' && rest !== '') this.#desk.print(`Step "${cleanText(rest)}" has no output here.`)
    else this.#desk.print('No step has been run yet, so there is no output.')
  }

  async #copy(scene: Scene): Promise<string[]> {
    const copyable = copyableAt(scene, neededStep(scene))
    if (copyable === null) return ['There is no text here.']
    const program = (await this.#plain.copy?.(copyable.text)) ?? null
    return [
      program === null
        ? `No program here keeps a clipboard; "show" prints ${cleanText(copyable.what)}.`
        : `Copied with ${program}: ${cleanText(copyable.what)}.`,
    ]
  }

  /** Reading fails where the journal is gone; what is walked is not touched by that. */
  #printOnce(lines: Promise<readonly string[]>): void {
    lines.then(
      found => this.#print(found),
      error => this.#desk.print(`It cannot be read: ${cleanText(String(error))}.`),
    )
  }

  #print(lines: readonly string[]): void {
    for (const line of lines) this.#desk.print(line)
  }
}
