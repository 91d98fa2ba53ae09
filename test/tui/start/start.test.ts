import { describe, expect, test } from 'vitest'
import type { StartAsk, StartBrief } from '../../../src/tui/start/brief.ts'
import { pressAtStart, type StartState } from '../../../src/tui/start/start-state.ts'
import { startView } from '../../../src/tui/start/start-view.ts'
import { widthOf } from '../../../src/tui/text/width.ts'

const BRIEF: StartBrief = {
  title: 'Payments',
  path: 'docs/release.md',
  sha256: 'ab'.repeat(32),
  commit: 'a1b2c3d4e5f6, with changes that are not committed',
  release: 'v2.4.0',
  environment: 'production',
  production: true,
  operator: { principal: 'kim@example.com', keyid: 'SHA256:k' },
  extent: '23 steps in 5 phases, of which 9 run a script; planned 1h30m',
  strongest: 'signed approvals at 1 gate',
  values: ['TOKEN'],
  gates: [{ position: '3.1', title: 'GO/NO-GO', who: 'Release Manager: rm@example.com' }],
  waysBack: ['Roll back production, 3 steps'],
  findings: [{ level: 'warning', text: 'line 7: jq is not there', help: 'install it' }],
}
const CATALOG: StartAsk = {
  kind: 'sections',
  title: 'Procedures',
  path: 'ops.md',
  sections: Array.from({ length: 40 }, (_, index) => ({
    position: `${index + 1}`,
    title: `Do ${index + 1}`,
    steps: 2,
  })),
}
const SIZES = [
  [60, 15],
  [80, 24],
  [120, 40],
  [200, 50],
] as const

function stateOf(ask: StartAsk, columns = 80, rows = 24): StartState {
  return {
    ask,
    size: { columns, rows },
    at: 0,
    message: null,
    openAtMs: 0,
    droppedAtMs: Number.NEGATIVE_INFINITY,
    dropped: 0,
  }
}

function textOf(state: StartState, ascii = false): string[] {
  return startView(state, ascii).lines.map(line => line.map(({ text }) => text).join(''))
}

function pressed(state: StartState, ...names: string[]) {
  let now: ReturnType<typeof pressAtStart> = { state, answer: null }
  for (const name of names)
    now = pressAtStart(now.state, { name, text: null }, startView(now.state, false).farthest, 1000)
  return now
}

test.each(SIZES)(
  'at %ix%i it fills exactly the screen, whatever is asked, and is pure ASCII where that is wanted',
  (columns, rows) => {
    for (const ask of [{ kind: 'brief', brief: BRIEF }, CATALOG] as const) {
      const shown = textOf(stateOf(ask, columns, rows), true)
      expect(shown).toHaveLength(rows)
      for (const row of shown) expect(widthOf(row)).toBeLessThanOrEqual(columns)
      expect(shown.join('')).not.toMatch(/[^\x20-\x7e]/)
    }
  },
)

test('everything that somebody should know is there, and that nothing is recorded yet', () => {
  const shown = textOf(stateOf({ kind: 'brief', brief: BRIEF }, 120, 40)).join('\n')
  for (const text of [
    BRIEF.path,
    BRIEF.sha256,
    BRIEF.commit ?? '',
    'v2.4.0',
    'PRODUCTION',
    'kim@example.com',
    BRIEF.extent,
  ])
    expect(shown).toContain(text)
  expect(shown).toMatch(/Gates +3\.1 GO\/NO-GO: Release Manager: rm@example\.com/)
  expect(shown).toMatch(/Checks +1 warning\n.*warning: line 7: jq is not there/)
  expect(shown).toContain('Nothing is recorded before Enter.')
})

test('a runbook without a way back says so', () => {
  const shown = textOf(stateOf({ kind: 'brief', brief: { ...BRIEF, waysBack: [] } }, 120, 40)).join('\n')
  expect(shown).toMatch(/Ways back +NONE/)
})

describe('keys', () => {
  const brief = stateOf({ kind: 'brief', brief: BRIEF })

  test('Enter begins the run, q and Ctrl-C leave, anything else says what there is', () => {
    expect(pressed(brief, 'enter').answer).toEqual({ kind: 'start' })
    expect(pressed(brief, 'q').answer).toEqual({ kind: 'leave' })
    expect(pressed(brief, 'ctrl-c').answer).toEqual({ kind: 'leave' })
    expect(textOf(pressed(brief, 'z').state)[1]).toContain('z has no use here: Enter starts, q leaves')
  })

  test('what is typed before it was painted, or an Enter held since then, begins nothing', () => {
    expect(pressed({ ...brief, openAtMs: null }, 'enter').answer).toBeNull()
    let state: StartState = { ...brief, openAtMs: 300 }
    for (let atMs = 0; atMs < 2000; atMs += 30) {
      const held = pressAtStart(state, { name: 'enter', text: null }, 0, atMs)
      expect(held.answer).toBeNull()
      state = held.state
    }
    expect(textOf(state)[1]).toMatch(/ignored \d+ keys typed before this question/)
    expect(pressAtStart(state, { name: 'enter', text: null }, 0, 2300).answer).toEqual({ kind: 'start' })
  })

  test('in a terminal that is too small to show it, Enter begins nothing', () => {
    const small = { ...brief, size: { columns: 52, rows: 12 } }
    expect(textOf(small).join('')).toContain('Terminal too small (52x12)')
    expect(pressed(small, 'enter').answer).toBeNull()
    expect(pressed(small, 'q').answer).toEqual({ kind: 'leave' })
  })

  test('a small screen is read on to its end, and back at once', () => {
    const small = stateOf({ kind: 'brief', brief: BRIEF }, 60, 15)
    expect(textOf(small).join('\n')).not.toContain('Nothing is recorded')
    const end = pressed(small, 'G', 'down', 'down').state
    expect(textOf(end).join('\n')).toContain('Nothing is recorded')
    expect(pressed(end, 'up').state.at).toBe(end.at - 1)
  })

  test('of a catalog one section is chosen, by moving or by its number', () => {
    expect(pressed(stateOf(CATALOG), 'j', 'j', 'enter').answer).toEqual({ kind: 'section', index: 2 })
    expect(pressed(stateOf(CATALOG), '7', 'enter').answer).toEqual({ kind: 'section', index: 6 })
    const last = pressed(stateOf(CATALOG), 'G').state
    expect(textOf(last).join('\n')).toMatch(/> 40 {2}Do 40/)
  })
})

test('hostile text in a title is shown as what it is', () => {
  const shown = textOf(stateOf({ kind: 'brief', brief: { ...BRIEF, title: 'x\u001b]52;c;YQ\u0007\u202e' } })).join('')
  expect(shown).not.toContain('\u001b')
  expect(shown).toContain('\\x1b]52')
})
