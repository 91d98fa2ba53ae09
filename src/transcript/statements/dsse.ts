import { z } from 'zod'
import { encode } from '../encoding/canonical.ts'
import { sha256Hex } from '../encoding/hash.ts'

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
  /** Time-stamp tokens (RFC 3161) by the index of the signature that they stand beside. */
  readonly tokens: readonly (readonly Buffer[])[]
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
    tokens: parsed.data.signatures.map(({ timestamps = [] }) =>
      timestamps.filter(({ type }) => type === 'tsp').map(({ data }) => fromBase64(data)),
    ),
  }
}

/** The tokens beside one of its signatures. */
export function tokensBeside(envelope: UntrustedEnvelope, armored: string): readonly Buffer[] {
  return envelope.tokens[envelope.signatures.indexOf(armored)] ?? []
}

/** The same envelope with one more time-stamp token beside its first signature; all else in it stays as it is. */
export function addToken(envelopeText: string, token: Uint8Array): string {
  const { signatures, ...rest } = WholeEnvelopeSchema.parse(JSON.parse(envelopeText))
  const [first = {}, ...others] = signatures
  const { timestamps: before = [], ...signature } = first
  const timestamps = [...before, { type: 'tsp', data: Buffer.from(token).toString('base64') }]
  return encode({ ...rest, signatures: [{ ...signature, timestamps }, ...others] })
}

/** The first signature of an envelope as the bytes that a time-stamp is over: the armored text; null where there is none. */
export function signatureOf(envelopeText: string): Buffer | null {
  const armored = readEnvelope(envelopeText)?.signatures[0]
  return armored === undefined ? null : Buffer.from(armored, 'latin1')
}

/** What names a seal: the sha256 of the payload on the first line of a bundle, believed or not; null where there is none. */
export function sealSha256(bundle: string): string | null {
  const envelope = readEnvelope(bundle.split('\n', 1)[0] ?? '')
  return envelope === null ? null : sha256Hex(envelope.payload)
}

/** Both alphabets, with or without padding (DSSE protocol.md). */
const Base64 = z.string().refine(isBase64)
const Timestamps = z.array(z.object({ type: z.string(), data: Base64 })).max(8)
/** What may stand on a line of a bundle. */
export const EnvelopeSchema = z.object({
  payloadType: z.literal(PAYLOAD_TYPE),
  payload: Base64,
  signatures: z
    // One that is not as it should be vouches for nothing, and breaks nothing.
    .array(z.object({ sig: Base64, timestamps: Timestamps.optional().catch([]) }))
    .min(1)
    .max(16),
})

const WholeEnvelopeSchema = z.looseObject({
  signatures: z.array(z.looseObject({ timestamps: z.array(z.unknown()).optional() })).min(1),
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
