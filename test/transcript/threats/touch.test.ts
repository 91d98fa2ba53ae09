import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { APPROVAL_NAMESPACE, type Signer } from '../../../src/transcript/ssh/signer.ts'
import { readPublicKey } from '../../../src/transcript/ssh/ssh-key.ts'
import { verifySshSig } from '../../../src/transcript/ssh/sshsig.ts'
import * as run from '../helpers/run.ts'
import { inFolder, sshKeygen } from '../helpers/ssh-keygen.ts'

/** A token in software, of Debian's openssh-tests. */
const DUMMY = '/usr/lib/openssh/regress/misc/sk-dummy/sk-dummy.so'

describe.skipIf(!existsSync(DUMMY))(
  'threat 12: an approval without a touch, by tokens that ssh-keygen signs with',
  () => {
    const env = { ...process.env, SSH_SK_PROVIDER: DUMMY }
    const CASES = [
      { type: 'ed25519-sk', options: [], presence: true },
      { type: 'ecdsa-sk', options: [], presence: true },
      { type: 'ed25519-sk', options: ['-O', 'no-touch-required'], presence: false },
      { type: 'ecdsa-sk', options: ['-O', 'no-touch-required'], presence: false },
    ]
    it.each(CASES)(
      '$type $options: presence is $presence',
      { timeout: 60_000 },
      async ({ type, options, presence }) => {
        await inFolder(async folder => {
          const path = `${folder}/key`
          execFileSync('ssh-keygen', ['-q', '-t', type, ...options, '-N', '', '-C', '', '-f', path], { env })
          const publicText = readFileSync(`${path}.pub`, 'utf8').trim()
          const publicKey = readPublicKey(publicText)
          if (publicKey === null) throw new Error(publicText)
          const token: Signer = {
            principal: run.manager.principal,
            keyid: publicKey.keyid,
            publicKey,
            async sign(namespace, bytes) {
              writeFileSync(`${folder}/message`, bytes)
              execFileSync('ssh-keygen', ['-Y', 'sign', '-q', '-f', path, '-n', namespace, `${folder}/message`], {
                env,
                stdio: 'ignore',
              })
              const armored = readFileSync(`${folder}/message.sig`, 'utf8')
              execFileSync('rm', [`${folder}/message.sig`])
              return armored
            },
          }
          const message = Buffer.from('hello')
          const armored = await token.sign(APPROVAL_NAMESPACE, message)
          expect(verifySshSig(armored, APPROVAL_NAMESPACE, message)).toMatchObject({ ok: true, touch: { presence } })
          // ssh-keygen says Good to both: only we look.
          const asked = ['-Y', 'verify', '-f', 's', '-I', token.principal, '-n', APPROVAL_NAMESPACE, '-s', 'sig']
          const signers = `${token.principal} namespaces="${APPROVAL_NAMESPACE}" ${publicText}\n`
          const said = await sshKeygen(asked, message, { s: Buffer.from(signers), sig: Buffer.from(armored) })
          expect(said, said.stderr).toMatchObject({ exitCode: 0 })
          const judged = async (touch: 'none' | 'presence' | 'verified') => {
            const writer = run.atGate({ ...run.REQUEST, touch })
            writer.add(await run.approvalOf(writer, token, 'Release Manager'))
            writer.add({ kind: 'run.abort', reason: 'only the approval is looked at', by: 'op@example.com' })
            writer.add(run.runEnd(writer, 'aborted'))
            const signersText = run.SIGNERS + signers
            const report = await run.verify(writer.bytes(), await run.sealed(writer), { signersText })
            return { good: report.run?.approvals[0]?.good, exitCode: report.exitCode }
          }
          expect(await judged('none')).toEqual({ good: true, exitCode: 0 })
          expect(await judged('presence')).toEqual(
            presence ? { good: true, exitCode: 0 } : { good: false, exitCode: 6 },
          )
          expect(await judged('verified')).toEqual({ good: false, exitCode: 6 })
        })
      },
    )
  },
)
