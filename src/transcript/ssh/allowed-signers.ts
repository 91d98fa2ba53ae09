import {
  readSignersFile,
  type SignersFile as SignersFileOf,
  type SignersLine as SignersLineOf,
} from './signers-file.ts'
import { readPublicKey, type SshPublicKey } from './ssh-key.ts'

export { checkSigner, isFor, isValidAt, plainPrincipalsOf, type TrustAnswer } from './signers-file.ts'

export type SignersLine = SignersLineOf<SshPublicKey>
export type SignersFile = SignersFileOf<SshPublicKey>

/** Reads an allowed signers file. Never throws: what cannot be read is listed. */
export function readAllowedSigners(text: string): SignersFile {
  return readSignersFile(text, readPublicKey)
}
