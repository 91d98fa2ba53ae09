import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { checkAnswer, startChromium } from '../helpers/chromium.ts'
import type { World } from '../helpers/world/index.ts'

/** Exports the run of a release as a page and looks at it in Chromium: each step is in sight, and the seal is found good. */
export async function expectGoodPage(world: World, release: string): Promise<void> {
  const { folder, ofKind } = world.transcript(release)
  const exported = await world.signoff(['export', folder, '--format', 'html'])
  expect(exported.exitCode, exported.stderr).toBe(0)
  const browser = await startChromium()
  try {
    const { page, requests, complaints } = await browser.open(exported.stdout)
    expect(await checkAnswer(page)).toMatch(/^checked: key SHA256:/)
    const signers = join(world.repository.clone, '.signoff', 'allowed_signers')
    await page.locator('#signers-file').setInputFiles({
      name: 'allowed_signers',
      mimeType: 'text/plain',
      buffer: readFileSync(signers),
    })
    await page.locator('#check[data-verdict="trusted"]').waitFor()
    const seen = (await page.locator('main').innerText()).replace(/\s+/g, ' ')
    const [plan] = ofKind('run.plan')
    const steps = plan?.steps as { title: string; position: string }[]
    expect(steps.length).toBeGreaterThan(100)
    for (const { title, position } of steps) {
      const shown = title.split('`').length % 2 === 1 ? title.replaceAll('`', '') : title
      expect(seen.includes(`${position} ${shown}`.replace(/\s+/g, ' ')), `${position} ${title}`).toBe(true)
    }
    expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0)
    expect([requests, complaints]).toEqual([[], []])
  } finally {
    await browser.close()
  }
}
