/** How many changes lie above the base before they become part of it. */
const MOST_CHANGES = 128

/**
 * A map whose changed copies share what did not change. A run of 10,000 steps changes one of them at each event: copying
 * all of them each time made its journal take half a minute to read.
 */
export class LayeredMap<K, V> implements ReadonlyMap<K, V> {
  readonly #base: ReadonlyMap<K, V>
  readonly #changes: ReadonlyMap<K, V>

  constructor(base: ReadonlyMap<K, V>, changes: ReadonlyMap<K, V> = new Map()) {
    this.#base = base
    this.#changes = changes
  }

  /** A map with one entry changed. The key must be there: which keys there are, and their order, is the base's. */
  changed(key: K, value: V): LayeredMap<K, V> {
    if (!this.#base.has(key)) throw new RangeError('only what is in the map can be changed')
    const changes = new Map(this.#changes).set(key, value)
    if (changes.size < MOST_CHANGES) return new LayeredMap(this.#base, changes)
    const base = new Map(this.#base)
    for (const [changedKey, changedValue] of changes) base.set(changedKey, changedValue)
    return new LayeredMap(base)
  }

  get size(): number {
    return this.#base.size
  }

  get(key: K): V | undefined {
    return this.#changes.has(key) ? this.#changes.get(key) : this.#base.get(key)
  }

  has(key: K): boolean {
    return this.#base.has(key)
  }

  *entries(): MapIterator<[K, V]> {
    for (const [key, value] of this.#base) {
      const changed = this.#changes.get(key)
      yield [key, changed === undefined ? value : changed]
    }
  }

  keys(): MapIterator<K> {
    return this.#base.keys()
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries()
  }

  forEach(callback: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this)
  }
}
