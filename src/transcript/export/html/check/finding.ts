import type { JournalCheck } from './journal.ts'
import type { PickedSigners } from './trust.ts'

/** One thing that was looked at. Only a file that the reader picked makes anything `trusted`. */
export interface Finding {
  readonly verdict: 'checked' | 'trusted' | 'broken' | 'not-checked' | 'not-trusted'
  /** What it is about: `Seal`, `Approval on line 12`. */
  readonly what: string
  readonly detail: string
}

/** What everything else in a run is held against. */
export interface Run {
  readonly journal: JournalCheck
  readonly finishedOn: string
  /** What the first line says, or the seal where that line is withheld. */
  readonly run: string
  readonly release: string
  readonly runbookSha256: string
  readonly operatorKeyid: string
  readonly signers: PickedSigners | null
}

/** What is inside of every signature of that kind. */
export const NAMESPACES = {
  seal: 'signoff-seal-v1',
  approval: 'signoff-approval-v1',
  addendum: 'signoff-addendum-v1',
} as const

export function broken(what: string, detail: string): Finding {
  return { verdict: 'broken', what, detail }
}

/** What may be said of a good signature: whose it claims to be, and only by the file that was picked, whose it is. */
export function trustFinding(
  what: string,
  key: Parameters<PickedSigners['refusal']>[0]['key'],
  asked: {
    readonly principal: string
    readonly namespace: string
    readonly at: string
    readonly byName: boolean
    readonly signers: PickedSigners | null
  },
): Finding {
  const { signers, principal } = asked
  if (signers === null) return { verdict: 'checked', what, detail: `key ${key.keyid}, which says it is ${principal}` }
  const refusal = signers.refusal({ ...asked, key })
  if (refusal !== null) return { verdict: 'not-trusted', what, detail: refusal }
  return { verdict: 'trusted', what, detail: `${principal}, key ${key.keyid}` }
}
