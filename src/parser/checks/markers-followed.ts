import type { Root } from 'mdast'
import { visit } from 'unist-util-visit'
import { type Diagnostic, diagnostic, type Runbook, type Section } from '../../model/index.ts'
import { directive, readDirectives } from '../directives.ts'
import { strongest } from '../shell/index.ts'
import { stepsIn } from './steps-in.ts'

/** Rule R3: markers that would loosen, and targets that are not there. What they ask for was not done. */
export function markersFollowed(runbook: Runbook, root: Root): Diagnostic[] {
  const found: Diagnostic[] = []
  const steps = runbook.phases.flatMap(stepsIn)
  const sections = runbook.phases.flatMap(sectionsIn)
  visit(root, 'html', (node, index, parent) => {
    const words = readDirectives(node.value)
    if (words.length === 0) return
    const next = parent?.children.slice((index ?? 0) + 1).find(one => one.type !== 'html')
    const place = node.position?.start
    if (next?.position === undefined || place === undefined) return
    const { start, end } = next.position
    const marked = steps.filter(step => step.script !== null && step.line >= start.line && step.line <= end.line)
    const risk = directive(words, 'risk')
    const lowered = marked.find(step => step.risk !== risk && strongest([step.risk, riskNamed(risk)]) === step.risk)
    if (risk !== null && /^(?:view|safe|change)$/.test(risk) && lowered !== undefined) {
      const message = `"risk=${risk}" would lower the risk of "${lowered.title}", which stays ${lowered.risk}`
      found.push(diagnostic('SO032', place, message, 'take it out: markers only raise a risk'))
    }
    const environment = directive(words, 'environment')
    const live = marked.find(step => step.environment === 'production')
    if (environment !== null && !/^(?:production|prod|live)$/i.test(environment) && live !== undefined) {
      const message = `"environment=${environment}" would take "${live.title}" out of production, where it stays`
      found.push(diagnostic('SO032', place, message, 'take it out'))
    }
    const target = directive(words, 'for')
    const known = [...sections, ...steps].some(
      one => one.position === target || one.id === target || one.title === target,
    )
    if (target !== null && !known)
      found.push(
        diagnostic('SO032', place, `"for=${target}" names no section and no step`, 'name a position, such as "3.3"'),
      )
  })
  return found
}

function riskNamed(text: string | null): 'view' | 'safe' | 'change' | 'danger' {
  return text === 'safe' || text === 'change' || text === 'danger' ? text : 'view'
}

function sectionsIn(section: Section): Section[] {
  return [section, ...section.sections.flatMap(sectionsIn)]
}
