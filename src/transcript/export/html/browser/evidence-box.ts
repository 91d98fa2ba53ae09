import { fromBase64, sha256Hex, utf8 } from '../check/bytes.ts'
import { checkPage, type Evidence, type PageCheck } from '../check/check-page.ts'
import type { Finding } from '../check/finding.ts'
import { byId, element } from './elements.ts'

/** Checks the evidence in the page once it is on the screen, and again whenever a reader picks a signers file. */
export function carryEvidence(): void {
  const evidence: Evidence = { journal: dataOf('data-journal'), bundle: dataOf('data-bundle') }
  // Then the page says why, and there is nothing to check.
  if (evidence.journal === null) return
  offerFiles(evidence)
  let latest = 0
  const check = async (signers: string | null): Promise<void> => {
    const turn = ++latest
    byId('check-answer', HTMLElement).textContent = 'checking ...'
    const result = await checkPage(evidence, signers).catch(failed)
    // A file that was picked while the last check ran is the one that counts.
    if (turn === latest) show(result)
  }
  const picker = byId('signers-file', HTMLInputElement)
  byId('signers', HTMLElement).hidden = false
  picker.addEventListener('change', async () => {
    const file = picker.files?.[0]
    const text = file === undefined ? null : await file.text()
    await check(text)
    const said = file === undefined || text === null ? '' : `${file.name}, sha256 ${await sha256Hex(utf8(text))}`
    byId('signers-said', HTMLElement).textContent = said
  })
  // The page is drawn before it is hashed.
  requestAnimationFrame(() => setTimeout(() => void check(null)))
}

function failed(error: unknown): PageCheck {
  return { verdict: 'not-checked', answer: `not checked: the check itself failed: ${String(error)}`, findings: [] }
}

function show({ verdict, answer, findings }: PageCheck): void {
  const box = byId('check', HTMLElement)
  box.dataset.verdict = verdict
  byId('check-answer', HTMLElement).textContent = answer
  byId('check-list', HTMLElement).replaceChildren(...findings.map(row))
  const more = byId('check-more', HTMLDetailsElement)
  more.hidden = findings.length === 0
  more.open ||= verdict === 'broken' || verdict === 'not-trusted'
}

const WORDS: Readonly<Record<Finding['verdict'], readonly [symbol: string, word: string]>> = {
  checked: ['✔', 'checked'],
  trusted: ['✔', 'trusted'],
  broken: ['✖', 'broken'],
  'not-checked': ['?', 'not checked'],
  'not-trusted': ['✖', 'not trusted'],
}

function row({ verdict, what, detail }: Finding): HTMLElement {
  const [symbol, word] = WORDS[verdict]
  const mark = element('span', 'mark', symbol)
  mark.setAttribute('aria-hidden', 'true')
  return element('li', `v-${verdict}`, mark, ' ', element('b', '', what), ` ${word}: ${detail}`)
}

function dataOf(id: string): string | null {
  return document.getElementById(id)?.textContent ?? null
}

/** The two files as they are, to be checked by other tools than this page. */
function offerFiles({ journal, bundle }: Evidence): void {
  const place = byId('save', HTMLElement)
  for (const [name, base64] of [
    ['journal.jsonl', journal],
    ['transcript.intoto.jsonl', bundle],
  ] as const) {
    const bytes = base64 === null ? null : fromBase64(base64)
    if (bytes === null) continue
    const button = element('button', '', `Save ${name}`)
    button.type = 'button'
    button.addEventListener('click', () => save(name, bytes))
    place.append(button, ' ')
  }
  place.hidden = place.childElementCount === 0
}

function save(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const link = element('a', '')
  link.href = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
