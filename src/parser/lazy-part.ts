/** A part of the parser that brings a library of its own, which many a text does not need. */
export interface LazyPart<T> {
  /** Loads it; nothing happens the second time. */
  load(): Promise<void>
  /** @throws {Error} if it was not loaded before: whoever reads a text loads what that text needs first. */
  get(): T
}

/** What is kept is a module and nothing else, as the loader of modules keeps it itself. */
export function lazyPart<T>(name: string, load: () => Promise<T>): LazyPart<T> {
  let part: T | null = null
  return {
    async load() {
      part ??= await load()
    },
    get() {
      if (part === null) throw new Error(`${name} was not loaded before a text that needs it was read`)
      return part
    },
  }
}
