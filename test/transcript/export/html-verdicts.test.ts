import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EVENT_FIELDS, SALTED } from '../../../src/model/index.ts'
import { checkPage, HARMLESS, UNSALTED } from '../../../src/transcript/export/html/check/check-page.ts'
import { HARMLESS as HARMLESS_TO_VERIFY } from '../../../src/transcript/verify/verify-withheld.ts'
import { type Browser, checkAnswer, hasChromium, startChromium, whySkipped } from '../../helpers/chromium.ts'
import { createAuthenticator } from '../helpers/authenticator.ts'
import { pageOf, withData } from '../helpers/html-page.ts'
import * as run from '../helpers/run.ts'
import { TAMPERED, type Tampered } from '../helpers/tampered-runs.ts'

const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64')
const pageCheck = ({ journal, bundle }: Tampered, signers: string | null) =>
  checkPage({ journal: base64(journal), bundle: bundle === null ? null : base64(bundle) }, signers)

describe('what a page says of its evidence is never better than what verify says', () => {
  it.each(Object.entries(TAMPERED))('of %s', async (_, make) => {
    const tampered = await make()
    const { journal, bundle, signersText = run.SIGNERS } = tampered
    const { exitCode, findings } = await run.verify(journal, bundle, { signersText })
    const [picked, alone] = [await pageCheck(tampered, signersText), await pageCheck(tampered, null)]
    const seen = { exitCode, findings, picked, alone }
    if (exitCode === 0) expect(seen).toMatchObject({ picked: { verdict: 'trusted' }, alone: { verdict: 'checked' } })
    else {
      expect(['broken', 'not-checked', 'not-trusted'], JSON.stringify(seen)).toContain(picked.verdict)
      // Without a file nobody is distrusted either: what is left is that somebody signed.
      const most = picked.verdict === 'not-trusted' ? ['checked'] : ['broken', 'not-checked']
      expect(most, JSON.stringify(seen)).toContain(alone.verdict)
    }
  })

  it('by kinds of lines that are those of verify', () => {
    const kinds = Object.keys(EVENT_FIELDS)
    expect([...UNSALTED].sort()).toEqual(kinds.filter(kind => !(SALTED as ReadonlySet<string>).has(kind)).sort())
    for (const kind of HARMLESS) expect(kinds).toContain(kind)
    expect([...HARMLESS].sort()).toEqual([...HARMLESS_TO_VERIFY].sort())
  })
})

describe.skipIf(!hasChromium)(`in Chromium${whySkipped}`, { timeout: 120_000 }, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startChromium()
  }, 60_000)
  afterAll(() => browser?.close())

  it('a page says the same of each of them as the check says elsewhere', async () => {
    const good = (await TAMPERED['nothing at all']?.()) as Tampered
    const { page: text } = await pageOf(good.journal, good.bundle)
    for (const [what, make] of Object.entries(TAMPERED)) {
      const tampered = await make()
      if (tampered.bundle === null || what === 'nothing at all') continue
      let changed = text
      if (!tampered.journal.equals(good.journal)) changed = withData(changed, 'data-journal', tampered.journal)
      if (tampered.bundle !== good.bundle) changed = withData(changed, 'data-bundle', Buffer.from(tampered.bundle))
      const { page } = await browser.open(changed)
      expect(await checkAnswer(page), what).toBe((await pageCheck(tampered, null)).answer)
      await page.close()
    }
  })

  it.each(['ed25519', 'ecdsa'] as const)(
    'a seal by a FIDO key, %s, is checked, and a byte of it that is changed is found',
    async kind => {
      const signer = createAuthenticator(kind).signer('op@example.com', 1)
      const start = run.runStart({ operator: { principal: signer.principal, keyid: signer.keyid } })
      const whole = await run.wholeRun(start)
      const bundle = await run.sealed(whole, signer)
      const { publicKey } = signer
      const line = `op@example.com ${publicKey.type} ${publicKey.blob.toString('base64')}\n`
      const { page: text } = await pageOf(whole.bytes(), bundle, { signersText: `${line}${run.SIGNERS}` })
      const { page } = await browser.open(text)
      expect(await checkAnswer(page)).toBe(`checked: key ${signer.keyid}`)
      await page
        .locator('#signers-file')
        .setInputFiles({ name: 's', mimeType: 'text/plain', buffer: Buffer.from(`${line}${run.SIGNERS}`) })
      await page.locator('#check[data-verdict="trusted"]').waitFor()
      await page.close()
      // The flags are signed too: a touch that was not cannot be made of one that was.
      const untouched = createAuthenticator(kind)
      const lying = {
        ...untouched.signer('op@example.com', 0),
        sign: async (namespace: string, bytes: Uint8Array) => untouched.sign(namespace, bytes, 0, 1),
      }
      const other = await run.wholeRun(run.runStart({ operator: { principal: lying.principal, keyid: lying.keyid } }))
      const sealed = await run.sealed(other, lying)
      const changed = withData(withData(text, 'data-journal', other.bytes()), 'data-bundle', Buffer.from(sealed))
      const { page: second } = await browser.open(changed)
      expect(await checkAnswer(second)).toBe('broken: Seal: the signature does not match')
      await second.close()
    },
  )

  const LACKING = {
    'at the import of a key': `
      const { importKey } = crypto.subtle
      crypto.subtle.importKey = function (format, data, algorithm, ...rest) {
        const name = typeof algorithm === 'string' ? algorithm : algorithm.name
        if (name === 'Ed25519') return Promise.reject(new DOMException('Algorithm: Unrecognized name', 'NotSupportedError'))
        return importKey.call(this, format, data, algorithm, ...rest)
      }`,
    'at the check of a signature': `
      const { verify } = crypto.subtle
      crypto.subtle.verify = function (algorithm, ...rest) {
        const name = typeof algorithm === 'string' ? algorithm : algorithm.name
        if (name === 'Ed25519') return Promise.reject(new DOMException('Algorithm: Unrecognized name', 'NotSupportedError'))
        return verify.call(this, algorithm, ...rest)
      }`,
  }
  it.each(Object.entries(LACKING))(
    'a browser without Ed25519, which says so %s, has checked nothing, and has broken nothing',
    async (_, script) => {
      const good = (await TAMPERED['nothing at all']?.()) as Tampered
      const { page: text } = await pageOf(good.journal, good.bundle)
      const { page } = await browser.open(text, 'with script', script)
      expect(await checkAnswer(page)).toMatch(/^not checked: Seal: /)
      await page
        .locator('#signers-file')
        .setInputFiles({ name: 's', mimeType: 'text/plain', buffer: Buffer.from(run.SIGNERS) })
      await page.getByText(/^s, sha256/).waitFor()
      expect(await page.locator('#check').getAttribute('data-verdict')).toBe('not-checked')
      await page.close()
      // What needs no key is still found.
      const bytes = Buffer.from(good.journal.toString().replace('"text":"one', '"text":"two'))
      const { page: second } = await browser.open(withData(text, 'data-journal', bytes), 'with script', script)
      expect(await checkAnswer(second)).toMatch(/^broken: Chain/)
      await second.close()
    },
  )
})
