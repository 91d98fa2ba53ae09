import { createHash } from 'node:crypto'

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

/**
 * The same for a name that must stay when others come and go: a title in another script is told from others by a digest of
 * its letters, since `section-2` would change with every heading before it.
 */
export function stableSlug(title: string, limit: number, otherwise: string): string {
  const foreign = title
    .normalize('NFKC')
    .toLowerCase()
    .match(/[^\P{L}\p{Script=Latin}]+/gu)
  if (foreign === null) return slug(title, limit, otherwise)
  const digest = createHash('sha256').update(foreign.join(' ')).digest('hex').slice(0, 8)
  return `${slug(title, limit - digest.length - 1, otherwise)}-${digest}`
}

/** Hands out each name once: a second `verify` becomes `verify-2`. */
export class UniqueNames {
  readonly #taken = new Set<string>()
  /** The next number to try for a name that was wanted before. */
  readonly #next = new Map<string, number>()

  constructor(reserved: Iterable<string> = []) {
    for (const name of reserved) this.#taken.add(name)
  }

  has(name: string): boolean {
    return this.#taken.has(name)
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
