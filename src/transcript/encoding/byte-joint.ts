/** Puts pieces together, in memory that is used again for the next whole. */
export interface ByteJoint {
  readonly length: number
  /** What was added since it was cleared; it lasts until more is added behind the next `clear`. */
  bytes(): Buffer
  add(piece: Uint8Array): void
  /** Adds ASCII text. */
  addText(text: string): void
  clear(): void
}

/** @param keptBytes memory beyond this is given back once it is cleared. */
export function createByteJoint(keptBytes: number): ByteJoint {
  let memory = Buffer.alloc(0)
  let length = 0
  const makeRoom = (more: number): void => {
    if (memory.length >= length + more) return
    const larger = Buffer.allocUnsafeSlow(2 * (length + more))
    larger.set(memory.subarray(0, length))
    memory = larger
  }
  return {
    get length() {
      return length
    },
    bytes: () => memory.subarray(0, length),
    add(piece) {
      makeRoom(piece.length)
      memory.set(piece, length)
      length += piece.length
    },
    addText(text) {
      makeRoom(text.length)
      length += memory.write(text, length, 'latin1')
    },
    clear() {
      length = 0
      if (memory.length > keptBytes) memory = Buffer.alloc(0)
    },
  }
}
