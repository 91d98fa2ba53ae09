/** One option of a command line, with its value where it has one. */
export type Option = readonly [name: string, value: string | null]

/**
 * The options of a command: `-sXPOST` is `-s` and `-X` with `POST`, `--data=x` is `--data` with `x`. The word behind a long
 * option is given as its value too, since nobody can say without the program whether it takes one.
 *
 * @param takes letters of the short options that take a value.
 */
export function optionsOf(words: readonly string[], takes: string): Option[] {
  const found: Option[] = []
  for (let index = 1; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '--') break
    if (word.startsWith('--')) {
      const at = word.indexOf('=')
      found.push(at === -1 ? [word, words[index + 1] ?? null] : [word.slice(0, at), word.slice(at + 1)])
    } else if (/^-./.test(word)) {
      const cut = [...word.slice(1)].findIndex(letter => takes.includes(letter))
      const flags = cut === -1 ? word.slice(1) : word.slice(1, cut + 1)
      for (const flag of flags) found.push([`-${flag}`, null])
      if (cut === -1) continue
      const joined = word.slice(cut + 2)
      found.push([`-${word[cut + 1]}`, joined === '' ? (words[++index] ?? null) : joined])
    }
  }
  return found
}
