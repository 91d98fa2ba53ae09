import { type Bytes, fromBase64, joinBytes, latin1, sha256Hex, utf8 } from './bytes.ts'
import { checkSshSignature, type SignatureAnswer } from './ssh-signature.ts'

const PAYLOAD_TYPE = 'application/vnd.in-toto+json'

/** A DSSE envelope whose signature was looked at. What it says is in `statement`, believed or not. */
export interface CheckedEnvelope {
  readonly signature: SignatureAnswer
  readonly statement: unknown
  /** sha256 of the payload, lower-case hex. */
  readonly sha256: string
}

/** Reads an envelope and checks the first signature in it that is good; null for what is no envelope. The bytes checked are the bytes read. */
export async function checkEnvelope(text: string, namespace: string): Promise<CheckedEnvelope | null> {
  const envelope = readJson(text)
  if (field(envelope, 'payloadType') !== PAYLOAD_TYPE) return null
  const payload = bytesOf(field(envelope, 'payload'))
  const signatures = field(envelope, 'signatures')
  if (payload === null || !Array.isArray(signatures) || signatures.length === 0) return null
  const statement = readJson(new TextDecoder().decode(payload))
  let first: SignatureAnswer | null = null
  for (const one of signatures.slice(0, 16)) {
    const sig = bytesOf(field(one, 'sig'))
    if (sig === null) return null
    const answer = await checkSshSignature(latin1(sig), namespace, pae(payload))
    first = first === null || answer.kind === 'good' ? answer : first
    if (answer.kind === 'good') break
  }
  return first === null ? null : { signature: first, statement, sha256: await sha256Hex(payload) }
}

/** The bytes that a DSSE signature is over. */
function pae(payload: Bytes): Bytes {
  return joinBytes(utf8(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `), payload)
}

function bytesOf(value: unknown): Bytes | null {
  return typeof value === 'string' ? fromBase64(value) : null
}

/** A value inside of what may be anything; undefined where there is none. */
export function field(value: unknown, ...path: readonly (string | number)[]): unknown {
  let inner = value
  for (const name of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, name)) return undefined
    inner = Reflect.get(inner, name)
  }
  return inner
}

/** The same where it is a text, else an empty one. */
export function text(value: unknown, ...path: readonly (string | number)[]): string {
  const found = field(value, ...path)
  return typeof found === 'string' ? found : ''
}

export function readJson(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch {
    return undefined
  }
}
