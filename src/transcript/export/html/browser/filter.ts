import { byId } from './elements.ts'

/** Which steps are in sight. The boxes by state work without this script; it adds the words, and puts away what holds no step. */
export interface StepFilter {
  readonly steps: readonly HTMLElement[]
  /** Shows only steps that hold this text, whatever its capitals; an empty text shows all. */
  byText(text: string): void
}

export function filterSteps(): StepFilter {
  const steps = [...document.querySelectorAll<HTMLElement>('article.step')]
  const texts = new Map<HTMLElement, string>()
  const boxes = [...document.querySelectorAll<HTMLInputElement>('input[data-state]')]
  const said = byId('filter-said', HTMLElement)

  const tidy = (): void => {
    const off = new Set(boxes.filter(box => !box.checked).map(box => box.dataset.state))
    const isInSight = (step: Element) =>
      step instanceof HTMLElement && !step.hidden && !off.has(step.dataset.state ?? '')
    for (const phase of document.querySelectorAll<HTMLElement>('section.phase')) {
      const here = [...phase.querySelectorAll('article.step')]
      phase.hidden = here.length > 0 && !here.some(isInSight)
      for (const heading of phase.querySelectorAll<HTMLElement>('h4')) heading.hidden = !leadsToOne(heading, isInSight)
    }
    const inSight = steps.filter(isInSight).length
    said.textContent = inSight === steps.length ? '' : `${inSight} of ${steps.length} steps`
  }
  for (const box of boxes) box.addEventListener('change', tidy)

  return {
    steps,
    byText(text) {
      const wanted = text.toLowerCase()
      for (const step of steps) {
        const known = texts.get(step) ?? step.textContent.toLowerCase()
        texts.set(step, known)
        step.hidden = wanted !== '' && !known.includes(wanted)
      }
      tidy()
    },
  }
}

/** A heading stands over the steps up to the next heading. */
function leadsToOne(heading: Element, isInSight: (step: Element) => boolean): boolean {
  for (let next = heading.nextElementSibling; next !== null; next = next.nextElementSibling) {
    if (next.matches('h4')) return next.previousElementSibling === heading && leadsToOne(next, isInSight)
    if (isInSight(next)) return true
  }
  return false
}
