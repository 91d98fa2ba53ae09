/**
 * Stands in the bundle for `Intl.Segmenter`, in our code and in that of Ink and its libraries. The rules of Unicode for clusters take
 * 10 ms to load and nearly all that a terminal shows needs none of them: where each character is a cluster of its own whatever
 * stands beside it, the characters are given, and the rules are loaded for the first text that has another.
 */
export class Segmenter {
  readonly #locales: Intl.LocalesArgument
  readonly #options: Intl.SegmenterOptions | undefined
  #byRules: Intl.Segmenter | null = null

  constructor(locales?: Intl.LocalesArgument, options?: Intl.SegmenterOptions) {
    this.#locales = locales
    this.#options = options
  }

  segment(text: string): Segments {
    const clusters = (this.#options?.granularity ?? 'grapheme') === 'grapheme'
    if (clusters && EACH_A_CLUSTER.test(text)) return characters(text)
    // By destructuring: written in one, the bundler would put this class in its own place.
    const { Segmenter: ByRules } = Intl
    this.#byRules ??= new ByRules(this.#locales, this.#options)
    return this.#byRules.segment(text)
  }
}

type Segments = Pick<Intl.Segments, 'containing'> & Iterable<Intl.SegmentData>

/** Latin letters, punctuation, the rules and symbols of our screens, ends of lines, and what begins an escape sequence. */
const EACH_A_CLUSTER =
  /^[\n\x1b\x20-\x7e\xa1-\xac\xae-\u02ff\u2013\u2014\u2018-\u201d\u2026\u2500-\u257f\u25b8\u25cc\u21ba\u21bb\u21b7\u2205\u2298\u2691\u29d7\u2714\u2716]*$/

function characters(input: string): Segments {
  const at = (index: number): Intl.SegmentData => ({ segment: input.charAt(index), index, input })
  return {
    containing: (index = 0) => (index >= 0 && index < input.length ? at(Math.trunc(index)) : undefined),
    *[Symbol.iterator]() {
      for (let index = 0; index < input.length; index++) yield at(index)
    },
  } as Segments
}
