import { homedir } from 'node:os'
import { relative, resolve } from 'node:path'
import type { Runbook, Speaker } from '../../model/index.ts'
import { canBeMasked, type RunContext } from '../../runner/index.ts'
import { askSecretCommand } from '../../runner/local/index.ts'
import type { Io } from '../io.ts'
import type { Config, SecretCommand } from '../settings/config.ts'
import type { FirstWords } from './first-words.ts'
import { MOST_SECRET_BYTES } from './secret-file.ts'

const DEFAULT_TIMEOUT_MS = 60_000

/**
 * Adds the secrets that commands of the user's own configuration give, for what the steps of this run need and nobody gave
 * otherwise; a note records how each came. A command that fails is told, and its secret is asked for like any other.
 */
export async function withSecretCommands(
  context: RunContext,
  first: FirstWords,
  config: Config,
  by: string,
  io: Io,
): Promise<FirstWords> {
  const given = new Set(first.flatMap(({ answer }) => (answer.kind === 'value' ? [answer.name] : [])))
  const speaker: Speaker = { by, how: 'flag', source: null }
  const values: FirstWords[number][] = []
  const notes: FirstWords[number][] = []
  for (const name of neededNames(context)) {
    const entry = config.secrets.get(name)
    if (entry === undefined || given.has(name) || !isFor(entry, context.cwd, io)) continue
    const [program = ''] = entry.command
    io.say(`signoff: asking "${program}" for ${name}, as ${config.userPath} says`)
    const found = await askSecretCommand(entry.command, {
      environment: io.environment,
      timeoutMs: entry.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      mostBytes: MOST_SECRET_BYTES,
      atTerminal: io.interactive,
    })
    if (found.kind === 'none') {
      io.say(`signoff: "${program}" gave no ${name}: ${found.why}`)
      continue
    }
    // Whatever the runbook says of it: what a password manager gives is a secret.
    values.push({ answer: { kind: 'value', name, value: found.value, how: 'default', secret: true }, speaker })
    const text = `${name} came from the command "${program}", which the operator's own configuration names`
    notes.push({ answer: { kind: 'note', step: null, text }, speaker })
  }
  return [...values, ...first, ...notes]
}

/** Says which secrets are too short to be masked: whoever gave them has to know. */
export function sayUnmasked(runbook: Runbook, words: FirstWords, io: Io): void {
  for (const { answer } of words) {
    if (answer.kind !== 'value') continue
    const secret =
      answer.secret === true || runbook.parameters.some(({ name, secret }) => secret && name === answer.name)
    if (secret && !canBeMasked(answer.value))
      io.say(`signoff: ${answer.name} is shorter than 6 characters: it is not masked where a script prints it`)
  }
}

/** What the steps ahead need, those of the ways back included: at a rollback nobody wants to wait for a password manager. */
function neededNames(context: RunContext): string[] {
  const ways = context.runbook.flows.recovery.flatMap(flow => flow.steps)
  const steps = [...context.mainFlow, ...ways].flatMap(id => context.steps.get(id) ?? [])
  return [...new Set(steps.flatMap(step => step.needs))]
}

/** `projects` keeps a runbook of somebody else's repository from being handed a secret by bearing its name. */
function isFor(entry: SecretCommand, folder: string, io: Io): boolean {
  if (entry.projects === null) return true
  const home = io.environment.HOME ?? homedir()
  return entry.projects.some(project => {
    const way = relative(resolve(project.replace(/^~(?=\/|$)/, home)), folder)
    return way === '' || !(way === '..' || way.startsWith('../'))
  })
}
