import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

const CHROMIUM = '/usr/bin/chromium'
export const hasChromium = existsSync(CHROMIUM)
/** For titles of tests: why they do not run. */
export const whySkipped = hasChromium ? '' : `, skipped: ${CHROMIUM} is not there`

/** A page as a reader opens it, with everything that it did beside being read. */
export interface OpenedPage {
  readonly page: Page
  /** Addresses that were asked for, but for the page itself. */
  readonly requests: readonly string[]
  /** Errors and warnings of the console, breaches of the policy among them. */
  readonly complaints: readonly string[]
}

export interface Browser {
  /**
   * Opens a page from a file, as one that was saved.
   * @param before runs in it before anything of its own, such as to take away what another browser lacks.
   */
  open(text: string, how?: 'with script' | 'without script', before?: string): Promise<OpenedPage>
  close(): Promise<void>
}

/** A Chromium with nothing in it, in a folder of its own. */
export async function startChromium(): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'signoff-chromium-'))
  const contexts = new Map<string, Promise<BrowserContext>>()
  const contextFor = (how: 'with script' | 'without script'): Promise<BrowserContext> => {
    const known = contexts.get(how)
    if (known !== undefined) return known
    const launched = chromium.launchPersistentContext(join(folder, how.replace(' ', '-')), {
      executablePath: CHROMIUM,
      headless: true,
      javaScriptEnabled: how === 'with script',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
    contexts.set(how, launched)
    return launched
  }
  return {
    async open(text, how = 'with script', before = '') {
      const file = join(mkdtempSync(join(folder, 'page-')), 'page.html')
      writeFileSync(file, text)
      const page = await (await contextFor(how)).newPage()
      const requests: string[] = []
      const complaints: string[] = []
      page.on('request', request => {
        if (request.url() !== `file://${file}`) requests.push(request.url())
      })
      page.on('console', message => {
        if (message.type() !== 'log') complaints.push(message.text())
      })
      page.on('pageerror', error => complaints.push(String(error)))
      if (before !== '') await page.addInitScript(before)
      await page.goto(`file://${file}`)
      return { page, complaints, requests }
    },
    async close() {
      for (const context of contexts.values()) await (await context).close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** What an exported page says of its evidence, once it has looked at it. */
export async function checkAnswer(page: Page): Promise<string> {
  const answer = page.locator('#check-answer')
  await answer.filter({ hasNotText: /script of this page|^checking/ }).waitFor()
  return (await answer.textContent()) ?? ''
}
