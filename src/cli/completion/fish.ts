import type { CompletedCommand, CompletedOption, Offer } from './table.ts'

/** Completion for fish. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(command => [
    `complete -c signoff -n __fish_use_subcommand -a ${command.name} -d ${quoted(command.description)}`,
    ...argumentLine(command),
    ...command.options.map(option => optionLine(command.name, option)),
  ])
  return `# Completion of signoff for fish:  signoff completion fish > ~/.config/fish/completions/signoff.fish
function __signoff_runs
    signoff list --quiet 2>/dev/null
end
complete -c signoff -f
complete -c signoff -n __fish_use_subcommand -l version -s V -d 'output the version number'
${lines.join('\n')}
`
}

function argumentLine({ name, argument }: CompletedCommand): string[] {
  const where = `complete -c signoff -n '__fish_seen_subcommand_from ${name}'`
  switch (argument.kind) {
    case 'words':
      return [`${where} -a ${quoted(argument.words.join(' '))}`]
    case 'run':
      return [`${where} -F -a '(__signoff_runs)'`]
    case 'file':
      return [`${where} -F`]
    case 'text':
      return []
    default:
      argument satisfies never
      return []
  }
}

function optionLine(command: string, { flags, description, value }: CompletedOption): string {
  const names = flags.map(flag => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(' ')
  const takes = value === null ? '' : ` ${valueText(value)}`
  return `complete -c signoff -n '__fish_seen_subcommand_from ${command}' ${names}${takes} -d ${quoted(description)}`
}

function valueText(offer: Offer): string {
  if (offer.kind === 'words') return `-x -a ${quoted(offer.words.join(' '))}`
  return offer.kind === 'file' ? '-r -F' : '-x'
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
