import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../src/model/index.ts'
import { visible } from '../../../src/transcript/encoding/visible.ts'
import {
  type Browser,
  checkAnswer,
  hasChromium,
  type OpenedPage,
  startChromium,
  whySkipped,
} from '../../helpers/chromium.ts'
import { AFTERNOON_SIGNERS } from '../helpers/afternoon-run.ts'
import { afternoonPage, pageOf, withData } from '../helpers/html-page.ts'
import * as run from '../helpers/run.ts'

describe.skipIf(!hasChromium)(`an exported page in Chromium${whySkipped}`, { timeout: 60_000 }, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startChromium()
  }, 60_000)
  afterAll(() => browser?.close())

  const open = (text: string, how?: 'with script' | 'without script') => browser.open(text, how)
  const answerOf = (page: Page) => page.locator('#check-answer')
  const overflow = (page: Page) =>
    page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')

  it('checks a good one: the key, and never trust; it asks for nothing and breaks no rule', async () => {
    const { page, requests, complaints } = await open((await afternoonPage()).page)
    expect(await checkAnswer(page)).toBe(`checked: key ${run.stranger.keyid}`)
    expect(await page.locator('#check').innerText()).not.toMatch(/\btrusted\b/)
    await page.getByText('What was looked at').click()
    expect(await page.locator('#check-list li').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^✔ Journal checked: sha256, size, head and Merkle root/)]),
    )
    expect([requests, complaints]).toEqual([[], []])
    await page.close()
  })

  it('says what is broken: a byte of the journal, a byte of the seal, another key', async () => {
    const { page: text, journal, bundle } = await afternoonPage()
    const flipped = (bytes: Buffer, at: number) => {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      return changed
    }
    const cases: [string, RegExp][] = [
      [withData(text, 'data-journal', flipped(journal, 3000)), /^broken: (Chain|Journal|Runbook)/],
      [withData(text, 'data-journal', journal.subarray(0, journal.length - 1)), /^broken: /],
      [withData(text, 'data-bundle', flipped(Buffer.from(bundle), 600)), /^broken: (Journal|Seal)/],
      [withData(text, 'data-bundle', await sealedByOther()), /^broken: (Journal|Seal)/],
    ]
    for (const [changed, answer] of cases) {
      const { page } = await open(changed)
      expect(await checkAnswer(page)).toMatch(answer)
      expect(await page.locator('#check').getAttribute('data-verdict')).toBe('broken')
      expect(await page.locator('#check-more').getAttribute('open')).not.toBeNull()
      await page.close()
    }
  })

  it('trusts by the signers file that the reader picks, and only by that', async () => {
    const { page } = await open((await afternoonPage()).page)
    await checkAnswer(page)
    const pick = (text: string) =>
      page
        .locator('#signers-file')
        .setInputFiles({ name: 'allowed_signers', mimeType: 'text/plain', buffer: Buffer.from(text) })
    await pick(AFTERNOON_SIGNERS)
    await page.locator('#check[data-verdict="trusted"]').waitFor()
    expect(await answerOf(page).textContent()).toBe(
      `checked: key ${run.stranger.keyid}, trusted by the file you picked`,
    )
    expect(await page.locator('#signers-said').textContent()).toMatch(/^allowed_signers, sha256 [0-9a-f]{64}$/)
    await pick(run.SIGNERS)
    await page.locator('#check[data-verdict="not-trusted"]').waitFor()
    expect(await answerOf(page).textContent()).toContain(
      'NOT trusted by the file you picked: Seal: no line has the key',
    )
    await page.close()
  })

  it('gives back the two files, byte for byte', async () => {
    const { page: text, journal, bundle } = await afternoonPage()
    const { page } = await open(text)
    await checkAnswer(page)
    await page.getByText('What was looked at').click()
    for (const [name, bytes] of [
      ['journal.jsonl', journal],
      ['transcript.intoto.jsonl', Buffer.from(bundle)],
    ] as const) {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByText(`Save ${name}`).click()])
      expect(download.suggestedFilename()).toBe(name)
      expect(readFileSync(await download.path()).equals(bytes)).toBe(true)
    }
    await page.close()
  })

  it('without script is complete, and says that nothing was checked', async () => {
    const { page: text } = await afternoonPage()
    const [bare, full] = [await open(text, 'without script'), await open(text)]
    expect(await answerOf(bare.page).textContent()).toMatch(/^not checked: the script of this page does not run here/)
    const read = ({ page }: OpenedPage) => page.locator('main').textContent()
    const without = (told: string | null) => (told ?? '').replace(/Evidence[\s\S]*?A page cannot/, 'A page cannot')
    await checkAnswer(full.page)
    expect(without(await read(bare))).toBe(without(await read(full)))
    for (const title of await bare.page.locator('h5 .title').all()) expect(await title.isVisible()).toBe(true)
    expect(await bare.page.locator('h5 .title').count()).toBe(12)
    await bare.page.getByText('199 earlier lines').click()
    await bare.page.getByText('payments_42', { exact: true }).waitFor()
    // Filters are boxes that the style sheet reads; what needs the script is not offered.
    await bare.page.locator('#f-passed').uncheck()
    expect(await bare.page.getByText('Tell support', { exact: true }).first().isVisible()).toBe(false)
    expect(await bare.page.locator('#search').isVisible()).toBe(false)
    expect(await bare.page.locator('#signers').isVisible()).toBe(false)
    await bare.page.close()
    await full.page.close()
  })

  it('finds text in folded output, walks to it by the keyboard, and filters by state', async () => {
    const { page } = await open((await afternoonPage()).page)
    await page.keyboard.press('/')
    await page.keyboard.type('payments_42')
    await page.getByText('1 place; Enter: next').waitFor()
    expect(await page.locator('article.step:visible').count()).toBe(1)
    expect(await page.locator('#p-2').isVisible()).toBe(false)
    await page.keyboard.press('Enter')
    await page.getByText('1 of 1 place').waitFor()
    expect(await page.getByText('payments_42', { exact: true }).isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    await page.locator('#p-2').waitFor()
    await page.locator('#f-passed').focus()
    await page.keyboard.press('Space')
    await page.getByText('3 of 12 steps').waitFor()
    const inSight = `[...document.querySelectorAll('article.step')].filter(step => step.checkVisibility()).map(step => step.id)`
    expect(await page.evaluate(inSight)).toEqual(['s-2.2b.1', 's-2.5', 's-3.1'])
    expect(await page.locator('#p-1').isVisible()).toBe(false)
    await page.close()
  })

  it('fits a phone and paper, and shows each step there', async () => {
    const { page } = await open((await afternoonPage()).page)
    const titles = await page.locator('h5 .title').allTextContents()
    expect(titles).toContain('Back up payments')
    for (const width of [320, 390, 768, 1280]) {
      await page.setViewportSize({ width, height: 844 })
      expect(await overflow(page), `${width} pixels`).toBe(0)
      const seen = await page.locator('main').innerText()
      for (const title of titles) expect(seen, `${width} pixels`).toContain(title)
    }
    await page.emulateMedia({ media: 'print' })
    expect(await overflow(page)).toBe(0)
    const printed = await page.locator('main').innerText()
    for (const title of titles) expect(printed).toContain(title)
    expect(await page.locator('.tools').isVisible()).toBe(false)
    const [ink, paper] = (await page.evaluate(
      `(style => [style.color, style.backgroundColor])(getComputedStyle(document.querySelector('.out pre')))`,
    )) as string[]
    expect([ink, paper]).toEqual(['rgb(0, 0, 0)', 'rgba(0, 0, 0, 0)'])
    const pdf = await page.pdf({ format: 'A4' })
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
    await page.close()
  })

  it('is dark where the reader wants it', async () => {
    const { page } = await open((await afternoonPage()).page)
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    await page.emulateMedia({ colorScheme: 'light' })
    expect(await ground()).toBe('rgb(255, 255, 255)')
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await ground()).toBe('rgb(16, 20, 25)')
    await page.close()
  })

  it('is still the record when the record is hostile: text, no request, no element, no breach', async () => {
    const hostile = [
      '</script><script>document.title="pwned"</script>',
      '<!-- <script>',
      ']]>',
      '&#27;[31m &lt;b&gt; &amp;amp;',
      '\u001b]8;;https://evil.example/x\u001b\\click\u001b]8;;\u001b\\',
      '\u202egnp.exe\u2066 \u200f',
      '"><img src=https://evil.example/i onerror=alert(1)>',
      "' onmouseover='alert(1)",
      '<style>@import "https://evil.example/s.css"</style>',
      '</pre></details></section><base href="https://evil.example/">',
      '<svg onload=alert(1)><a xlink:href="https://evil.example/">x</a></svg>',
      '<link rel=prefetch href=https://evil.example/p> <meta http-equiv=refresh content="0;url=https://evil.example/">',
      '`<b>code</b>` ${7*7} {{7*7}}',
      '\n\nleading lines\ttab\u0000nul\u0085nel\u2028separator',
    ]
    const { text, steps } = await hostilePage(hostile)
    const { page, requests, complaints } = await open(text)
    await checkAnswer(page)
    expect(await page.title()).not.toBe('pwned')
    expect(await page.locator('script').count()).toBe(3)
    expect(await page.locator('img, base, iframe, object, form, link, svg a, style:not(head > style)').count()).toBe(0)
    expect(await page.locator('a[href]:not([href^="#"])').count()).toBe(0)
    const attributes = await page.evaluate(
      `[...document.querySelectorAll('*')].flatMap(node => [...node.attributes].map(({ name }) => name)).filter(name => name === 'style' || name.startsWith('on'))`,
    )
    expect(attributes).toEqual([])
    const shown = await page.locator('.quote').allTextContents()
    const outputs = await page.locator('.out pre').allTextContents()
    for (const one of hostile) {
      const wanted = visible(one, 'lines')
      expect(shown).toContain(wanted)
      expect(outputs).toContain(wanted)
    }
    expect(await page.locator('h5 .title').count()).toBe(steps)
    // A pointer over everything that could answer to one.
    for (const quote of (await page.locator('.quote').all()).slice(0, 20)) await quote.hover()
    expect([requests, complaints]).toEqual([[], []])
    await page.close()
  })

  it('shows each of 5,000 random strings as what it is', async () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '&',
      '"',
      "'",
      '`',
      '/',
      '!--',
      'script',
      'style',
      ']]>',
      '&#27;',
      '\u001b[',
      '31m',
      '\u001b]8;;',
      '\u0007',
      '\u202e',
      '\r',
      '\n',
      '\t',
      '\u0000',
      '\u009b',
      'é',
      '🚀',
      '\\',
      '=',
      ' ',
      'a',
      '${',
      '}',
    )
    const strings = fc.sample(
      fc.array(piece, { minLength: 1, maxLength: 14 }).map(pieces => pieces.join('')),
      { numRuns: 5000, seed: 20_261_125 },
    )
    const { text } = await hostilePage(strings)
    const { page, requests, complaints } = await open(text)
    await checkAnswer(page)
    const shown = await page.locator('#steps li > .quote').allTextContents()
    expect(shown).toHaveLength(strings.length)
    expect(shown).toEqual(strings.map(one => visible(one, 'lines')))
    expect(await page.locator('script').count()).toBe(3)
    expect([requests, complaints]).toEqual([[], []])
    await page.close()
  })

  async function sealedByOther(): Promise<Buffer> {
    const { bundle } = await afternoonPage()
    const [seal = '', ...rest] = bundle.split('\n')
    const envelope = JSON.parse(seal)
    const payload = Buffer.from(envelope.payload, 'base64').toString().replaceAll(run.stranger.keyid, run.lead.keyid)
    return Buffer.from(
      [JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString('base64') }), ...rest].join('\n'),
    )
  }
})

/** A sealed run with each of these strings as a note, and as many as there is room for in every other place. */
async function hostilePage(strings: readonly string[]): Promise<{ text: string; steps: number }> {
  const writer = run.createWriter()
  const few = strings.slice(0, 20)
  const steps = few.map((text, at) =>
    run.planned(`step-${at}`, 'task', { title: text, position: at % 2 === 0 ? text : String(at) }),
  )
  const [first = ''] = strings
  const by = run.operator.principal
  writer.add(
    run.runStart({
      release: first,
      env: strings[6] ?? first,
      host: { name: first, user: strings[1] ?? '', os: strings[6] ?? '' },
      git: null,
    }),
    { kind: 'run.plan', phases: [{ id: 'one', position: first, title: first, role: 'main' }], steps },
    { kind: 'param', name: first, value: strings[6] ?? first, masked: false, how: 'flag', by, source: null },
  )
  for (const [at, text] of few.entries()) writer.add(...outputOf(`step-${at}`, text))
  writer.add(...strings.map((text): RunEvent => ({ kind: 'note', step: 'step-0', text, by })))
  writer.add({ kind: 'note', step: null, text: first, by }, { kind: 'run.abort', reason: first, by })
  writer.add(run.runEnd(writer, 'aborted'))
  const { page } = await pageOf(writer.bytes(), await run.sealed(writer))
  return { text: page, steps: steps.length }
}

function outputOf(step: string, text: string): RunEvent[] {
  return run
    .script(step, [], `${text}\n`)
    .map(event => (event.kind === 'step.start' ? { ...event, script: text, cwd: text } : event))
}
