/** A text that can be read at length: the output of one attempt of a step, or what has happened in the run. */
export type Source =
  | { readonly kind: 'output'; readonly step: string; readonly attempt: number }
  | { readonly kind: 'transcript' }

export function isSameSource(one: Source, other: Source): boolean {
  if (one.kind === 'transcript' || other.kind === 'transcript') return one.kind === other.kind
  return one.step === other.step && one.attempt === other.attempt
}
