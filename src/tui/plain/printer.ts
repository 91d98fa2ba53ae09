/** Prints lines one below the other; those that come while somebody else has the terminal wait for it. */
export interface Printer {
  print(line: string): void
  /** True while somebody else has the terminal. */
  readonly isHeld: boolean
  hold(): void
  release(): void
}

/** @param output gets whole lines, each with its newline. */
export function createPrinter(output: (text: string) => void): Printer {
  let waiting: string[] | null = null
  const print = (line: string): void => {
    if (waiting === null) output(`${line}\n`)
    else waiting.push(line)
  }
  return {
    print,
    get isHeld() {
      return waiting !== null
    },
    hold() {
      waiting = []
    },
    release() {
      const lines = waiting ?? []
      waiting = null
      for (const line of lines) print(line)
    },
  }
}
