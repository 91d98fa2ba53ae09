/** Under which heading of help an action stands. */
export type ActionGroup = 'Answer' | 'When it does not go straight' | 'The run' | 'Look' | 'Output' | 'Screen'

export interface Action {
  readonly group: ActionGroup
  /** Keys of the walk, most usual first; none for what the palette alone does. */
  readonly keys: readonly string[]
  /** What it does, for help and for the pages; a sentence without its end. */
  readonly about: string
  /** The word that plain mode has for it; left out where the key means nothing there. */
  readonly word?: string
  /** Configuration may not move it. */
  readonly fixed?: true
}

/**
 * Everything a person can do in the full screen: the one table behind dispatch, the last row, `?`, `:`, `signoff help keys` and
 * the page about keys. The names are what configuration calls them by.
 */
export const ACTIONS = {
  proceed: {
    group: 'Answer',
    keys: ['enter'],
    about: 'does what row 2 names; what is risky is reviewed first',
    word: 'run',
    fixed: true,
  },
  tick: {
    group: 'Answer',
    keys: ['space'],
    about: 'ticks the confirmation, one a press; asks for the value where one is observed',
    word: 'tick',
  },
  yes: { group: 'Answer', keys: ['y'], about: 'answers a condition with yes', word: 'yes', fixed: true },
  no: { group: 'Answer', keys: ['n'], about: 'answers a condition with no', word: 'no', fixed: true },
  choose: {
    group: 'Answer',
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'],
    about: 'picks an option by its number, which Enter then takes',
    word: 'choose',
    fixed: true,
  },
  cannot: { group: 'Answer', keys: ['c'], about: 'cannot confirm, with what was seen', word: 'cannot' },
  offer: {
    group: 'Answer',
    keys: ['u'],
    about: 'runs the command that stands beside the question; it ticks nothing',
    word: 'check',
  },
  fill: { group: 'Answer', keys: ['f', 'v'], about: 'opens the values of the run, or the form', word: 'fill' },
  retry: {
    group: 'When it does not go straight',
    keys: ['r'],
    about: 'readies a failed step for a new attempt',
    word: 'retry',
  },
  edit: {
    group: 'When it does not go straight',
    keys: ['e'],
    about: 'changes the script in your editor, and runs that instead',
    word: 'edit',
  },
  skip: {
    group: 'When it does not go straight',
    keys: ['s'],
    about: 'passes a step over, or says that it is not applicable, with a reason',
    word: 'skip',
  },
  'by-hand': {
    group: 'When it does not go straight',
    keys: ['m'],
    about: 'says that the step was resolved by hand, and how',
    word: 'byhand',
  },
  'in-terminal': {
    group: 'When it does not go straight',
    keys: ['i'],
    about: 'runs the script with your terminal handed over, such as for a password',
    word: 'terminal',
  },
  wait: {
    group: 'When it does not go straight',
    keys: ['t'],
    about: 'ends a wait early, makes it longer, or looks now',
    word: 'wait',
  },
  stop: {
    group: 'When it does not go straight',
    keys: ['ctrl-c'],
    about: 'opens the ways to stop a running script; never leaves at one press',
    word: 'stop',
    fixed: true,
  },
  recover: {
    group: 'When it does not go straight',
    keys: ['x'],
    about: 'opens the way back, from anywhere but a running script',
    word: 'recover',
  },
  jump: {
    group: 'When it does not go straight',
    keys: ['J'],
    about: 'goes to the selected step: forward over others, or back to one that is opened again',
    word: 'jump',
  },
  note: { group: 'The run', keys: ['a'], about: 'writes a note to the selected step', word: 'note' },
  block: {
    group: 'The run',
    keys: ['b'],
    about: 'blocks the selected step, so that nothing goes past it, or lifts that again',
    word: 'block',
  },
  'pause-after': {
    group: 'The run',
    keys: ['p'],
    about: 'pauses the run once the running script has ended',
    word: 'after',
  },
  'hand-over': { group: 'The run', keys: ['h'], about: 'offers the run to another operator, signed', word: 'handover' },
  pause: {
    group: 'The run',
    keys: ['q'],
    about: 'pauses and leaves, or ends the run; staying is the default',
    word: 'pause',
  },
  'end-run': { group: 'The run', keys: [], about: 'ends the run here, for good', word: 'end' },
  move: {
    group: 'Look',
    keys: ['j', 'k', 'down', 'up', 'g', 'G', 'home', 'end', 'pagedown', 'pageup', 'ctrl-d', 'ctrl-u'],
    about: 'moves the selection, or scrolls the pane that has the focus',
    fixed: true,
  },
  pane: {
    group: 'Look',
    keys: ['tab', 'shift-tab'],
    about: 'gives the focus to the next pane, or the one before',
    fixed: true,
  },
  outline: { group: 'Look', keys: ['o'], about: 'shows the outline on the whole screen', word: 'outline' },
  transcript: {
    group: 'Look',
    keys: ['T'],
    about: 'shows what has happened in this run, as sentences',
    word: 'transcript',
  },
  deviations: {
    group: 'Look',
    keys: ['d'],
    about: 'shows what went otherwise than the runbook has it',
    word: 'deviations',
  },
  contacts: {
    group: 'Look',
    keys: ['C'],
    about: 'shows contacts, dependencies and known trouble of the runbook',
    word: 'contacts',
  },
  log: { group: 'Output', keys: ['L'], about: 'shows the whole output of the selected step', word: 'log' },
  search: {
    group: 'Output',
    keys: ['/'],
    about: 'looks for words in all of the output, or of the transcript',
    word: 'find',
  },
  'next-match': { group: 'Output', keys: ['n'], about: 'goes to the next line found' },
  'previous-match': { group: 'Output', keys: ['N'], about: 'goes to the line found before' },
  'next-error': { group: 'Output', keys: ['E'], about: 'goes to the next line that looks like an error', word: 'find' },
  follow: { group: 'Output', keys: ['F'], about: 'follows the end of the output again' },
  wrap: { group: 'Output', keys: ['w'], about: 'wraps long lines, or cuts them at the edge' },
  copy: {
    group: 'Output',
    keys: ['y'],
    about: 'copies the script, the request or the lines that are looked at',
    word: 'copy',
  },
  print: {
    group: 'Output',
    keys: ['Y'],
    about: 'prints the same on the normal screen, to be selected there',
    word: 'show',
  },
  palette: { group: 'Screen', keys: [':'], about: 'finds an action by its name, and says why it cannot be used now' },
  help: { group: 'Screen', keys: ['?'], about: 'shows all keys', word: 'help' },
  plain: { group: 'Screen', keys: ['l'], about: 'goes on in plain mode', word: 'full' },
  redraw: { group: 'Screen', keys: ['ctrl-l'], about: 'draws the screen anew', fixed: true },
  suspend: { group: 'Screen', keys: ['ctrl-z'], about: 'suspends Signoff; what runs goes on', fixed: true },
} as const satisfies Readonly<Record<string, Action>>

export type ActionName = keyof typeof ACTIONS

/** All of them with what they are, in the order of help. */
export const ACTION_LIST: readonly (readonly [ActionName, Action])[] = Object.entries(ACTIONS) as [ActionName, Action][]

/** Keys as a person's configuration has them: what each action is done by. */
export type KeyMap = ReadonlyMap<ActionName, readonly string[]>

export const DEFAULT_KEYS: KeyMap = new Map(ACTION_LIST.map(([name, { keys }]) => [name, keys]))

/** How the key of an action is written for people: `Enter`, `Ctrl-C`, `s`. Empty for one that has none. */
export function keyName(keys: KeyMap, action: ActionName): string {
  return writtenKey(keys.get(action)?.[0] ?? '')
}

/** The keys of an action as people write them. */
export function writtenKeys(action: ActionName, keys: readonly string[]): string {
  return action === 'choose' ? '1-9' : keys.map(writtenKey).join(' ')
}

export function writtenKey(key: string): string {
  const control = /^ctrl-(.)$/.exec(key)
  return control === null ? (WRITTEN[key] ?? key) : `Ctrl-${(control[1] ?? '').toUpperCase()}`
}

const WRITTEN: Readonly<Record<string, string>> = {
  enter: 'Enter',
  space: 'Space',
  up: 'Up',
  down: 'Down',
  home: 'Home',
  end: 'End',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  esc: 'Esc',
  tab: 'Tab',
  'shift-tab': 'Shift-Tab',
}

/** A key that configuration gives to an action: one character that is printed, as it is typed. */
export type KeyProblem = { readonly action: string; readonly why: string }

/**
 * The keys with what a person's configuration moves.
 *
 * @param moved by name of the action: the one key that does it from now on.
 * @returns the map, or everything that is wrong with it.
 */
export function keyMapOf(moved: Readonly<Record<string, string>>): KeyMap | readonly KeyProblem[] {
  const problems: KeyProblem[] = []
  const map = new Map(DEFAULT_KEYS)
  for (const [name, key] of Object.entries(moved)) {
    const action = ACTION_LIST.find(([known]) => known === name)
    if (action === undefined)
      problems.push({ action: name, why: `there is no such action; "signoff help keys" lists them` })
    else if (action[1].fixed === true) problems.push({ action: name, why: 'it keeps its key' })
    else if (!/^[\x21-\x7e]$/.test(key)) problems.push({ action: name, why: `"${key}" is no single printable key` })
    else map.set(action[0], [key])
  }
  for (const [name, key] of Object.entries(moved)) {
    const others = [...map].filter(([other, keys]) => other !== name && keys.includes(key) && !mayShare(name, other))
    for (const [other] of others) problems.push({ action: name, why: `"${key}" does ${other} already` })
  }
  return problems.length > 0 ? problems : map
}

/** The answers to a condition stand only where nothing is copied and nothing was searched. */
function mayShare(one: string, other: string): boolean {
  const pair = [one, other].sort().join(' ')
  return pair === 'copy yes' || pair === 'next-match no'
}
