import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { buildApproval, readApprovalRequest, signApproval } from '../../src/transcript/index.ts'
import { makeWorld, type World } from '../helpers/world/index.ts'
import { makePerson } from '../helpers/world/keys.ts'
import { createAuthenticator } from '../transcript/helpers/authenticator.ts'

/** Many starts of the command in one test: on a busy machine they take their time. */
vi.setConfig({ testTimeout: 120_000 })

const RUNBOOK =
  '# Release\n\n**Decision**: GO / NO-GO\n\n**Approvers**: Release Manager + Platform Lead\n\n```bash\necho flipped\n```\n'
const APPROVES = 'namespaces="signoff-approval-v1"'
const TOUCHED = 1

let world: World
const inWorkspace = (name: string) => join(world.repository.clone, '.signoff', name)
beforeAll(async () => {
  world = await makeWorld({ files: { 'release.md': RUNBOOK, '.signoff/config.yaml': 'touch: presence\n' } })
}, 60_000)
afterAll(() => world.remove())

test('threat 12: a repository may ask for keys that are touched: no other opens its gates, and verify holds a run to it', async () => {
  const walked = (release: string) => world.signoff(['run', 'release.md', '--release', release])
  // Keys that are on no token cannot say that they were touched.
  const keys = join(world.root, 'keys')
  const [plain, other] = [await makePerson(keys, 'rm@localhost'), await makePerson(keys, 'pl@localhost')]
  for (const { principal, publicKey } of [plain, other])
    appendFileSync(inWorkspace('allowed_signers'), `${principal} ${APPROVES} ${publicKey}\n`)
  expect((await walked('v0')).stderr).toContain('[gate-cannot-open]')
  const [first, second] = [createAuthenticator('ed25519'), createAuthenticator('ecdsa')]
  appendFileSync(
    inWorkspace('allowed_signers'),
    `rm@localhost ${APPROVES} ${first.publicKeyText}\npl@localhost ${APPROVES} ${second.publicKeyText}\n`,
  )
  const stopped = await walked('v1')
  expect(stopped, stopped.stderr).toMatchObject({ exitCode: 20 })
  const { run, folder } = world.transcript('v1')
  const [name = ''] = readdirSync(join(inWorkspace('inbox'), run))
  const { request, gate } = await readApprovalRequest(readFileSync(join(inWorkspace('inbox'), run, name), 'utf8'))
  expect(gate.event.touch).toBe('presence')

  expect(await world.signoffAs(plain, ['approve', run, '--go'])).toMatchObject({ exitCode: 5 })

  const bring = async (who: ReturnType<typeof createAuthenticator>, approver: string, flags: number) => {
    const decision = { approver, role: null, decision: 'go', reason: null, decidedOnMs: Date.now() } as const
    const envelope = await signApproval(buildApproval(request, decision), who.signer(approver, flags))
    return world.signoff(['resume', run, '--approval', world.file(`${approver}-${flags}.json`, `${envelope}\n`)])
  }
  expect((await bring(first, 'rm@localhost', 0)).stderr).toContain('refused (no-touch)')
  expect((await bring(first, 'rm@localhost', TOUCHED)).exitCode).toBe(20)
  const ended = await bring(second, 'pl@localhost', TOUCHED)
  expect(ended, ended.stderr).toMatchObject({ exitCode: 0 })
  const refused = readFileSync(join(folder, 'journal.jsonl'), 'utf8').match(
    /"kind":"approval.refused".*"why":"no-touch"/g,
  )
  expect(refused).toHaveLength(1)

  const exitOf = async () => (await world.signoff(['verify', folder])).exitCode
  expect(await exitOf()).toBe(0)
  writeFileSync(inWorkspace('config.yaml'), 'touch: verified\n')
  expect(await exitOf()).toBe(6)
})
