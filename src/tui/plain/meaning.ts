import { type Act, beginAct, type Taken, takeText } from '../acts/act.ts'
import { type Wish, wishFor } from '../acts/acts.ts'
import { extendAct } from '../acts/control-acts.ts'
import { chooseAct } from '../acts/step-acts.ts'
import type { Scene } from '../scene/walk.ts'
import { cleanText } from '../text/clean.ts'
import type { TellingWord } from './telling.ts'
import type { Word } from './words.ts'

/** What a line comes to while no question of an act is open. */
export type Meaning =
  /** An act begins; `rest` answers its first question. */
  | { readonly kind: 'begin'; readonly taken: Taken; readonly rest: string }
  | { readonly kind: 'print'; readonly line: string }
  /** The question is to be printed once more. */
  | { readonly kind: 'again' }

/** What a line means where an answer is due. Pure: it says nothing to the run. */
export function meaningOf(word: Exclude<Word, TellingWord | { kind: 'full' }>, line: string, scene: Scene): Meaning {
  const { need } = scene
  if (line.trim() === '')
    return need.kind === 'run' && need.level === 'L1' ? meaningOfWish('proceed', '', scene) : AGAIN
  if (need.kind === 'run' && need.phrase !== null && line.trim() === need.phrase) return phrased(need.phrase, scene)
  switch (word.kind) {
    case 'wish':
      return meaningOfWish(word.wish, word.rest, scene)
    case 'value':
      return meaningOfWish('tick', word.rest, scene)
    case 'choose': {
      if (need.kind !== 'choose') return print('Nothing is chosen here.')
      const option = need.options[Number(word.rest) - 1]
      if (option === undefined) return print(`Choose a number from 1 to ${need.options.length}.`)
      return begin(chooseAct(scene, need.step, option), '')
    }
    case 'extend':
      if (need.kind !== 'wait') return print('Nothing is waited for.')
      return begin(extendAct(scene, need.step, word.byMs), word.rest)
    case 'jump':
      return jump(word.to, word.rest, scene)
    case 'unknown':
      return print(
        need.kind === 'run' && need.phrase !== null
          ? `"${cleanText(line)}" does not match. Not run.`
          : `"${cleanText(word.word)}" is no word here. "help" lists the words.`,
      )
    default:
      word satisfies never
      return AGAIN
  }
}

/** What a wish means: its act, or why it cannot be had now. */
export function meaningOfWish(wish: Wish, rest: string, scene: Scene): Meaning {
  const found = wishFor(wish, scene)
  return found.kind === 'cannot' ? print(`${cleanText(found.why)}.`) : begin(found.act, rest)
}

const AGAIN: Meaning = { kind: 'again' }

function jump(to: string, rest: string, scene: Scene): Meaning {
  const target = [...scene.walk.steps.values()].find(step => step.position === to || step.id === to)
  if (target === undefined)
    return print(to === '' ? 'Say which step: jump STEP.' : `"${cleanText(to)}" is no step of this runbook.`)
  const found = wishFor('jump', scene, target.id)
  return found.kind === 'cannot' ? print(`${cleanText(found.why)}.`) : begin(found.act, rest)
}

/** The phrase typed at the question itself is the run and its phrase in one. */
function phrased(phrase: string, scene: Scene): Meaning {
  const found = wishFor('proceed', scene)
  const begun = found.kind === 'act' ? beginAct(found.act) : null
  return begun?.kind === 'ask' ? { kind: 'begin', taken: takeText(begun.progress, phrase), rest: '' } : AGAIN
}

function begin(act: Act, rest: string): Meaning {
  return { kind: 'begin', taken: beginAct(act), rest }
}

function print(line: string): Meaning {
  return { kind: 'print', line }
}
