/** What somebody should know before a run begins, and while nothing is recorded yet. Texts are not cleaned. */
export interface StartBrief {
  readonly title: string
  /** The file as it was named. */
  readonly path: string
  readonly sha256: string
  /** `a1b2c3d4, with changes that are not committed`; null outside a repository. */
  readonly commit: string | null
  readonly release: string
  readonly environment: string | null
  readonly production: boolean
  readonly operator: { readonly principal: string; readonly keyid: string }
  /** `23 steps in 5 phases, planned 1h30m`. */
  readonly extent: string
  readonly strongest: string
  /** Names of values that nobody has given yet. */
  readonly values: readonly string[]
  readonly gates: readonly { readonly position: string; readonly title: string; readonly who: string }[]
  readonly waysBack: readonly string[]
  /** What the look before step 1 has found, worst first. */
  readonly findings: readonly { readonly level: 'error' | 'warning'; readonly text: string; readonly help: string }[]
}

/** One procedure of a catalog. */
export interface StartSection {
  readonly position: string
  readonly title: string
  readonly steps: number
}

/** What the screen before a run asks: to begin it, or which procedure of a catalog is walked. */
export type StartAsk =
  | { readonly kind: 'brief'; readonly brief: StartBrief }
  | {
      readonly kind: 'sections'
      readonly title: string
      readonly path: string
      readonly sections: readonly StartSection[]
    }

/** What became of it: begun, a section by its index, or left without anything begun. */
export type StartAnswer =
  | { readonly kind: 'start' }
  | { readonly kind: 'section'; readonly index: number }
  | { readonly kind: 'leave' }
