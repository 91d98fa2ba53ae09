/**
 * The names by which the options of a choice are taken. An answer names its option, so no two bear one name: the second
 * "deploy" is "deploy (2)", and SO025 says so.
 */
export function optionNames(options: readonly { readonly name: string }[]): readonly string[] {
  const taken = new Set<string>()
  return options.map(({ name }) => {
    let own = name
    for (let ordinal = 2; taken.has(own.toLowerCase()); ordinal++) own = `${name} (${ordinal})`
    taken.add(own.toLowerCase())
    return own
  })
}

/** True if a name was made by `optionNames` to tell it from an equal one before it. */
export function isMadeUnique(name: string, before: readonly string[]): boolean {
  const plain = /^(.*) \(\d+\)$/s.exec(name)?.[1]?.toLowerCase()
  return plain !== undefined && before.some(other => other.toLowerCase() === plain)
}
