import type { Answer, RunState, Speaker } from '../../model/index.ts'
import { SignoffError, valueProblem } from '../../model/index.ts'
import type { RunContext } from '../../runner/index.ts'
import type { Desk } from '../desk.ts'
import type { Io } from '../io.ts'
import { sayUnmasked, withSecretCommands } from './secret-commands.ts'
import { checkDescriptors, secretFromFile } from './secret-file.ts'
import { withSecretsOfSpool } from './secrets-of-spool.ts'
import type { WalkFlags } from './walk-flags.ts'

/** Values and decisions that are said before the run goes anywhere by itself. */
export type FirstWords = readonly { readonly answer: Answer; readonly speaker: Speaker }[]

/**
 * What is said before a run goes anywhere: values by flag, secrets by file, variable or command, and those that only an earlier
 * process of the run knew. Which of them cannot be masked is told.
 *
 * @param past null for a run that begins.
 */
export async function openingWords(
  context: RunContext,
  past: RunState | null,
  flags: WalkFlags,
  desk: Desk,
  io: Io,
): Promise<FirstWords> {
  const by = desk.signer.principal
  const flagged = await firstWords(context, flags, by, io)
  const commanded = await withSecretCommands(context, flagged, desk.config, by, io)
  const lose = flags.loseOutput === true
  const words = past === null ? commanded : await withSecretsOfSpool(context, past, commanded, by, lose, io)
  sayUnmasked(context.runbook, words, io)
  return words
}

/** Values by flag, secrets by file or variable, and variables that the environment already has. */
export async function firstWords(context: RunContext, flags: WalkFlags, by: string, io: Io): Promise<FirstWords> {
  const speaker: Speaker = { by, how: 'flag', source: null }
  const words: { answer: Answer; speaker: Speaker }[] = []
  const known = new Map(context.runbook.parameters.map(parameter => [parameter.name, parameter]))
  const add = (name: string, value: string, how: 'flag' | 'env'): void => {
    const why = valueProblem(context.runbook, name, value)
    if (why !== null)
      throw new SignoffError('USAGE', how === 'flag' ? why : `${why}; its value is one of the environment`)
    words.push({ answer: { kind: 'value', name, value, how }, speaker })
  }
  for (const name of [...flags.set.keys(), ...flags.secret.keys(), ...flags.secretEnv.keys()])
    if (!known.has(name))
      throw new SignoffError('USAGE', `the runbook has no value "${name}"`, {
        advice: known.size === 0 ? 'it asks for none' : `it has: ${[...known.keys()].join(', ')}`,
      })
  for (const [name, value] of flags.set) {
    if (known.get(name)?.secret === true)
      throw new SignoffError('USAGE', `${name} is a secret; an argument can be read by every process of this machine`, {
        advice: `--secret ${name}=FILE or --secret-env ${name}=VARIABLE`,
      })
    if (value === '') throw new SignoffError('USAGE', `--set ${name}=: a value is needed`)
    add(name, value, 'flag')
  }
  checkDescriptors(flags.secret)
  for (const [name, file] of flags.secret) add(name, await secretFromFile(name, file), 'flag')
  for (const [name, variable] of flags.secretEnv) {
    const value = io.environment[variable]
    if (value === undefined || value === '')
      throw new SignoffError('USAGE', `--secret-env ${name}=${variable}: ${variable} is not set`)
    add(name, value, 'env')
  }
  const given = new Set(words.map(({ answer }) => (answer.kind === 'value' ? answer.name : '')))
  for (const parameter of context.runbook.parameters) {
    const value = io.environment[parameter.name]
    if (parameter.kind === 'env' && !given.has(parameter.name) && value !== undefined && value !== '')
      add(parameter.name, value, 'env')
  }
  // Secrets first: another value that holds one is then known to hold it.
  const isSecret = ({ answer }: { answer: Answer }) =>
    answer.kind === 'value' && known.get(answer.name)?.secret === true
  return [...words.filter(isSecret), ...words.filter(word => !isSecret(word))]
}

/** A variable that `--secret-env` names is a secret: it reaches the steps that use it, and is inherited by no other. */
export function withoutSecretVariables(io: Io, flags: Pick<WalkFlags, 'secretEnv'>): Io {
  const secret = new Set(flags.secretEnv.values())
  const kept = Object.entries(io.environment).filter(([name]) => !secret.has(name))
  return { ...io, environment: Object.fromEntries(kept) }
}
