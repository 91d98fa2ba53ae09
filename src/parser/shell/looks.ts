import { baseName } from './effective.ts'
import { ALSO_ENGLISH, beginsWithCommand, isKnownCommand, readsAsSentence } from './known-commands.ts'
import { readShell } from './syntax.ts'
import { PROMPT } from './transcript.ts'

/** An answer with its reason, in words for a finding. */
export interface Looks {
  readonly shell: boolean
  readonly why: string
}

/**
 * Whether an untagged block is shell (R10c): its first line that is no comment begins with a prompt, `./` or a known
 * command, nothing in it looks like output or prose, and it parses.
 */
export function shellLooking(text: string): Looks {
  const lines = linesWithText(text).filter(line => !/^\s*#(?!!)/.test(line))
  // Assignments alone may be the text of a configuration file; the first command decides.
  const first = lines.find(line => !isAssignment(line.trim()))?.trim()
  if (first === undefined) return no('it holds no command')
  if (PROMPT.test(first)) {
    const command = first.replace(PROMPT, '')
    return beginsWithCommand(command)
      ? yes(`it begins with a prompt and \`${firstWord(command)}\``)
      : no('no command follows its prompt')
  }
  if (/^(?:\/(?!(?:usr|bin|opt|home|etc|var|tmp|srv|root)\/)|[A-Z]{3,7} \/)/.test(first))
    return no('it is a request or a chat command')
  if (!beginsWithCommand(first)) return no(`\`${firstWord(first)}\` is no command that is known`)
  const body = bodyIsShell(text)
  if (!body.shell) return body
  const { error } = readShell(text)
  if (error !== null) return no(`it is no shell: ${error.message}`)
  return yes(`it begins with \`${firstWord(first)}\``)
}

/**
 * Whether the text of a block that is tagged as shell is shell (R10d): not prose, bullets, a table, a tree, a log or another
 * language. Text that bash rejects is shell only where most of its lines are commands: a script with a mistake in it, which
 * whoever asks finds by parsing it.
 */
export function bodyIsShell(text: string): Looks {
  const lines = linesWithText(text)
  const code = lines.filter(line => !/^\s*#/.test(line))
  if (code.length === 0) return lines.length === 0 ? no('it is empty') : yes('it holds comments only')
  const shell = readShell(text)
  const covered = linesInsideHeredocs(shell)
  const plain = code.filter((_, index) => index < 400).filter(line => !covered.has(line))
  const trimmed = plain.map(line => line.trim())
  const share = (test: (line: string) => boolean): number => trimmed.filter(test).length / Math.max(trimmed.length, 1)
  if (share(line => /^\|.*\|$|^\+[-=+]+\+$/.test(line)) >= 0.5) return no('it is a table')
  if (share(line => /[│├└┌┐┘─━▶►]/.test(line)) >= 0.3) return no('it is a tree or a diagram')
  if (share(isBullet) >= 0.5) return no('it is a list')
  if (share(isLogLine) >= 0.5) return no('it is a log')
  if (share(isOutputLine) >= 0.5) return no('it is output')
  if (share(isSetting) >= 0.5) return no('it sets names of another language')
  if (share(isDiffLine) >= 0.5 && trimmed.some(line => /^@@ |^diff --git /.test(line))) return no('it is a diff')
  const language = otherLanguage(trimmed)
  if (language !== null) return no(`it is ${language}`)
  if (share(isProse) >= 0.5) return no('it is prose')
  if (shell.error === null) return yes('it parses')
  return mostlyCommands(trimmed) ? yes('it is a script with a mistake') : no(`it is no shell: ${shell.error.message}`)
}

/**
 * Whether inline code has the shape of a command (R17): a known command with something behind it, or a script with a path.
 * Paths, values, branches, flags and environment names have not. Single words count only where they run by themselves.
 */
export function commandShaped(inlineCode: string): boolean {
  if (!mayBeCommand(inlineCode)) return false
  const text = inlineCode.trim()
  const shell = readShell(text)
  const [first] = shell.commands
  if (shell.error !== null || first === undefined || first.start !== 0) return false
  const words = first.words.map(word => word.text)
  const name = words[0] ?? ''
  if (name === '') return false
  if (/\.(?:md|mdx|txt|ya?ml|json|toml|ini|cfg|conf|log|csv|html?|xml|lock|png|svg|go|rs|java|c|h)$/i.test(name))
    return false
  if (/^\.{0,2}\/\S+\.(?:sh|bash|py|js|mjs|ts|rb|pl)$|^\.\/\S+$/.test(name))
    return words.length > 1 || name.startsWith('./') || name.startsWith('../')
  if (name.includes('/') && !/^\/(?:usr\/|s?bin\/|opt\/)|^\.venv\/|^node_modules\/|^(?:s?bin|scripts?)\//.test(name))
    return false
  if (/^\S+\.(?:sh|bash)$/.test(name)) return words.length > 1 || name.includes('/')
  if (!isKnownCommand(baseName(name))) return false
  if (words.length === 1)
    return (
      RUNS_ALONE.has(name) ||
      (shell.commands.length > 1 && isKnownCommand(baseName(shell.commands[1]?.words[0]?.text ?? '')))
    )
  return !ALSO_ENGLISH.has(name) || !readsAsSentence(words)
}

/** Told without parsing: a lone word is no command, unless it runs by itself or is a script. False is certain. */
export function mayBeCommand(inlineCode: string): boolean {
  const text = inlineCode.trim()
  if (text === '' || text.length > 2000) return false
  return /[\s;|&<>'"$\\]|\.\.?\/|\.(?:ba)?sh$/.test(text) || RUNS_ALONE.has(text)
}

const yes = (why: string): Looks => ({ shell: true, why })
const no = (why: string): Looks => ({ shell: false, why })

function linesWithText(text: string): string[] {
  return text.split('\n').filter(line => line.trim() !== '')
}

function firstWord(line: string): string {
  return (line.trim().split(/\s/, 1)[0] ?? '').slice(0, 40)
}

function isAssignment(line: string): boolean {
  return /^(?:export\s+)?[A-Za-z_]\w*=(?:[^\s"'`$]*|"[^"]*"|'[^']*'|\$\([^()]*\)|`[^`]*`)$/.test(line)
}

function linesInsideHeredocs(shell: ReturnType<typeof readShell>): ReadonlySet<string> {
  // What a heredoc or a quoted text over several lines holds says nothing of the block's language.
  // A quote that nobody closes runs to the end, over lines that its author wrote as commands.
  const closed = shell.texts.filter(({ start }) => start !== shell.error?.offset)
  const texts = closed.map(({ start, end }) => shell.script.slice(start, end))
  return new Set(texts.filter(text => text.includes('\n')).flatMap(text => text.split('\n')))
}

/** Told by what a line begins with, since the syntax of the whole cannot say. Lines as trimmed; a continuation counts as its command. */
function mostlyCommands(lines: readonly string[]): boolean {
  let commands = 0
  let goesOn = false
  for (const line of lines) {
    const isCommand: boolean =
      goesOn || beginsWithCommand(line) || KEYWORD.test(line) || SETS.test(line) || TAKES_OPTION.test(line)
    if (isCommand) commands++
    goesOn = isCommand && /(?:\\|\||&&)$/.test(line)
  }
  return commands * 2 >= lines.length && commands > 0
}

const KEYWORD = /^(?:(?:then|else|elif|do|fi|done|esac)(?=[\s;|&)]|$)|[{})]|;;)/
const SETS = /^(?:export\s+)?[A-Za-z_]\w*\+?=/
/** A program that no table knows: a lower-case word, and an option somewhere behind it. */
const TAKES_OPTION = /^[a-z][\w.+-]*(?:\s+[\w./:@=-]+){0,8}\s+--?[A-Za-z]/

function isBullet(line: string): boolean {
  return /^(?:[-*•✅☐☑✓✔] |\d{1,3}[.)] )\S/.test(line)
}

function isLogLine(line: string): boolean {
  return /^\[?(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d\d:\d\d:\d\d|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}\d{1,2} \d\d:|[IWEF]\d{4} \d\d:\d\d:\d\d|(?:INFO|WARN|WARNING|ERROR|DEBUG|FATAL)\b|(?:level|ts|time|msg)=\S+ (?:\w+=))/.test(
    line,
  )
}

/** `interval = 30 * time.Second`: with blanks around its sign bash would start a command of that name. */
function isSetting(line: string): boolean {
  return /^[A-Za-z_][\w.-]*[ \t]+:?=[ \t]+\S/.test(line) && !beginsWithCommand(line)
}

/** `Deleted {name="x"} [1 2]`: a word of English in the past, with a list or a set behind it, is what a program says. */
function isOutputLine(line: string): boolean {
  return /^\p{Lu}\p{Ll}+(?:ed|ing)\b[^|;&]*[{[]/u.test(line) && !beginsWithCommand(line)
}

function isDiffLine(line: string): boolean {
  return /^(?:[-+](?![-+\w]*=)|@@ |diff --git |index [0-9a-f]{7})/.test(line)
}

/** A sentence: words of a text, no option, path or sign of the shell, and no known command at its head. */
function isProse(line: string): boolean {
  const words = line.split(/\s+/)
  if (words.length < 4 || beginsWithCommand(line)) return false
  if (/[$|;&=\\<>{}]|\s-{1,2}\w|\.\/|\/\w+\//.test(line)) return false
  return (
    (/^\p{Lu}/u.test(line) || /[.!?:]$/.test(line)) &&
    /^\p{Lu}?[\p{L}'’-]+[,:]?$/u.test(words[0] ?? '') &&
    words.filter(word => /^[\p{L}'’(),.:;!?"-]+$/u.test(word)).length / words.length > 0.75
  )
}

/** Another language, told by signs that no shell script has at the head of its lines. */
function otherLanguage(lines: readonly string[]): string | null {
  const text = lines.slice(0, 60)
  const first = text[0] ?? ''
  const any = (test: RegExp): boolean => text.some(line => test.test(line))
  const all = text.join('\n')
  if (/^[[{]/.test(first) && /^[\]}],?$/.test(lines.at(-1) ?? '') && /"\s*:\s*/.test(all) && isJson(all)) return 'JSON'
  if (
    any(
      /^(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE (?:TABLE|INDEX|DATABASE|ROLE|USER|EXTENSION)|ALTER|DROP|GRANT|BEGIN;|WITH)\b[^$]*/,
    ) &&
    /;\s*$|\bFROM\b/m.test(all) &&
    !beginsWithCommand(first)
  )
    return 'SQL'
  if (
    any(/^(?:import \S+(?: as \S+)?$|from \S+ import |def \w+\(.*\):|class \w+.*:$|print\()/) &&
    !beginsWithCommand(first)
  )
    return 'Python'
  if (
    any(
      /^(?:const|let|var) \w+ = |^import .* from ['"]|^(?:async )?function \w+\(.*\) \{|^export (?:default|const) |=> \{$/,
    ) &&
    !beginsWithCommand(first)
  )
    return 'JavaScript'
  if (
    any(
      /^(?:\$\w+ = |Get-|Set-|New-|Invoke-|Import-Module|Write-(?:Host|Output))|\s-(?:ErrorAction|Path|Force)\b.*\| [A-Z]\w+-/,
    ) &&
    any(/^\$?\w+ = |^(?:Get|Set|New|Invoke|Import|Write|Remove|Start|Stop)-[A-Z]\w+/)
  )
    return 'PowerShell'
  if (any(/^(?:FROM [\w./:-]+(?: AS \w+)?|ENTRYPOINT |CMD \[|WORKDIR \/)/) && /^(?:FROM|ARG|#)/.test(first))
    return 'a Dockerfile'
  if (/^(?:HTTP\/\d|<\?xml|<!DOCTYPE|<html)/i.test(first)) return 'markup or a response'
  const yaml = text.filter(
    line => /^(?:- )?[A-Za-z_][\w./-]*:(?:\s+\S.*)?$/.test(line) && !/^\w+:\/\//.test(line),
  ).length
  if (yaml / Math.max(text.length, 1) > 0.6 && !beginsWithCommand(first)) return 'YAML or a list of keys'
  if (
    text.filter(line => /^\[[\w.:"-]+\]$/.test(line)).length > 0 &&
    text.filter(line => /^[\w.-]+\s+?=\s?/.test(line)).length / text.length > 0.3
  )
    return 'a configuration file'
  return null
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // Shortened JSON (`...`) is JSON to a reader all the same.
    return /^\s*"[\w.-]+"\s*:/m.test(text)
  }
}

const RUNS_ALONE: ReadonlySet<string> = new Set(
  'ls pwd whoami hostname date uptime env make top htop df free id w ps mount lsblk printenv vercel netlify dmesg jobs history kubectx kubens k9s nproc git-cliff'.split(
    ' ',
  ),
)
