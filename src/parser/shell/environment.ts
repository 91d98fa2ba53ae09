import { argumentsOf, baseName, effectiveCommands, programOf } from './effective.ts'
import { asShell, type Shell } from './syntax.ts'

/**
 * The environment that the commands of a script name: `--prod`, `-n production`, `APP_ENV=production`,
 * `$X_PRODUCTION_URL`. Production wins over all others; null where nothing is named.
 */
export function environmentOf(script: string | Shell): string | null {
  const shell = asShell(script)
  // What stands before the command that takes effect counts too: `kubectl -n production exec … -- sh`.
  const named = effectiveCommands(shell).flatMap(({ name, words, origin }) => {
    const written = origin.words.map(word => word.text)
    return [...environmentsOfWords(name, words), ...environmentsOfWords(baseName(written[0] ?? ''), written)]
  })
  for (const { assignments } of shell.commands)
    for (const { name, value } of assignments)
      if (/(?:^|_)(?:ENV|ENVIRONMENT|STAGE|TIER)$/i.test(name)) named.push(value)
  for (const { name } of shell.reads) if (/_|^PROD/.test(name)) named.push(name)
  const found = named.flatMap(text => environmentIn(text) ?? [])
  return found.includes('production') ? 'production' : (found[0] ?? null)
}

/** The environment that a word names by one of its parts: `prod-eu`, `my_staging`. `pre-production` and `non-prod` name none. */
export function environmentIn(text: string): string | null {
  if (/(?:^|[^a-z])(?:pre|non|not|no)[-_ ]?prod/i.test(text)) return null
  for (const part of text
    .toLowerCase()
    .slice(0, 400)
    .split(/[^a-z]+/)) {
    const name = NAMES.get(part)
    if (name !== undefined) return name
  }
  return null
}

function environmentsOfWords(name: string, words: readonly string[]): string[] {
  const found: string[] = []
  for (const [index, word] of words.entries()) {
    const flag = /^--(prod|production|staging|live)$/.exec(word)
    if (flag?.[1] !== undefined) found.push(flag[1])
    const [option, value] = word.startsWith('--') && word.includes('=') ? split(word) : [word, words[index + 1] ?? '']
    if (ENVIRONMENT_OPTION.test(option)) found.push(value)
    else if (option === '-n' && /^(?:kubectl|oc|k|helm|argocd|velero|flux|istioctl|stern)$/.test(name))
      found.push(value)
    else if (/^(?:APP_ENV|[A-Z_]*ENV(?:IRONMENT)?|STAGE)=/.test(word)) found.push(split(word)[1])
  }
  // `heroku … --remote production`, `cdk deploy prod`, `deploy.sh production`: a word of its own.
  found.push(
    ...argumentsOf(words, programOf(name)?.takes).filter(
      word => NAMES.has(word.toLowerCase()) && word.toLowerCase() !== 'test' && !READ_ONLY_WORDS.has(word),
    ),
  )
  return found
}

function split(word: string): [string, string] {
  const at = word.indexOf('=')
  return [word.slice(0, at), word.slice(at + 1)]
}

const ENVIRONMENT_OPTION =
  /^--(?:namespace|env|environment|stage|context|kube-context|profile|remote|target|target-env|app-env|workspace|stack|configuration|mode|cluster|project|account)$/

const READ_ONLY_WORDS: ReadonlySet<string> = new Set(['live', 'dev', 'local'])

const NAMES: ReadonlyMap<string, string> = new Map([
  ['prod', 'production'],
  ['prd', 'production'],
  ['production', 'production'],
  ['live', 'production'],
  ['staging', 'staging'],
  ['stage', 'staging'],
  ['stg', 'staging'],
  ['test', 'test'],
  ['testing', 'test'],
  ['qa', 'test'],
  ['uat', 'test'],
  ['dev', 'development'],
  ['development', 'development'],
  ['sandbox', 'sandbox'],
])
