/**
 * A list whose longer copies share what they have in common: to add something costs the same however long it is. A hostile journal may hold
 * a million remarks, and copying all of them at each makes that a square.
 */
export class SharedList<T> implements Iterable<T> {
  /** Shared with longer copies: what lies behind `length` is theirs. */
  readonly #items: T[]
  readonly length: number

  /** The second argument is for its own copies, which share the items of the first. */
  constructor(items: readonly T[] = [], shared: T[] = [...items], length = items.length) {
    this.#items = shared
    this.length = length
  }

  /** A list with one item more. */
  with(item: T): SharedList<T> {
    // Only the longest copy may write behind its own end, or two that grew out of one list would see each other's items.
    const isLongest = this.length > 0 && this.#items.length === this.length
    const items = isLongest ? this.#items : this.#items.slice(0, this.length)
    items.push(item)
    return new SharedList([], items, items.length)
  }

  at(index: number): T | undefined {
    const place = index < 0 ? this.length + index : index
    return place < this.length ? this.#items[place] : undefined
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let index = 0; index < this.length; index++) yield this.#items[index] as T
  }

  map<U>(use: (item: T) => U): U[] {
    return [...this].map(use)
  }

  filter(is: (item: T) => boolean): T[] {
    return [...this].filter(is)
  }

  flatMap<U>(use: (item: T) => U | readonly U[]): U[] {
    return [...this].flatMap(use)
  }

  /** From this item on, which is none where there are not so many. */
  slice(from: number): T[] {
    return this.#items.slice(from, this.length)
  }

  find(is: (item: T) => boolean): T | undefined {
    return [...this].find(is)
  }

  some(is: (item: T) => boolean): boolean {
    return [...this].some(is)
  }
}
