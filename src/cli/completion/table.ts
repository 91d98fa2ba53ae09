import type { Argument, Command, Option } from 'commander'

/** What a shell can offer in one place. `text` is what only the person knows. */
export type Offer =
  | { readonly kind: 'file' }
  | { readonly kind: 'run' }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'text' }

export interface CompletedOption {
  /** `--format`, `-V`. */
  readonly flags: readonly string[]
  readonly description: string
  /** Null for a flag that takes nothing. */
  readonly value: (Offer & { readonly name: string }) | null
  readonly repeated: boolean
}

export interface CompletedCommand {
  readonly name: string
  readonly description: string
  readonly options: readonly CompletedOption[]
  /** What its arguments are, whichever of them stands there; `text` where none can be offered. */
  readonly argument: Offer
}

/** What the commands of the program are to a shell: drawn from the same table that reads the arguments. */
export function completionTable(program: Command): CompletedCommand[] {
  const names = program.commands.map(command => command.name())
  return program.commands.map(command => ({
    name: command.name(),
    description: command.description(),
    options: [...command.options.filter(({ hidden }) => !hidden).map(optionOf), HELP],
    argument: command.name() === 'help' ? { kind: 'words', words: [...names, ...TOPICS] } : argumentOf(command),
  }))
}

const HELP: CompletedOption = {
  flags: ['--help', '-h'],
  description: 'display help for command',
  value: null,
  repeated: false,
}
const TOPICS = ['exit-codes', 'keys']

/** By the name that the help gives it. A test holds that every argument is in one of these. */
export const ARGUMENT_OFFERS: ReadonlyMap<string, Offer> = new Map<string, Offer>([
  ...['file', 'files'].map((name): [string, Offer] => [name, { kind: 'file' }]),
  ...['run', 'transcript', 'request', 'a', 'b'].map((name): [string, Offer] => [name, { kind: 'run' }]),
  ...['text', 'gate', 'words', 'topic', 'shell'].map((name): [string, Offer] => [name, { kind: 'text' }]),
])

function argumentOf(command: Command): Offer {
  const [first] = command.registeredArguments
  return first === undefined ? { kind: 'text' } : offerOf(first)
}

function offerOf(argument: Argument): Offer {
  if (argument.argChoices !== undefined) return { kind: 'words', words: argument.argChoices }
  return ARGUMENT_OFFERS.get(argument.name()) ?? { kind: 'text' }
}

function optionOf(option: Option): CompletedOption {
  const flags = [option.long, option.short].filter(flag => flag !== undefined)
  const name = /[<[]([^>\]]+)/.exec(option.flags)?.[1] ?? null
  const repeated = Array.isArray(option.defaultValue) || option.defaultValue instanceof Map
  return {
    flags,
    description: option.description,
    repeated,
    value: name === null ? null : { name, ...optionOffer(option, name) },
  }
}

function optionOffer(option: Option, name: string): Offer {
  if (option.argChoices !== undefined) return { kind: 'words', words: option.argChoices }
  return name === 'file' || name === 'path' ? { kind: 'file' } : { kind: 'text' }
}
