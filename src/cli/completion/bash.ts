import type { CompletedCommand, Offer } from './table.ts'

/** Completion for bash, from 3.2 on, without the package bash-completion. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ')
  return `# Completion of signoff for bash. In ~/.bashrc:  source <(signoff completion bash)
_signoff() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command= words= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in -*) ;; *) command=\${COMP_WORDS[i]}; break ;; esac
  done
  case "$command $prev" in
    ' '*) words='${names} --help --version' ;;
${values(commands)}
    *)
      case $cur in
        -*)
          case $command in
${commands.map(({ name, options }) => `            ${name}) words='${options.map(({ flags }) => flags[0]).join(' ')}' ;;`).join('\n')}
          esac ;;
        *)
          case $command in
${commands.map(({ name, argument }) => `            ${name}) ${action(argument)} ;;`).join('\n')}
          esac ;;
      esac ;;
  esac
  # Words are expanded by compgen, so what comes from names of folders is let in letter by letter.
  [ "$words" = runs ] && words=$(signoff list --quiet 2>/dev/null | LC_ALL=C tr -cd '0-9a-f\\n-')
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _signoff signoff
`
}

/** After an option that takes a value. */
function values(commands: readonly CompletedCommand[]): string {
  const places = new Map<string, string[]>()
  for (const { name, options } of commands)
    for (const { flags, value } of options)
      if (value !== null)
        for (const flag of flags) places.set(action(value), [...(places.get(action(value)) ?? []), `'${name} ${flag}'`])
  return [...places].map(([what, patterns]) => `    ${patterns.join(' | ')}) ${what} ;;`).join('\n')
}

/** Where nothing is offered bash completes a file; what nobody can guess is no file either. */
function action(offer: Offer): string {
  switch (offer.kind) {
    case 'words':
      return `words='${offer.words.join(' ')}'`
    case 'run':
      return 'words=runs'
    case 'file':
      return 'return'
    case 'text':
      return 'compopt +o default 2>/dev/null; return'
    default:
      offer satisfies never
      return ''
  }
}
