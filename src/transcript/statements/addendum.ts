import { z } from 'zod'
import { encode } from '../encoding/canonical.ts'
import { sha256Hex } from '../encoding/hash.ts'
import { ADDENDUM_NAMESPACE, type Signer } from '../ssh/signer.ts'
import { PAYLOAD_TYPE, pae, readEnvelope, toEnvelope } from './dsse.ts'
import { STATEMENT_TYPE, SubjectSchema } from './seal-statement.ts'
import { askSshKeygen, checkSigned, checkTrusted, type Trust } from './signature-check.ts'

export const ADDENDUM_TYPE = 'urn:signoff:addendum:v1'

const hex = z.string().regex(/^[0-9a-f]{64}$/)
export const AddendumStatementSchema = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  /** The seal, by the sha256 of its payload. */
  subject: z.array(SubjectSchema).min(1),
  predicateType: z.literal(ADDENDUM_TYPE),
  predicate: z.strictObject({
    run: z.string(),
    /** 1, 2 .. */
    n: z.int().positive(),
    /** sha256 of the payload one line up: of the seal for the first. */
    previous: hex,
    author: z.string(),
    at: z.iso.datetime({ precision: 3 }),
    type: z.enum(['note', 'review', 'incident', 'withhold']),
    text: z.string(),
  }),
})
/** Something said about a run after its seal. */
export type AddendumStatement = z.infer<typeof AddendumStatementSchema>

/** Signs what is said after the seal, and gives the whole bundle with one more line: replace the file by it. */
export async function addAddendum(
  bundle: string,
  said: { readonly type: AddendumStatement['predicate']['type']; readonly text: string; readonly atMs: number },
  run: string,
  signer: Signer,
): Promise<string> {
  const payloads = bundle.split('\n').flatMap(line => readEnvelope(line)?.payload ?? [])
  const statement: AddendumStatement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: 'seal', digest: { sha256: sha256Hex(payloads[0] ?? '') } }],
    predicateType: ADDENDUM_TYPE,
    predicate: {
      run,
      n: payloads.length,
      previous: sha256Hex(payloads.at(-1) ?? ''),
      author: signer.principal,
      at: new Date(said.atMs).toISOString(),
      type: said.type,
      text: said.text,
    },
  }
  const payload = Buffer.from(encode(statement))
  const armored = await signer.sign(ADDENDUM_NAMESPACE, pae(PAYLOAD_TYPE, payload))
  return `${bundle}${toEnvelope(payload, signer.keyid, armored)}\n`
}

export type AddendumAnswer =
  | { readonly ok: true; readonly statement: AddendumStatement; readonly keyid: string; readonly sha256: string }
  /** `statement` where it is well made and well signed, and only by nobody who is trusted. */
  | { readonly ok: false; readonly detail: string; readonly statement: AddendumStatement | null }

/** Whether one line of the bundle is an addendum to this seal, in its place, by somebody who may write one. */
export async function checkAddendum(
  untrustedLine: string,
  due: { readonly run: string; readonly seal: string; readonly n: number; readonly previous: string },
  trust: Trust | null,
): Promise<AddendumAnswer> {
  const refuse = (detail: string): AddendumAnswer => ({ ok: false, detail, statement: null })
  const envelope = readEnvelope(untrustedLine)
  if (envelope === null) return refuse('not a signed envelope')
  const signed = checkSigned(envelope, ADDENDUM_NAMESPACE)
  if (!signed.ok && signed.unsupported === null) return refuse(signed.detail)
  const statement = readStatement(envelope.payload)
  if (statement === null) return refuse('what is signed is no addendum of version 1')
  const { predicate, subject } = statement
  if (predicate.run !== due.run || !subject.some(({ digest }) => digest.sha256 === due.seal))
    return refuse('it is to another seal')
  if (predicate.n !== due.n || predicate.previous !== due.previous) return refuse('it is not in its place')
  const distrust = (detail: string): AddendumAnswer => ({ ok: false, detail, statement })
  if (trust === null) return distrust('no signers file to judge it by')
  const asked = { principal: predicate.author, namespace: ADDENDUM_NAMESPACE, atMs: Date.parse(predicate.at) } as const
  const sha256 = sha256Hex(envelope.payload)
  if (!signed.ok) {
    const { payload } = envelope
    const answer = await askSshKeygen(trust, { ...asked, armored: signed.unsupported ?? '', payload })
    if (answer === null) return refuse(signed.detail)
    if (!answer.ok) return answer.signed ? distrust(answer.detail) : refuse(answer.detail)
    return { ok: true, statement, keyid: answer.key.keyid, sha256 }
  }
  const trusted = await checkTrusted(trust, { ...asked, key: signed.key })
  if (!trusted.ok) return distrust(trusted.detail)
  return { ok: true, statement, keyid: signed.key.keyid, sha256 }
}

function readStatement(payload: Buffer): AddendumStatement | null {
  try {
    return AddendumStatementSchema.safeParse(JSON.parse(payload.toString('utf8'))).data ?? null
  } catch {
    return null
  }
}
