import type { Answer, EditorAnswer } from '../model/index.ts'
import { stepsOf } from '../model/index.ts'
import type { FullScreen } from './full-screen-parts.ts'
import type { Copyable } from './scene/copyable.ts'
import type { Effect, ScreenEvent } from './state/screen-state.ts'
import { osc52 } from './terminal/clipboard.ts'
import { NO_EDITOR } from './terminal/editing.ts'
import type { Possession } from './terminal/possession.ts'
import type { Reader } from './terminal/reader.ts'
import { cleanLines } from './text/clean.ts'

export interface PerformerParts {
  readonly screen: FullScreen
  readonly possession: Possession
  readonly reader: Reader
  readonly isOver: () => boolean
  readonly dispatch: (event: ScreenEvent) => void
  readonly redraw: () => void
  /** Ends the walk in this screen. */
  readonly leave: (how: 'leave' | 'to-plain') => void
  /** Called with what makes going on impossible, such as a journal that cannot be written. */
  readonly broken: (error: unknown) => void
}

/** Gives the function that does what the screen asks of the world, and tells the screen what came of it. */
export function createPerformer(parts: PerformerParts): (effect: Effect) => void {
  const { screen, possession, reader, dispatch, broken } = parts
  const { conversation, clock } = screen
  const told = (message: string): void => {
    if (!parts.isOver()) dispatch({ kind: 'told', message, atMs: clock.nowMs() })
  }
  const lookAtProcesses = async (): Promise<void> => {
    const found = (await screen.processes?.()) ?? null
    if (!parts.isOver()) dispatch({ kind: 'processes', found, atMs: clock.nowMs() })
  }
  const say = (answer: Answer): void => {
    conversation
      .say(answer, screen.speaker)
      .then(reply => dispatch({ kind: 'reply', reply, snapshot: conversation.snapshot(), atMs: clock.nowMs() }), broken)
  }
  const inEditor = async (script: string, step: string): Promise<EditorAnswer> => {
    if (screen.editScript === undefined || screen.reopen === undefined) return NO_EDITOR
    const { editScript } = screen
    const name = stepsOf(conversation.runbook).find(({ id }) => id === step)?.position ?? step
    return possession.during(() => editScript(script, name))
  }
  const edit = async (step: string): Promise<void> => {
    const began = conversation.scriptToEdit(step)
    const answer: EditorAnswer = began.ok ? await inEditor(began.script, step) : { kind: 'problem', why: began.why }
    dispatch({ kind: 'edited', step, was: began.ok ? began.script : '', answer, atMs: clock.nowMs() })
  }
  const stopHere = async (): Promise<void> => {
    if (screen.stopHere !== undefined && !possession.isAway()) await possession.during(screen.stopHere)
  }
  const copy = async ({ what, text }: Copyable): Promise<void> => {
    const program = (await screen.copy?.(text)) ?? null
    if (program === null) screen.stdout.write(osc52(text))
    const how = program === null ? 'sent to the terminal (OSC 52)' : `copied with ${program}`
    dispatch({ kind: 'told', message: `${how}: ${what}. Y prints it, should nothing arrive`, atMs: clock.nowMs() })
  }
  const print = ({ what, text }: Copyable): Promise<void> =>
    possession.print([...cleanLines(text), '', `This was ${what}. Any key comes back.`])
  const perform = (effect: Effect): void => {
    switch (effect.kind) {
      case 'say':
        say(effect.answer)
        return
      case 'edit':
        edit(effect.step).catch(broken)
        return
      case 'read':
      case 'find':
      case 'look-for-error':
        reader.perform(effect)
        return
      case 'copy-lines':
        reader.textOf(effect.lines).then(
          copyable => perform({ kind: effect.how, copyable }),
          error => told(`the record cannot be read: ${String(error)}`),
        )
        return
      case 'look-at-processes':
        lookAtProcesses().catch(error => told(String(error)))
        return
      case 'redraw':
        parts.redraw()
        return
      case 'leave':
        parts.leave('leave')
        return
      case 'to-plain':
        if (screen.canGoPlain === true) parts.leave('to-plain')
        return
      case 'copy':
        copy(effect.copyable).catch(broken)
        return
      case 'print':
        print(effect.copyable).catch(broken)
        return
      case 'stop-here':
        stopHere().catch(broken)
        return
      default:
        effect satisfies never
    }
  }
  return perform
}
