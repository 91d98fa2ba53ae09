import type { Plan } from '../model/index.ts'
import { isCriteriaLabel } from './constructs/criteria.ts'
import { environmentIn } from './environment.ts'
import type { PlacedSection } from './place-steps.ts'
import { placedStepsOf } from './place-steps.ts'
import { areWhole } from './whole-sections.ts'

/**
 * Rule R4: *linear* is walked from top to bottom; a *catalog* holds procedures of which a person chooses one;
 * a *reference* holds nothing to walk. Every doubt is a catalog.
 */
export function modeOf(page: {
  readonly title: string
  readonly phases: readonly PlacedSection[]
  /** True if a script reads what the script of an earlier section sets. */
  readonly sharesState: boolean
  readonly allTicked: boolean
  /** True if phases exclude each other: Option A and Option B, one platform and another. */
  readonly alternatives: boolean
  /** True if the page begins by naming several ways: "You can roll back by:". */
  readonly severalWays: boolean
}): Plan['runbook']['mode'] {
  const walked = page.phases.filter(phase => isWalked(phase))
  if (walked.length === 0 || isRecord(page)) return 'reference'
  if (page.alternatives || page.severalWays || areWhole(page.title, walked)) return 'catalog'
  if (page.sharesState) return 'linear'
  if (walked.length === 1) return isOneProcedure(page, walked[0]) ? 'linear' : 'catalog'
  if (SEVERAL.test(page.title) || isFollowedByAnother(page.phases)) return 'catalog'
  if (
    isNumbered(walked) ||
    walked.some(isProcedure) ||
    walked.some(one => isCriteriaLabel(one.title)) ||
    isAlertPage(page.phases)
  )
    return 'linear'
  if (INDEPENDENT.test(page.title) || walked.filter(one => INDEPENDENT.test(one.title)).length >= 2) return 'catalog'
  if (/\bcheck-?lists?\b/i.test(page.title)) return 'linear'
  if (isSameWork(walked)) return 'catalog'
  if (walked.some(one => one.draft.duration !== null || one.draft.owners.length > 0)) return 'linear'
  return walked.filter(isStage).length >= walked.length * 0.75 ? 'linear' : 'catalog'
}

/**
 * "Upgrade Postgres", "Upgrade Redis": one work for each of several things, unless those are the stages of a release; who sets
 * up a machine installs them all.
 */
function isSameWork(walked: readonly PlacedSection[]): boolean {
  const verbs = new Set(walked.map(one => one.title.split(/\s/, 1)[0]?.toLowerCase()))
  const isPlain = walked.every(one => one.draft.duration === null && one.draft.owners.length === 0)
  return (
    verbs.size === 1 &&
    !verbs.has('install') &&
    isPlain &&
    walked.every(one => /\s/.test(one.title) && environmentIn(one.title) === null)
  )
}

/** Of one section with steps: whether it is what the page is for, rather than a remark of a page about something else. */
function isOneProcedure(
  page: { readonly title: string; readonly phases: readonly PlacedSection[] },
  only: PlacedSection | undefined,
): boolean {
  if (only === undefined) return false
  const others = page.phases.filter(phase => phase !== only && phase.role !== 'recovery' && phase.role !== 'cleanup')
  if (others.length === 0) return !/^readme\b/i.test(page.title)
  if (isAlertPart(only) || isProcedure(only) || only.draft.number !== null) return true
  // Where it is the only one to walk, "How to create the branch" is not one of several.
  const isIndependent = INDEPENDENT.test(only.title) && !/^how to\b/i.test(only.title)
  if (isIndependent || TALKS_ABOUT.test(only.title)) return false
  // Of a choice only one option is done: however many it has, it is one step.
  const steps = placedStepsOf(only).filter(step => step.choice === null && !step.draft.inProse).length
  return PROCEDURAL.test(page.title) || PROCEDURAL.test(only.title) || isStage(only)
    ? steps >= 2 || others.length <= 2
    : steps >= 4 && others.length <= steps
}

/** Titles of pages that hold the procedures of a whole trade. */
const SEVERAL =
  /\b(?:operations|day-2|administration|maintenance tasks|playbooks|runbooks)\b(?: (?:guide|manual|handbook|runbook))?(?:\s*\([^)]*\))?$/i
const GOES_ON =
  /^(?:post|after|verif|validat|monitor|communicat|announc|close|closing|finish|final|notif|confirm|sign|document|hand|wrap|complet|success|exit)/i

/** What stands behind a rollback of the whole page, and does not go on with it, is another procedure. */
function isFollowedByAnother(phases: readonly PlacedSection[]): boolean {
  const back = phases.findIndex(phase => phase.role === 'recovery')
  if (back === -1 || phases.some(phase => phase.draft.number !== null)) return false
  return phases.slice(back + 1).some(phase => isWalked(phase) && !GOES_ON.test(phase.title))
}

/** Titles of pages that lead somebody through one piece of work. */
const PROCEDURAL =
  /\b(?:checklists?|release(?: process)?|releasing|deploy\w*|roll-?out|upgrad\w+|migrat\w+|restor\w+|backups?|rotat\w+|fail-?over|recover\w*|how to|procedure|steps|process|quick-?start|tutorial|walk-?through|set(?:ting)? up|install\w*|add(?:ing)?|chang(?:e|ing)|updat(?:e|ing)|creat(?:e|ing)|runbook|playbook|onboarding|rollback|verif\w+)\b/i
/** Headings under which a command or two are examples of a text. */
const TALKS_ABOUT =
  /^(?:duties|operations|features|usage|tips?\b|notes?|faqs?|debugging|meetings|configuration|policy|policies|guidelines|development|contributing)\b/i

function isAlertPart(phase: PlacedSection): boolean {
  return /^(?:diagnos\w+|investigation|mitigat\w+|resol\w+|remediation|runbook|response|triage)\b/i.test(phase.title)
}

/** Rule R4: a report of something done. */
export function isRecord(page: { readonly title: string; readonly allTicked: boolean }): boolean {
  return (
    /\b(?:report|summary|complete|completed|retrospective|post-?mortem of)\s*$|^(?:(?:executive )?summary|report|post-?mortem|retrospective)\s*[:–—-]/i.test(
      page.title,
    ) || page.allTicked
  )
}

function isWalked(phase: PlacedSection): boolean {
  if (phase.role === 'recovery' || phase.role === 'reference' || phase.role === 'cleanup') return false
  return !phase.draft.troubleshooting && placedStepsOf(phase).some(step => !step.draft.inProse)
}

function isNumbered(phases: readonly PlacedSection[]): boolean {
  const numbered = phases.filter(phase => phase.draft.number !== null)
  return numbered.length >= 2 && numbered.length * 2 >= phases.length
}

function isProcedure(phase: PlacedSection): boolean {
  return /^(?:(?:the )?(?:release |deployment |upgrade |main )?(?:procedure|process|steps|instructions|checklist|workflow|how to release))$/i.test(
    phase.title,
  )
}

function isAlertPage(phases: readonly PlacedSection[]): boolean {
  const has = (pattern: RegExp) => phases.some(phase => pattern.test(phase.title))
  return has(/^(?:diagnos\w+|investigation)/i) && has(/^(?:mitigat\w+|resol\w+|remediation|fix)/i)
}

/** Headings of procedures that are whole in themselves. */
const INDEPENDENT =
  /^(?:alerts?|symptoms?|scenarios?|questions?|faq|problem|issue|incident|how (?:do|to)|what if|runbooks?|playbooks?)\b|\?$|\b(?:catalog(?:ue)?|playbooks|runbooks|faq|common tasks)$/i

/** A heading that names a stage of one piece of work. */
function isStage(phase: PlacedSection): boolean {
  return /\b(?:pre-?requisites?|prepar\w+|pre-?\w+ checks?|before|plan\w*|build|test\w*|tag|releas\w+|publish\w*|deploy\w*|stag\w+|production|verif\w+|validat\w+|check\w*|announc\w+|monitor\w*|after|post-?\w+|final\w*|hand-?off|merge|branch|cut|bump|update|install\w*|configur\w+|set ?up|creat\w+|upload|promot\w+|upgrad\w*|migrat\w+|backup|communicat\w+|freeze|smoke|sign-?off|go|steps?)\b/i.test(
    phase.title,
  )
}
