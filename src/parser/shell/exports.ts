import { asShell, type Shell } from './syntax.ts'

/** Tells of the variables of a script whether it exports them: `export X`, `declare -x X`, or all behind `set -a`. */
export function exportsVariable(script: string | Shell): (name: string) => boolean {
  const exported = new Set<string>()
  let all = false
  for (const { words } of asShell(script).commands) {
    const [command, ...rest] = words.map(word => word.text)
    const options = rest.filter(word => /^[-+]/.test(word))
    if (command === 'set')
      all ||= rest.some((word, at) => /^-\w*a/.test(word) || (word === 'allexport' && rest[at - 1] === '-o'))
    const exports =
      command === 'export' ? !options.some(word => /^-\w*n/.test(word)) : options.some(word => /^-\w*x/.test(word))
    if (!exports || !/^(?:export|declare|typeset|readonly)$/.test(command ?? '')) continue
    for (const word of rest) {
      const name = /^([A-Za-z_]\w*)(?:$|\+?=)/.exec(word)?.[1]
      if (name !== undefined) exported.add(name)
    }
  }
  return name => all || exported.has(name)
}
