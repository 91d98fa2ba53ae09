import type { Answer, Entry, Snapshot } from '../../model/index.ts'
import { type Ask, beginAct, type Outcome, openAsk, type Progress, type Taken, takeText } from '../acts/act.ts'
import { type Wish, wishFor } from '../acts/acts.ts'
import { editedAct, extendAct } from '../acts/control-acts.ts'
import { chooseAct } from '../acts/step-acts.ts'
import { neededStep, positionOf, questionName, type Scene, toWalk } from '../scene/walk.ts'
import { GUARD_MS } from '../state/screen-state.ts'
import { NO_EDITOR } from '../terminal/editing.ts'
import { cleanText } from '../text/clean.ts'
import { counted } from '../text/counting.ts'
import type { Plain } from './lines.ts'
import { sentenceFor } from './narrate.ts'
import { createPlainOutput, type PlainOutput } from './output.ts'
import { createPollLines } from './poll-lines.ts'
import { actLines, askLine, questionLines, stillLine, TAKES_SUGGESTION, tellLines } from './text.ts'
import { type Word, wordOf } from './words.ts'

/** One walk in plain mode: what is asked now, and what a line means. It has no timer and no stream of its own. */
export class PlainSession {
  /** Rejects when something said could not be recorded. */
  readonly broken: Promise<never>
  readonly #plain: Plain
  readonly #scripts: PlainOutput
  /** Resolves when the full screen is asked for. */
  readonly toFull: Promise<'to-full'>
  readonly #break: (error: unknown) => void
  readonly #goFull: (how: 'to-full') => void
  #scene: Scene
  /** The act whose questions are asked now, and the name of the question that it belongs to. */
  #progress: Progress | null = null
  #about = ''
  /** Lines before this time were typed for an earlier question. */
  #openAtMs = Number.POSITIVE_INFINITY
  #dropped = 0
  #saying = false
  #pauseAfter = false
  #reveal: (() => void) | null = null
  /** Lines that wait while a script has the terminal; null while it has not. */
  #waiting: string[] | null = null
  /** Step that was lent the terminal last, until its end is told. */
  #lentTo: string | null = null
  readonly #polls = createPollLines()

  constructor(plain: Plain) {
    const broken = Promise.withResolvers<never>()
    this.broken = broken.promise
    this.#break = broken.reject
    const full = Promise.withResolvers<'to-full'>()
    this.toFull = full.promise
    this.#goFull = full.resolve
    this.#plain = plain
    this.#scripts = createPlainOutput(line => this.#print(line))
    this.#scene = { walk: toWalk(plain.conversation.runbook), ...plain.conversation.snapshot() }
  }

  begin(): void {
    this.#question()
  }

  /** Says where we are once more: after an interruption nothing of it may be on the screen. */
  show(): void {
    const ask = this.#progress === null ? null : openAsk(this.#progress)
    if (ask === null) this.#question()
    else this.#print(askLine(ask))
  }

  onLine(line: string): void {
    if (this.#progress !== null) this.#onAnswer(this.#progress, line)
    else this.#onWord(wordOf(line), line)
  }

  onEntry(entry: Entry, snapshot: Snapshot): void {
    const { event } = entry
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
    // Several events may be folded before the first of them is told: the question comes after the last sentence.
    if (snapshot.state.lastSeq <= entry.seq) this.#refresh(snapshot)
  }

  /** A script gets the terminal: what there is to say waits until it is back. */
  letGo(step: string, line: string): void {
    this.#print(line)
    this.#lentTo = step
    this.#waiting = []
  }

  takeBack(): void {
    const lines = this.#waiting ?? []
    this.#waiting = null
    for (const line of lines) this.#print(line)
  }

  stillRunning(): void {
    if (this.#waiting !== null) return
    const line = stillLine(this.#scene, this.#plain.clock.nowMs())
    if (line !== null) this.#print(line)
  }

  inputEnded(): void {
    this.#print('The input has ended.')
    if (this.#scene.need.kind === 'running') this.#pauseAfter = true
    else if (this.#scene.need.kind !== 'finished') this.#say({ kind: 'pause', reason: 'the input has ended' })
  }

  close(): void {
    this.#progress = null
    this.#reveal?.()
    this.#reveal = null
  }

  /** A line that answers the open question of an act. */
  #onAnswer(progress: Progress, line: string): void {
    if (this.#isEarly()) {
      this.#drop()
      return
    }
    if (line.trim() === 'cancel') {
      this.close()
      this.#print('Left. Nothing was done.')
      this.#question()
      return
    }
    const ask = openAsk(progress)
    const suggestion = ask?.kind === 'text' && line.trim() === TAKES_SUGGESTION ? ask.suggestion : null
    // A secret counts as typed; of all else the blanks around it do not.
    this.#take(takeText(progress, suggestion ?? (ask?.kind === 'text' && ask.secret ? line : line.trim())))
  }

  #onWord(word: Word, line: string): void {
    if (word.kind === 'tell') {
      this.#tell(word.what)
      return
    }
    if (word.kind === 'full') {
      if (this.#plain.canDraw === true) this.#goFull('to-full')
      else this.#print('There is no terminal here that the full screen could be drawn on.')
      return
    }
    if (word.kind === 'wish' && ANY_TIME.has(word.wish)) {
      this.#wish(word.wish, word.rest)
      return
    }
    const { need } = this.#scene
    if (this.#isEarly() || need.kind === 'running') {
      if (need.kind === 'running' && !this.#saying)
        this.#print(`Step ${this.#position(need.step)} is running. "stop" shows how to stop it.`)
      this.#drop()
      return
    }
    if (line.trim() === '') {
      if (need.kind === 'run' && need.level === 'L1') this.#wish('proceed', '')
      else this.#question()
    } else if (need.kind === 'run' && need.phrase !== null && line.trim() === need.phrase) {
      this.#phrase(need.phrase)
    } else {
      this.#answerWord(word, line)
    }
  }

  #answerWord(word: Exclude<Word, { kind: 'tell' | 'full' }>, line: string): void {
    const { need } = this.#scene
    switch (word.kind) {
      case 'wish':
        this.#wish(word.wish, word.rest)
        return
      case 'value':
        this.#wish('tick', word.rest)
        return
      case 'choose': {
        const option = need.kind === 'choose' ? need.options[Number(word.rest) - 1] : undefined
        if (need.kind !== 'choose') this.#print('Nothing is chosen here.')
        else if (option === undefined) this.#print(`Choose a number from 1 to ${need.options.length}.`)
        else this.#start(beginAct(chooseAct(this.#scene, need.step, option)), '')
        return
      }
      case 'extend':
        if (need.kind !== 'wait') this.#print('Nothing is waited for.')
        else this.#start(beginAct(extendAct(this.#scene, need.step, word.byMs)), word.rest)
        return
      case 'jump':
        this.#jump(word.to, word.rest)
        return
      case 'unknown':
        this.#print(
          need.kind === 'run' && need.phrase !== null
            ? `"${cleanText(line)}" does not match. Not run.`
            : `"${cleanText(word.word)}" is no word here. "help" lists the words.`,
        )
        return
      default:
        word satisfies never
    }
  }

  #jump(to: string, rest: string): void {
    const target = [...this.#scene.walk.steps.values()].find(step => step.position === to || step.id === to)
    if (target === undefined) {
      this.#print(to === '' ? 'Say which step: jump STEP.' : `"${cleanText(to)}" is no step of this runbook.`)
      return
    }
    const found = wishFor('jump', this.#scene, target.id)
    if (found.kind === 'cannot') this.#print(`${cleanText(found.why)}.`)
    else this.#start(beginAct(found.act), rest)
  }

  /** The phrase typed at the question itself is the run and its phrase in one. */
  #phrase(phrase: string): void {
    const found = wishFor('proceed', this.#scene)
    const begun = found.kind === 'act' ? beginAct(found.act) : null
    if (begun?.kind === 'ask') this.#take(takeText(begun.progress, phrase))
  }

  #tell(what: Extract<Word, { kind: 'tell' }>['what']): void {
    if (what === 'show') this.#question()
    else for (const line of tellLines(what, this.#scene, this.#plain.clock.nowMs())) this.#print(line)
  }

  #wish(name: Wish, rest: string): void {
    const found = wishFor(name, this.#scene)
    if (found.kind === 'cannot') this.#print(`${cleanText(found.why)}.`)
    else this.#start(beginAct(found.act), rest)
  }

  /** Begins an act; what stands behind the word answers its first question, unless that asks for consent. */
  #start(taken: Taken, rest: string): void {
    this.#about = questionName(this.#scene)
    const ask = taken.kind === 'ask' ? openAsk(taken.progress) : null
    if (taken.kind === 'ask' && rest !== '' && ask !== null && takesWords(ask)) {
      this.#progress = taken.progress
      this.#take(takeText(taken.progress, rest))
    } else {
      this.#take(taken)
    }
  }

  #take(taken: Taken): void {
    switch (taken.kind) {
      case 'ask':
        this.#askNext(taken.progress)
        return
      case 'refused': {
        this.#print(`${cleanText(taken.why)}.`)
        const ask = this.#progress === null ? null : openAsk(this.#progress)
        if (ask !== null) this.#print(askLine(ask))
        this.#opened()
        return
      }
      case 'outcome':
        this.close()
        this.#finish(taken.outcome)
        return
      default:
        taken satisfies never
    }
  }

  #askNext(progress: Progress): void {
    const isNew = this.#progress?.act !== progress.act
    const ask = openAsk(progress)
    if (ask === null) return
    this.close()
    const { hideInput } = this.#plain
    const secret = ask.kind === 'text' && ask.secret
    if (secret && hideInput === undefined) {
      this.#print('What you type would be seen here, so no secret is asked. Give it with --secret or --secret-env.')
      return
    }
    this.#progress = progress
    if (isNew) for (const line of actLines(progress)) this.#print(line)
    this.#print(askLine(ask))
    if (secret && hideInput !== undefined) {
      const hidden = new Promise<void>(resolve => {
        this.#reveal = resolve
      })
      hideInput(() => hidden).catch(this.#break)
    }
    this.#opened()
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
    if (this.#progress === null) this.#question()
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
    const before = questionName(this.#scene)
    const wasRunning = this.#scene.need.kind === 'running'
    this.#scene = { ...this.#scene, ...snapshot }
    if (questionName(this.#scene) === before) return false
    const { need } = this.#scene
    this.#openAtMs = Number.POSITIVE_INFINITY
    if (this.#progress !== null && this.#about === before) {
      this.close()
      this.#print('The question has changed meanwhile.')
    }
    if (this.#pauseAfter && wasRunning && need.kind !== 'running' && need.kind !== 'finished') {
      this.#pauseAfter = false
      this.#say({ kind: 'pause', reason: 'asked by the operator, after the running step' })
      return true
    }
    this.#question()
    return true
  }

  #question(): void {
    for (const line of questionLines(this.#scene)) this.#print(line)
    if (this.#scene.need.kind !== 'running') this.#opened()
  }

  /** A question stands there now: what was typed before it is told, and what comes at once is not for it. */
  #opened(): void {
    this.#openAtMs = this.#plain.clock.nowMs() + GUARD_MS
    this.#tellDropped()
  }

  #isEarly(): boolean {
    return this.#saying || this.#plain.clock.nowMs() < this.#openAtMs
  }

  #drop(): void {
    this.#dropped++
    if (this.#scene.need.kind !== 'running' && !this.#saying) this.#tellDropped()
  }

  #tellDropped(): void {
    if (this.#dropped > 0) this.#print(`ignored ${counted(this.#dropped, 'line')} typed before this question`)
    this.#dropped = 0
  }

  #position(step: string): string {
    return positionOf(this.#scene.walk, step)
  }

  #print(line: string): void {
    if (this.#waiting !== null) {
      this.#waiting.push(line)
      return
    }
    this.#plain.output(`${line}\n`)
  }
}

/** Words that answer no question, so that they need not wait for one. */
const ANY_TIME: ReadonlySet<Wish> = new Set<Wish>(['note', 'hand-over', 'stop', 'pause', 'pause-after'])

/** What is said beside the question, which then stands as before. */
const ASIDE: ReadonlySet<Answer['kind']> = new Set<Answer['kind']>(['note', 'offer', 'withdraw-offer'])

function takesWords(ask: Ask): boolean {
  return (ask.kind === 'text' && !ask.secret) || ask.kind === 'observed' || ask.kind === 'pick'
}
