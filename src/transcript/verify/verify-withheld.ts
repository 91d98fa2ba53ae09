import { type EventKind, SALTED } from '../../model/index.ts'
import type { SealStatement } from '../statements/seal-statement.ts'
import type { Finding } from './verify-report.ts'

/** What a copy leaves out. */
export interface Gaps {
  readonly lines: number
  readonly reasons: readonly string[]
  /** By kind, how many lines the seal counts that are not here; sorted by name. */
  readonly kinds: readonly (readonly [string, number])[]
  /** True where nothing is left out but what changes no answer: output, values, notes. */
  readonly areHarmless: boolean
}

/** Kinds that may be withheld and leave the answer at 0: what was printed, values and remarks, which decide nothing. */
export const HARMLESS: ReadonlySet<string> = new Set<EventKind>([
  'output',
  'output.end',
  'output.late',
  'output.late.end',
  'output.differs',
  'param',
  'note',
])

/** What is missing, by the kinds that the seal counts and those that are here. */
export function gapsOf(
  withheld: { readonly lines: number; readonly reasons: ReadonlySet<string> },
  here: readonly (readonly [string, number])[],
  seal: SealStatement,
): Gaps {
  const present = new Map(here)
  const kinds = seal.predicate.journal.kinds
    .map(([kind, lines]) => [kind, lines - (present.get(kind) ?? 0)] as const)
    .filter(([, lines]) => lines !== 0)
  return {
    lines: withheld.lines,
    reasons: [...withheld.reasons],
    kinds,
    areHarmless: kinds.every(([kind]) => HARMLESS.has(kind)),
  }
}

/**
 * Whether what is missing may be: as many lines as are withheld, all of kinds with a salt. No failure passes as output: the seal says
 * how many lines of each kind there were.
 */
export function checkWithheld(
  gaps: Gaps,
  here: readonly (readonly [string, number])[],
  seal: SealStatement,
): Finding[] {
  const found = (exit: 0 | 4 | 6, message: string): Finding => ({ check: 'withheld', exit, message, line: null })
  const sealed = new Set(seal.predicate.journal.kinds.map(([kind]) => kind))
  const missing = gaps.kinds.reduce((sum, [, lines]) => sum + lines, 0)
  if (missing !== gaps.lines || gaps.kinds.some(([, lines]) => lines < 0) || here.some(([kind]) => !sealed.has(kind)))
    return [found(4, `${gaps.lines} lines are withheld, and the kinds of the others are not those that were sealed`)]
  const unsalted = gaps.kinds.filter(([kind]) => !SALTED.has(kind as EventKind))
  const findings = unsalted.map(([kind, lines]) => found(4, `withheld: ${lines} ${kind}, a kind that cannot be`))
  const weighty = gaps.kinds.filter(([kind]) => !HARMLESS.has(kind) && SALTED.has(kind as EventKind))
  if (weighty.length > 0) findings.push(found(6, `withheld: ${listed(weighty)}, which the answer depends on`))
  if (findings.length === 0) findings.push(found(0, `withheld: ${listed(gaps.kinds)} (${gaps.reasons.join('; ')})`))
  return findings
}

function listed(kinds: Gaps['kinds']): string {
  return kinds.map(([kind, lines]) => `${lines} ${kind}`).join(', ')
}
