import { checkSigner, readSignersFile } from '../../../ssh/signers-file.ts'
import { type PublicKey, readPublicKey } from './ssh-key.ts'

/** Who may sign, by a file that the reader picked. */
export interface PickedSigners {
  /** Null where the file gives this key to this principal, for this namespace, at this time; else why not. */
  refusal(asked: {
    readonly key: PublicKey & { readonly keyid: string }
    readonly principal: string
    readonly namespace: string
    readonly at: string
    /** A wildcard line lets one key be anybody, so it cannot approve. */
    readonly byName: boolean
  }): string | null
  /** How many lines could be read, and how many could not. */
  readonly lines: number
  readonly broken: number
}

export function readPickedSigners(text: string): PickedSigners {
  const file = readSignersFile(text, readPublicKey)
  return {
    refusal({ key, principal, namespace, at, byName }) {
      const atMs = Date.parse(at)
      if (Number.isNaN(atMs)) return 'the time it would have to be valid at is no time'
      const answer = checkSigner(file, { key, principal, namespace, atMs })
      if (!answer.ok) return answer.detail
      return byName && !answer.named ? `no line names ${principal} without a wildcard` : null
    },
    lines: file.lines.length,
    broken: file.broken.length,
  }
}
