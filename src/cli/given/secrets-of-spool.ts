import type { RunState } from '../../model/index.ts'
import { SignoffError } from '../../model/index.ts'
import type { RunContext } from '../../runner/index.ts'
import { cleanText } from '../../tui/index.ts'
import type { Io } from '../io.ts'
import { askHidden } from './ask-hidden.ts'
import type { FirstWords } from './first-words.ts'

/**
 * A script of an earlier process may have printed secrets that only that process knew. They are asked for before its output is
 * read: without them nobody could mask it. What is left to read then is counted, and recorded as lost, if a person says so.
 *
 * @param lose what was not read may be lost: said by a flag.
 * @throws {SignoffError} `SECRETS_MISSING` where nobody is there to give them.
 */
export async function withSecretsOfSpool(
  context: RunContext,
  past: RunState,
  first: FirstWords,
  by: string,
  lose: boolean,
  io: Io,
): Promise<FirstWords> {
  if (past.running === null) return first
  const given = new Set(first.flatMap(({ answer }) => (answer.kind === 'value' ? [answer.name] : [])))
  const lacking = [...past.values].flatMap(([name, { masked }]) => (masked && !given.has(name) ? [name] : []))
  if (lacking.length === 0) return first
  const step = context.steps.get(past.running.step)
  const where = `${context.runbook.path}:${step?.line ?? 1}:1 ${step?.position ?? past.running.step}`
  const why = `its output was not read to the end, and may hold ${lacking.join(', ')}, which only the run before knew`
  if (lose) {
    io.say(`signoff: ${where}: ${why}; what was not read is recorded as lost`)
    return first
  }
  if (!io.interactive) throw missing(`${where}: ${why}; nothing of it was read`, lacking)
  io.say(`signoff: ${where} ${cleanText(step?.title ?? '')}: ${why}`)
  const words: FirstWords[number][] = []
  for (const name of lacking) {
    const value = await askHidden(`${name}, not shown: `)
    if (value === '') throw missing(`${where}: no ${name} was given; nothing of the output was read`, lacking)
    words.push({ answer: { kind: 'value', name, value, secret: true }, speaker: { by, how: 'typed', source: null } })
  }
  return [...words, ...first]
}

function missing(message: string, names: readonly string[]): SignoffError {
  const flags = names.map(name => `--secret ${name}=FILE`).join(' ')
  return new SignoffError('SECRETS_MISSING', message, {
    advice: `give it again: signoff resume ${flags}; or let that output be lost: signoff resume --lose-output`,
  })
}
