import { byId } from './elements.ts'
import type { StepFilter } from './filter.ts'

/** More hits than a person walks through are counted, not marked. */
const MOST_HITS = 2000
const PAUSE_MS = 150

/** Search over all steps, folded output too: narrows the page to those that hold the text, marks it, and walks from hit to hit. */
export function searchPage(filter: StepFilter): void {
  const field = byId('search', HTMLInputElement)
  const said = byId('search-said', HTMLElement)
  byId('search-box', HTMLElement).hidden = false
  let hits: Range[] = []
  let at = -1
  let pause: ReturnType<typeof setTimeout> | undefined

  const find = (): void => {
    const wanted = field.value.trim()
    filter.byText(wanted)
    hits =
      wanted === ''
        ? []
        : hitsIn(
            filter.steps.filter(step => !step.hidden),
            wanted.toLowerCase(),
          )
    at = -1
    mark('search', hits)
    mark('search-here', [])
    said.textContent = wanted === '' ? '' : hits.length === 0 ? 'nothing found' : `${countOf(hits)}; Enter: next`
  }
  const go = (by: 1 | -1): void => {
    if (hits.length === 0) return
    at = (at + by + hits.length) % hits.length
    const hit = hits[at]
    if (hit === undefined) return
    reveal(hit)
    mark('search-here', [hit])
    said.textContent = `${at + 1} of ${countOf(hits)}`
  }
  field.addEventListener('input', () => {
    clearTimeout(pause)
    pause = setTimeout(find, PAUSE_MS)
  })
  field.addEventListener('keydown', event => {
    if (event.key === 'Escape') {
      field.value = ''
      find()
    } else if (event.key === 'Enter') {
      event.preventDefault()
      go(event.shiftKey ? -1 : 1)
    }
  })
  document.addEventListener('keydown', event => {
    const isTyping = event.target instanceof HTMLInputElement && event.target.type !== 'checkbox'
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    field.focus()
  })
}

function countOf(hits: readonly Range[]): string {
  return hits.length >= MOST_HITS
    ? `more than ${MOST_HITS} places`
    : `${hits.length} ${hits.length === 1 ? 'place' : 'places'}`
}

function hitsIn(steps: readonly HTMLElement[], wanted: string): Range[] {
  const found: Range[] = []
  for (const step of steps) {
    const walker = document.createTreeWalker(step, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = (node.nodeValue ?? '').toLowerCase()
      for (let from = text.indexOf(wanted); from !== -1; from = text.indexOf(wanted, from + wanted.length)) {
        if (found.length >= MOST_HITS || from + wanted.length > (node.nodeValue ?? '').length) return found
        const range = new Range()
        range.setStart(node, from)
        range.setEnd(node, from + wanted.length)
        found.push(range)
      }
    }
  }
  return found
}

/** Unfolds what the hit lies in and brings it into sight. */
function reveal(hit: Range): void {
  const parent = hit.startContainer.parentElement
  for (let details = parent?.closest('details') ?? null; details !== null; ) {
    details.open = true
    details = details.parentElement?.closest('details') ?? null
  }
  parent?.scrollIntoView({ block: 'center' })
}

/** Marks ranges without touching the document; a browser that cannot, still narrows and scrolls. */
function mark(name: string, ranges: readonly Range[]): void {
  if (typeof Highlight === 'undefined') return
  CSS.highlights.set(name, new Highlight(...ranges))
}
