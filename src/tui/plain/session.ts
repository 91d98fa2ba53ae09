import type { Answer, Entry, EventOf, Snapshot } from '../../model/index.ts'
import { beginAct, type Outcome, type Taken } from '../acts/act.ts'
import type { Wish } from '../acts/acts.ts'
import { editedAct } from '../acts/control-acts.ts'
import { criteriaAct } from '../acts/step-acts.ts'
import { type Book, createBook } from '../output/book.ts'
import { sentenceFor } from '../scene/narrate.ts'
import { phaseCallsOf, phasesToCall } from '../scene/phase-call.ts'
import { neededStep, positionOf, questionName, type Scene, toWalk } from '../scene/walk.ts'
import { attentionFor } from '../terminal/attention.ts'
import { NO_EDITOR } from '../terminal/editing.ts'
import { cleanText } from '../text/clean.ts'
import { Asking } from './asking.ts'
import { LineGuard } from './line-guard.ts'
import type { Plain } from './lines.ts'
import { type Meaning, meaningOf, meaningOfWish } from './meaning.ts'
import { createPlainOutput, type PlainOutput } from './output.ts'
import { createPollLines } from './poll-lines.ts'
import { createPrinter, type Printer } from './printer.ts'
import { isTelling, Telling } from './telling.ts'
import { questionLines, stillLine } from './text.ts'
import { type Word, wordOf } from './words.ts'

/** One walk in plain mode: what is asked now, and what a line means. It has no timer and no stream of its own. */
export class PlainSession {
  /** Rejects when something said could not be recorded. */
  readonly broken: Promise<never>
  /** Resolves when the full screen is asked for. */
  readonly toFull: Promise<'to-full'>
  readonly #plain: Plain
  readonly #printer: Printer
  readonly #scripts: PlainOutput
  readonly #book: Book
  readonly #guard: LineGuard
  readonly #asking: Asking
  readonly #telling: Telling
  readonly #break: (error: unknown) => void
  readonly #goFull: (how: 'to-full') => void
  #scene: Scene
  #saying = false
  #pauseAfter = false
  /** The question went away under the hands of somebody who was answering it. */
  #isStale = false
  #lastCallMs = Number.NEGATIVE_INFINITY
  /** Step that was lent the terminal last, until its end is told. */
  #lentTo: string | null = null
  /** Attempt of which output passes by that no record keeps. */
  #passing = ''
  readonly #polls = createPollLines()
  /** Success criteria of phases that have ended, which nobody has given a value for; asked one after the other. */
  readonly #criteria: string[] = []

  constructor(plain: Plain) {
    const broken = Promise.withResolvers<never>()
    const full = Promise.withResolvers<'to-full'>()
    this.broken = broken.promise
    this.toFull = full.promise
    this.#break = broken.reject
    this.#goFull = full.resolve
    this.#plain = plain
    this.#printer = createPrinter(plain.output)
    this.#scripts = createPlainOutput(line => this.#print(line))
    this.#book = createBook(plain.conversation.runbook, plain.record ?? null)
    this.#guard = new LineGuard(
      () => plain.clock.nowMs(),
      line => this.#print(line),
    )
    this.#asking = new Asking({
      print: line => this.#print(line),
      opened: () => this.#guard.opened(),
      left: () => {
        this.#print('Left. Nothing was done.')
        this.#question()
      },
      finish: outcome => this.#finish(outcome),
      broken: error => this.#break(error),
      ...(plain.hideInput === undefined ? {} : { hideInput: plain.hideInput }),
    })
    this.#telling = new Telling(plain, this.#book, {
      print: line => this.#print(line),
      question: () => this.#question(),
    })
    this.#scene = { walk: toWalk(plain.conversation.runbook), ...plain.conversation.snapshot() }
  }

  /** Where we are; to whoever comes back, what has happened meanwhile, and the phases that have ended. */
  begin(): void {
    const { meanwhile = null } = this.#plain
    if (meanwhile !== null) this.#print(cleanText(`${meanwhile.charAt(0).toUpperCase()}${meanwhile.slice(1)}.`))
    const calls = phaseCallsOf(this.#scene, phasesToCall(this.#scene.state))
    for (const { title, question } of calls) {
      this.#print(cleanText(title))
      if (question !== null) this.#criteria.push(question)
    }
    this.#question()
  }

  /** Says where we are once more: after an interruption nothing of it may be on the screen. */
  show(): void {
    if (this.#asking.isOpen) this.#asking.repeat()
    else this.#question()
  }

  onLine(line: string): void {
    // It was begun for a question that is gone, and must not be a word for this one; Ctrl-C, which says "stop", was not.
    if (this.#isStale && line.trim() !== 'stop') {
      this.#isStale = false
      this.#print('That line counts for nothing.')
      this.#question()
    } else if (!this.#asking.isOpen) this.#onWord(wordOf(line), line)
    else if (this.#isEarly()) this.#drop()
    else this.#asking.answer(line)
  }

  onEntry(entry: Entry, snapshot: Snapshot): void {
    const { event } = entry
    this.#book.take(entry, snapshot)
    if (event.kind === 'output' || event.kind === 'output.late') {
      // The person has seen it in their own terminal, as it came.
      if (event.fd === 'pty' && event.step === this.#lentTo) return
      if (!this.#polls.shows(event)) return
      this.#scripts.push(event, positionOf(this.#scene.walk, event.step))
      return
    }
    if (event.kind === 'output.end' || event.kind === 'step.end') this.#scripts.end()
    const sentence = sentenceFor(entry, snapshot, this.#plain.conversation.runbook)
    // That it has the terminal was said already, and said that it started.
    const isTold = event.kind === 'step.start' && event.step === this.#lentTo
    for (const line of this.#polls.tell(entry, snapshot.need, isTold ? null : sentence)) this.#print(line)
    if (event.kind === 'step.end') this.#lentTo = null
    if (event.kind === 'phase.end')
      for (const { question } of phaseCallsOf({ ...this.#scene, ...snapshot }, [event.phase]))
        if (question !== null) this.#criteria.push(question)
    // Several events may be folded before the first of them is told: the question comes after the last sentence.
    if (snapshot.state.lastSeq <= entry.seq) this.#refresh(snapshot)
  }

  /** Output that no record keeps: that there is more of it is said once, and `log` shows it while the script runs. */
  onPassing(event: EventOf<'output'>): void {
    this.#book.pass(event)
    const attempt = `${event.attempt} ${event.step}`
    if (this.#passing === attempt) return
    this.#passing = attempt
    const position = positionOf(this.#scene.walk, event.step)
    this.#print(
      `--- ${position} says more than is kept: what follows is counted and hashed, and its last 64 KiB are shown at its end. "log" shows it as it passes ---`,
    )
  }

  /** A script gets the terminal: what there is to say waits until it is back. */
  letGo(step: string, line: string): void {
    this.#print(line)
    this.#lentTo = step
    this.#printer.hold()
  }

  takeBack(): void {
    this.#printer.release()
  }

  stillRunning(): void {
    if (this.#printer.isHeld) return
    const line = stillLine(this.#scene, this.#plain.clock.nowMs())
    if (line !== null) this.#print(line)
  }

  inputEnded(): void {
    this.#print('The input has ended.')
    if (this.#scene.need.kind === 'running') this.#pauseAfter = true
    else if (this.#scene.need.kind !== 'finished') this.#say({ kind: 'pause', reason: 'the input has ended' })
  }

  close(): void {
    this.#asking.close()
  }

  #onWord(word: Word, line: string): void {
    if (isTelling(word)) {
      this.#telling.tell(word, this.#scene)
      return
    }
    if (word.kind === 'full') {
      if (this.#plain.canDraw === true) this.#goFull('to-full')
      else this.#print('There is no terminal here that the full screen could be drawn on.')
      return
    }
    if (word.kind === 'wish' && ANY_TIME.has(word.wish)) {
      this.#mean(meaningOfWish(word.wish, word.rest, this.#scene))
      return
    }
    const { need } = this.#scene
    if (this.#isEarly() || need.kind === 'running') {
      if (need.kind === 'running' && !this.#saying)
        this.#print(`Step ${this.#position(need.step)} is running. "stop" shows how to stop it.`)
      this.#drop()
      return
    }
    this.#mean(meaningOf(word, line, this.#scene))
  }

  #mean(meaning: Meaning): void {
    switch (meaning.kind) {
      case 'begin':
        this.#start(meaning.taken, meaning.rest)
        return
      case 'print':
        this.#print(meaning.line)
        return
      case 'again':
        this.#question()
        return
      default:
        meaning satisfies never
    }
  }

  #start(taken: Taken, rest: string): void {
    this.#asking.start(taken, rest, questionName(this.#scene))
  }

  #finish(outcome: Outcome): void {
    switch (outcome.kind) {
      case 'say':
        this.#say(outcome.answer)
        return
      case 'edit':
        this.#edit(outcome.step).catch(this.#break)
        return
      case 'pause-after':
        this.#pauseAfter = !this.#pauseAfter
        this.#print(this.#pauseAfter ? 'The run pauses after this step.' : 'The run goes on after this step.')
        return
      case 'nothing':
        this.#print(outcome.message === '' ? 'Nothing was done.' : `${cleanText(outcome.message)}.`)
        this.#question()
        return
      default:
        outcome satisfies never
    }
  }

  async #edit(step: string): Promise<void> {
    const began = this.#plain.conversation.scriptToEdit(step)
    if (!began.ok) {
      this.#print(`Refused: ${cleanText(began.why)}.`)
      return
    }
    // Lines typed meanwhile are the editor's, and none of them is an answer.
    this.#saying = true
    const answer = await (this.#plain.editScript?.(began.script, this.#position(step)) ?? NO_EDITOR)
    this.#saying = false
    if (neededStep(this.#scene) !== step) this.#print('The question has changed meanwhile. Nothing was changed.')
    else if (answer.kind === 'edited')
      this.#start(beginAct(editedAct(this.#scene, step, began.script, answer.script)), '')
    else this.#print(answer.kind === 'unchanged' ? 'Nothing was changed.' : `${cleanText(answer.why)}.`)
    if (!this.#asking.isOpen) this.#question()
  }

  #say(answer: Answer): void {
    this.#saying = true
    this.#plain.conversation.say(answer, this.#plain.speaker).then(reply => {
      this.#saying = false
      if (!reply.ok) this.#print(`Refused: ${cleanText(reply.why)}.`)
      else if (reply.note !== undefined) this.#print(`${cleanText(reply.note)}.`)
      const asked = this.#refresh(this.#plain.conversation.snapshot())
      // What changes nothing about the question leaves it to be asked again.
      if (!asked && (!reply.ok || ASIDE.has(answer.kind))) this.#question()
    }, this.#break)
  }

  /** Takes the newest snapshot; true if there was something new to ask. */
  #refresh(snapshot: Snapshot): boolean {
    const before = this.#scene
    this.#scene = { ...before, ...snapshot }
    this.#callAttention(before)
    const was = questionName(before)
    if (questionName(this.#scene) === was) return false
    const { need } = this.#scene
    this.#guard.closed()
    if (this.#asking.isAbout(was)) {
      this.#asking.close()
      this.#isStale = true
      this.#print('The question has changed meanwhile. The line that you are at counts for nothing: press Enter.')
    }
    if (this.#pauseAfter && before.need.kind === 'running' && need.kind !== 'running' && need.kind !== 'finished') {
      this.#pauseAfter = false
      this.#say({ kind: 'pause', reason: 'asked by the operator, after the running step' })
      return true
    }
    this.#question()
    return true
  }

  /** No bell and no title here: a line is what there is, and the person's own command. */
  #callAttention(before: Scene): void {
    const nowMs = this.#plain.clock.nowMs()
    const { title } = this.#plain.conversation.runbook
    const { call } = attentionFor({ scene: before, nowMs }, { scene: this.#scene, nowMs }, title, this.#lastCallMs)
    if (call === null) return
    this.#lastCallMs = nowMs
    this.#plain.call?.(call)
  }

  #question(): void {
    if (this.#asking.isOpen) return
    const criteria = this.#criteria.shift()
    if (criteria !== undefined && this.#scene.need.kind !== 'finished') {
      this.#asking.start(beginAct(criteriaAct(criteria)), '', '')
      return
    }
    for (const line of questionLines(this.#scene)) this.#print(line)
    if (this.#scene.need.kind !== 'running') this.#guard.opened()
  }

  #isEarly(): boolean {
    return this.#saying || this.#guard.isEarly
  }

  #drop(): void {
    this.#guard.drop(this.#scene.need.kind !== 'running' && !this.#saying)
  }

  #position(step: string): string {
    return positionOf(this.#scene.walk, step)
  }

  #print(line: string): void {
    this.#printer.print(line)
  }
}

/** Words that answer no question, so that they need not wait for one. */
const ANY_TIME: ReadonlySet<Wish> = new Set<Wish>(['note', 'hand-over', 'stop', 'pause', 'pause-after'])

/** What is said beside the question, which then stands as before. */
const ASIDE: ReadonlySet<Answer['kind']> = new Set<Answer['kind']>(['note', 'offer', 'withdraw-offer'])
