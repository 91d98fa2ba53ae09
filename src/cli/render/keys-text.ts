import { ACTION_LIST, type ActionName, type KeyMap, writtenKeys } from '../../tui/index.ts'

/** `signoff help keys`: every key of the full screen with what it does, as the person has them. */
export function keysText(keys: KeyMap): string {
  const lines: string[] = []
  let group = ''
  for (const [name, action] of ACTION_LIST) {
    const shown = shownKeys(keys, name)
    if (shown === '') continue
    if (action.group !== group) lines.push(...(group === '' ? [] : ['']), action.group)
    group = action.group
    const key = shown.length > 12 ? [`  ${shown}`, ' '.repeat(16)] : [`  ${shown.padEnd(14)}`]
    const last = key.pop() ?? ''
    lines.push(...key, `${last}${action.about}  [${name}]`)
  }
  return `${[...lines, '', ...ELSEWHERE].join('\n')}\n`
}

const ELSEWHERE = [
  'In a question: y and n, Enter, digits, Esc leaves it; Tab takes what is suggested. In the log: [ and ] for the output before and after.',
  'The name in brackets is what `ui: { keys: { NAME: KEY } }` of your own configuration moves: one printable character. Enter, Ctrl-C,',
  'moving, and the answers to questions stay where they are.',
]

/** docs/keys.md, drawn from the same table; `npm run keys` writes it, and a test holds it. */
export function keysPage(keys: KeyMap): string {
  const groups = [...new Set(ACTION_LIST.map(([, { group }]) => group))]
  const tables = groups.flatMap(group => [
    `## ${group}`,
    '',
    '| Key | Word in plain mode | Name | What it does |',
    '| --- | --- | --- | --- |',
    ...ACTION_LIST.filter(([, action]) => action.group === group).map(([name, action]) => {
      const shown = shownKeys(keys, name)
      const written = shown === '' ? 'by `:`' : shown.split(' ').map(code).join(' ')
      const word = action.word === undefined ? '' : code(action.word)
      return `| ${written} | ${word} | ${code(name)}${action.fixed === true ? '' : ' \\*'} | ${action.about} |`
    }),
    '',
  ])
  return [
    '# Keys of the full screen',
    '',
    'Plain letters, no chords, nothing by mouse alone. A key that has no use now says why in row 2; `?` shows all of them with these reasons,',
    '`:` finds them by name, `signoff help keys` prints them. This page is written from the same table by `npm run keys`.',
    '',
    ...tables,
    '## In questions and overlays',
    '',
    '- A question takes `y` and `n`, Enter, or a digit, and nothing that was typed before it was painted. Enter on a review is no.',
    '- A field closes by Enter or Esc alone, also where its question is gone meanwhile. What is typed on behind it is no key, until a second without a letter;',
    '  alone, a key that only looks or asks first (`?`, `o`, `L`, `q` ...) is taken after 300 ms. A key that is not taken is named, with the pause that helps.',
    '- The next field of the same dialog or form takes what is typed right behind the Enter of the one before, whole. Where the beginning of a text came',
    '  before its field, nothing of it is taken until Enter or Esc, and the field says so.',
    '- The form of the values stays while any of them is open; an empty Enter closes it once nothing that is needed now is missing.',
    '- A text that comes all at once where no field is, and letters around a change of the window, are no keys either: it is said how many were ignored.',
    '- A field takes what is typed; Tab takes what is suggested, again the next one. A phrase is typed: paste is refused.',
    '- Esc leaves, and so does `q` where nothing is typed, or the key that opened the overlay.',
    '- In the log `[` and `]` go to the output before and after, in the order of the steps and their attempts.',
    '- Ctrl-C never leaves. While a script runs it opens the ways to stop it, from any overlay; a second one there sends SIGINT.',
    '',
    '## Your own keys',
    '',
    '```yaml',
    '# $XDG_CONFIG_HOME/signoff/config.yaml',
    'ui:',
    '  keys: { skip: S, transcript: t, wait: T }',
    '```',
    '',
    'What is marked \\* can be moved to another printable character that does nothing else; two actions may trade theirs. Enter, Ctrl-C, moving and',
    'the answers to questions cannot be moved.',
    '',
  ].join('\n')
}

function shownKeys(keys: KeyMap, name: ActionName): string {
  return writtenKeys(name, keys.get(name) ?? [])
}

function code(text: string): string {
  return `\`${text}\``
}
