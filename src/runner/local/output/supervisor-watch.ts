import { isAlive, readStatus, readSupervisor, type Status } from '../claims/claim.ts'

/** Looking whether the supervisor lives costs more than looking at its files. */
const LIFE_LOOK_MS = 250
/** A supervisor that has taken its claim says who it is within milliseconds; longer than this, and it died before it could. */
const START_LIMIT_MS = 10_000

export interface SupervisorWatch {
  /** `gone`: it has died, so that `status` is its last word. */
  look(): { readonly status: Status; readonly gone: boolean }
}

/** Reads the status, and now and then whether the supervisor that writes it is still there. */
export function watchSupervisor(claim: string): SupervisorWatch {
  const since = performance.now()
  let nextLook = since + LIFE_LOOK_MS
  let gone = false
  return {
    look() {
      const now = performance.now()
      if (!gone && now >= nextLook) {
        nextLook = now + LIFE_LOOK_MS
        const seen = readSupervisor(claim)
        gone = seen === null ? now - since > START_LIMIT_MS : !isAlive(seen)
      }
      // Read after the look: what it wrote as its last is in there.
      return { status: readStatus(claim), gone }
    },
  }
}
