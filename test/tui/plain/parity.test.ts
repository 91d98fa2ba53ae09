import { expect, test } from 'vitest'
import { type Act, beginAct, openAsk } from '../../../src/tui/acts/act.ts'
import { type Wish, wishFor } from '../../../src/tui/acts/acts.ts'
import { BINDINGS } from '../../../src/tui/keys/bindings.ts'
import { WISHES, WORDS, wordOf } from '../../../src/tui/plain/words.ts'
import { ACTION_LIST } from '../../../src/tui/scene/actions.ts'
import { toWalk } from '../../../src/tui/scene/walk.ts'
import { demoRunbook } from '../helpers/demo-runbook.ts'
import { FakeClock, FakeRun } from '../helpers/fake-run.ts'

/** What only a screen has: a selection, panes, places found, a clock that ticks. In a list of lines there is nothing that it could mean. */
const SCREEN_ONLY = ['move', 'pane', 'next-match', 'previous-match', 'follow', 'wrap', 'palette', 'redraw', 'suspend']
/** What the full screen shows all the time, or asks behind another key. */
const PLAIN_ONLY = ['status', 'value', 'na', 'request', 'keep']

test('every action of the full screen has a word, but for what only a screen has', () => {
  const known = new Set(WORDS.map(({ word }) => word))
  const without = ACTION_LIST.filter(([, action]) => action.word === undefined || !known.has(action.word))
  expect(without.map(([name]) => name).sort()).toEqual([...SCREEN_ONLY].sort())
})

test('every word has an action of the full screen, but for what that shows or asks without one', () => {
  const named = new Set<string>(ACTION_LIST.flatMap(([, { word }]) => (word === undefined ? [] : [word])))
  expect(
    WORDS.map(({ word }) => word)
      .filter(word => !named.has(word))
      .sort(),
  ).toEqual([...PLAIN_ONLY].sort())
})

test('every word that help lists is understood', () => {
  for (const { word, takes } of WORDS)
    expect({ word, kind: wordOf(`${word} ${takes === '' ? '' : '1'}`).kind }).not.toMatchObject({ kind: 'unknown' })
})

test('what a key wishes, a word wishes too: so both ask at the same level and for the same phrase', () => {
  const byKey = new Set(BINDINGS.flatMap(({ command }) => (command.kind === 'wish' ? [command.wish] : [])))
  const byWord = new Set<Wish>(Object.values(WISHES))
  // `wait` and `jump` have words that take more than a wish.
  for (const wish of byKey) expect([wish, byWord.has(wish) || wish === 'wait' || wish === 'jump']).toEqual([wish, true])
  // An act has its own questions, and no front end adds or leaves out one.
  const run = new FakeRun(demoRunbook(), new FakeClock()).skipTo('2.1')
  const scene = { walk: toWalk(run.runbook), ...run.snapshot() }
  const asked = (wish: Wish): string => {
    const found = wishFor(wish, scene)
    return found.kind === 'act' ? kindsOf(found.act) : `cannot: ${found.why}`
  }
  expect(asked('proceed')).toBe('phrase production v2.4.0')
  expect(asked('skip')).toBe('text, phrase production v2.4.0')
})

function kindsOf(act: Act): string {
  const begun = beginAct(act)
  expect(begun.kind === 'ask' && openAsk(begun.progress)).toBeTruthy()
  return act.asks.map(ask => (ask.kind === 'phrase' ? `phrase ${ask.phrase}` : ask.kind)).join(', ')
}
