import { nodeHash, sha256 } from '../encoding/hash.ts'

export interface MerkleTree {
  /** Adds the hash of one leaf, 32 bytes. */
  add(leaf: Buffer): void
  /** The tree hash over all leaves so far. */
  root(): Buffer
}

/** The tree of RFC 6962, grown leaf by leaf: it keeps the roots of its full subtrees, so memory is the logarithm of its size. */
export function createMerkleTree(): MerkleTree {
  let size = 0
  const full: Buffer[] = []
  return {
    add(leaf) {
      let node = leaf
      // Each trailing one bit of the size is a full subtree that the new leaf completes.
      for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
        const left = full.pop()
        if (left !== undefined) node = nodeHash(left, node)
      }
      full.push(node)
      size++
    },
    root: () => {
      const last = full.at(-1)
      if (last === undefined) return sha256('')
      return full.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last)
    },
  }
}
