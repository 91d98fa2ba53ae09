/** How many changes lie in the newest layer before they are merged into the next. */
const LEAST = 32
/** How many times as much each next layer holds. */
const WIDER = 8

const NONE: ReadonlyMap<never, never> = new Map<never, never>()
/** Stands in a layer for an entry that was taken out and lies in one below. */
const GONE = Symbol('gone')
type Layer<K, V> = ReadonlyMap<K, V | typeof GONE>

/**
 * A map whose changed copies share what did not change. A run of 10,000 steps changes one of them at each event, and a hostile journal may
 * name a million values: copying all of them each time makes that a square. Changes lie in layers, and only what is about as large as the
 * change is copied: one costs some ten copied entries for each factor of eight in size.
 *
 * Entries stand in the order in which their keys came, as in any map; a key that was taken out and comes again may stand anywhere.
 * Values are never undefined.
 */
export class LayeredMap<K, V> implements ReadonlyMap<K, V> {
  /** Newest first; those above the last may be empty. */
  readonly #layers: readonly Layer<K, V>[]
  readonly size: number

  /** Takes `entries` as they are: they must not change any more. The rest is for its own copies. */
  constructor(entries: ReadonlyMap<K, V> = NONE, layers = layersOf(entries), size = entries.size) {
    this.#layers = layers
    this.size = size
  }

  /** A map with one entry changed. The key must be there. */
  changed(key: K, value: V): LayeredMap<K, V> {
    if (!this.has(key)) throw new RangeError('only what is in the map can be changed')
    return this.#put(key, value, this.size)
  }

  /** A map with one entry changed or added. */
  with(key: K, value: V): LayeredMap<K, V> {
    return this.#put(key, value, this.has(key) ? this.size : this.size + 1)
  }

  /** A map without one entry; itself where that is not there. */
  without(key: K): LayeredMap<K, V> {
    return this.has(key) ? this.#put(key, GONE, this.size - 1) : this
  }

  get(key: K): V | undefined {
    for (const layer of this.#layers) {
      const found = layer.get(key)
      if (found !== undefined) return found === GONE ? undefined : found
    }
    return undefined
  }

  has(key: K): boolean {
    return this.get(key) !== undefined
  }

  *entries(): MapIterator<[K, V]> {
    const oldestFirst = this.#layers.toReversed()
    for (const [index, layer] of oldestFirst.entries()) {
      const older = oldestFirst.slice(0, index)
      for (const key of layer.keys()) {
        // What lies in an older layer has its place there.
        if (older.some(one => one.has(key))) continue
        const value = this.get(key)
        if (value !== undefined) yield [key, value]
      }
    }
  }

  *keys(): MapIterator<K> {
    for (const [key] of this.entries()) yield key
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

  #put(key: K, value: V | typeof GONE, size: number): LayeredMap<K, V> {
    const layers = [...this.#layers]
    let layer: Layer<K, V> = new Map(layers[0]).set(key, value)
    let depth = 0
    for (; layer.size > capacityOf(depth); depth++) {
      layers[depth] = NONE
      layer = merged(layers[depth + 1] ?? NONE, layer)
    }
    layers[depth] = depth < layers.length - 1 ? layer : withoutGone(layer)
    return new LayeredMap(NONE, layers, size)
  }
}

function capacityOf(depth: number): number {
  return LEAST * WIDER ** depth
}

/** One layer, at the depth where there is room for it. */
function layersOf<K, V>(entries: ReadonlyMap<K, V>): readonly Layer<K, V>[] {
  let depth = 0
  while (entries.size > capacityOf(depth)) depth++
  return [...Array<Layer<K, V>>(depth).fill(NONE), entries]
}

function merged<K, V>(below: Layer<K, V>, above: Layer<K, V>): Layer<K, V> {
  const all = new Map(below)
  for (const [key, value] of above) all.set(key, value)
  return all
}

/** Below the last layer nothing is left that could be taken out. */
function withoutGone<K, V>(layer: Layer<K, V>): Layer<K, V> {
  return new Map([...layer].filter(([, value]) => value !== GONE))
}
