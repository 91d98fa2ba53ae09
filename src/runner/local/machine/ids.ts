import { randomBytes } from 'node:crypto'
import type { Ids } from '../../ports.ts'

/** Random identifiers of the operating system's generator. */
export function randomIds(): Ids {
  return { challenge: randomToken }
}

/** 16 random bytes in base64url, 22 characters: challenges of approval requests, salts of journal lines. */
export function randomToken(): string {
  return randomBytes(16).toString('base64url')
}

/** A UUID of version 7, in lower case: its first 48 bits are `nowMs`, so names of runs sort by time. */
export function uuidv7(nowMs: number): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(nowMs, 0, 6)
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
