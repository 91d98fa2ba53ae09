/**
 * A name out of a title, safe as a file name and as a shell word: `[a-z0-9-]`, at most `limit` characters,
 * cut at a word. A title without Latin letters or digits gives `otherwise`.
 */
export function slug(title: string, limit: number, otherwise: string): string {
  const words = title
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  if (words === '') return otherwise
  if (words.length <= limit) return words
  const cut = words.slice(0, limit + 1).lastIndexOf('-')
  return words.slice(0, cut > limit / 2 ? cut : limit).replace(/-+$/, '')
}

/** Hands out each name once: a second `verify` becomes `verify-2`. */
export class UniqueNames {
  readonly #taken = new Set<string>()
  /** The next number to try for a name that was wanted before. */
  readonly #next = new Map<string, number>()

  constructor(reserved: Iterable<string> = []) {
    for (const name of reserved) this.#taken.add(name)
  }

  take(wanted: string): string {
    let name = wanted
    let count = this.#next.get(wanted) ?? 2
    for (; this.#taken.has(name); count++) name = `${wanted}-${count}`
    this.#next.set(wanted, count)
    this.#taken.add(name)
    return name
  }
}
