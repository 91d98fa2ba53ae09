import type { CompletedCommand, CompletedOption, Offer } from './table.ts'

/** Completion for zsh, as a file `_signoff` in a folder of `$fpath` or to be sourced. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  return `#compdef signoff
# Completion of signoff for zsh. In ~/.zshrc, behind compinit:  source <(signoff completion zsh)
_signoff_runs() {
  local -a runs
  runs=(\${(f)"$(signoff list --quiet 2>/dev/null)"})
  compadd -a runs
  _files
}
_signoff() {
  local context state line
  typeset -A opt_args
  _arguments -C '(- *)--help[display help]' '(- *)--version[output the version number]' '1: :->command' '*:: :->words' && return
  case $state in
    command)
      local -a commands
      commands=(
${commands.map(({ name, description }) => `        ${quoted(`${name}:${description}`)}`).join('\n')}
      )
      _describe -t commands command commands ;;
    words)
      case $words[1] in
${commands.map(commandCase).join('\n')}
      esac ;;
  esac
}
if [ "$funcstack[1]" = _signoff ]; then _signoff "$@"; else compdef _signoff signoff; fi
`
}

function commandCase({ name, options, argument }: CompletedCommand): string {
  const specs = [...options.flatMap(optionSpecs), `*:${name}:${action(argument)}`]
  return `        ${name})\n          _arguments ${specs.map(quoted).join(' \\\n            ')} ;;`
}

function optionSpecs({ flags, description, value, repeated }: CompletedOption): string[] {
  const shown = description.replace(/[[\]\\]/g, '\\$&')
  const takes = value === null ? '' : `:${value.name.replaceAll(':', '\\:')}:${action(value)}`
  return flags.map(flag => `${repeated ? '*' : ''}${flag}[${shown}]${takes}`)
}

function action(offer: Offer): string {
  switch (offer.kind) {
    case 'words':
      return `(${offer.words.join(' ')})`
    case 'run':
      return '_signoff_runs'
    case 'file':
      return '_files'
    case 'text':
      return ' '
    default:
      offer satisfies never
      return ''
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
