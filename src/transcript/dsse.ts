import { z } from 'zod'
import { encode } from './canonical.ts'
import { sha256Hex } from './hash.ts'

/** Media type of everything that is signed here: an in-toto Statement. */
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json'

/** The bytes that a DSSE signature is over: pre-authentication encoding, version 1. Lengths are in bytes. */
export function pae(payloadType: string, payload: Uint8Array): Buffer {
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `),
    payload,
  ])
}

/** One envelope as a line without LF. `armored` is the SSHSIG text. */
export function toEnvelope(payload: Uint8Array, keyid: string, armored: string): string {
  return encode({
    payloadType: PAYLOAD_TYPE,
    payload: Buffer.from(payload).toString('base64'),
    signatures: [{ keyid, sig: Buffer.from(armored).toString('base64') }],
  })
}

export interface UntrustedEnvelope {
  readonly payload: Buffer
  /** Armored SSHSIG texts, as claimed; keyids are hints that nobody trusts and are left out. */
  readonly signatures: readonly string[]
}

/** Reads an envelope without believing any of it; null for what is none. Unknown fields are ignored. */
export function readEnvelope(text: string): UntrustedEnvelope | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const parsed = EnvelopeSchema.safeParse(value)
  if (!parsed.success) return null
  return {
    payload: fromBase64(parsed.data.payload),
    signatures: parsed.data.signatures.map(({ sig }) => fromBase64(sig).toString('latin1')),
  }
}

/** What names a seal: the sha256 of the payload on the first line of a bundle, believed or not; null where there is none. */
export function sealSha256(bundle: string): string | null {
  const envelope = readEnvelope(bundle.split('\n', 1)[0] ?? '')
  return envelope === null ? null : sha256Hex(envelope.payload)
}

/** Both alphabets, with or without padding (DSSE protocol.md). */
const Base64 = z.string().refine(isBase64)
const EnvelopeSchema = z.object({
  payloadType: z.literal(PAYLOAD_TYPE),
  payload: Base64,
  signatures: z
    .array(z.object({ sig: Base64 }))
    .min(1)
    .max(16),
})

/** Spare bits must be zero, so that no text reads as another's bytes. */
function isBase64(text: string): boolean {
  const bare = text.replace(/={1,2}$/, '')
  const standard = bare.replaceAll('-', '+').replaceAll('_', '/')
  return fromBase64(text).toString('base64').replace(/=+$/, '') === standard
}

function fromBase64(text: string): Buffer {
  return Buffer.from(text, 'base64')
}
