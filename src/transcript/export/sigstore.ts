import { SignoffError } from '../../model/index.ts'
import { encode } from '../encoding/canonical.ts'
import { PAYLOAD_TYPE, pae, readEnvelope } from '../statements/dsse.ts'
import type { ExportFormat, ExportSource, Piece } from './format.ts'

/**
 * The seal as a bundle for tools of sigstore, v0.3, with a public key as its verification material. Those tools know no SSH
 * signatures: the same bytes are signed anew by the same key, without the wrapping of OpenSSH. Nothing is sent anywhere, and no log
 * has an entry of it.
 */
export const sigstore: ExportFormat = { kind: 'document', signs: true, write }

async function* write({ bundle, report, signer }: ExportSource): AsyncGenerator<Piece> {
  const payload = readEnvelope(bundle?.split('\n', 1)[0] ?? '')?.payload
  if (report.seal === null || payload === undefined)
    throw new SignoffError('USAGE', 'this format signs the seal, and the run has none')
  if (signer === null || signer.keyid !== report.seal.signer.keyid)
    throw new SignoffError(
      'KEY_UNUSABLE',
      `the seal is of ${report.seal.signer.keyid}, and ${signer === null ? 'no key is at hand' : `the key at hand is ${signer.keyid}`}`,
      { advice: 'name the key that sealed the run, by --key FILE' },
    )
  const { keyid } = signer
  const sig = signer.signRaw(pae(PAYLOAD_TYPE, payload)).toString('base64')
  yield `${encode({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: keyid }, tlogEntries: [] },
    dsseEnvelope: { payload: payload.toString('base64'), payloadType: PAYLOAD_TYPE, signatures: [{ sig, keyid }] },
  })}\n`
}
