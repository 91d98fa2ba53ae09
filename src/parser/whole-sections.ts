import type { PlacedSection } from './place-steps.ts'
import { optionMarkOf } from './shell/index.ts'
import { isImperative } from './text/words.ts'

/**
 * Rule R4: whether the sections of a page are each whole in themselves, so that one of them is walked and never all: alerts,
 * symptoms, questions, scenarios, one for each secret, platform or condition. Their numbers only count them then.
 */
export function areWhole(title: string, sections: readonly PlacedSection[]): boolean {
  if (sections.length < 2) return false
  const titles = sections.map(section => section.title)
  if (NAMES_MANY.test(title)) return true
  const counts = [WHOLE, SYMPTOM].map(pattern => titles.filter(one => pattern.test(one)).length)
  if (counts.some(count => count >= 2 && count * 2 >= titles.length)) return true
  return areConditions(sections) || areOfPlatforms(titles) || (/\brotat/i.test(title) && areSecrets(titles))
}

/** A page about several of a kind. */
const NAMES_MANY = /\b(?:alerts|incidents|scenarios|symptoms|questions|problems|faults|outages)$/i
const WHOLE =
  /^(?:alert|scenario|problem|issue|error|case|fault|incident|runbook|playbook)\s*(?:#?\d|[:–—-])|^(?:symptoms?|faq|how (?:do|to)|what if)\b|\?$/i
const SYMPTOM =
  /\b(?:(?:is|are|was|has been) (?:not \w+|down|full|slow|high|low|lost|stuck|unhealthy|unavailable|unreachable|failing|missing|broken|compromised)|(?:down|unavailable|unreachable|failing|not responding|out of memory|crash(?:es|ing)))$/i

/** "If one node is lost", "If all are lost". */
function areConditions(sections: readonly PlacedSection[]): boolean {
  const conditions = sections.map(section => section.draft.condition)
  return (
    conditions.every(when => when !== null && /^(?:if|when|in case)\b/i.test(when)) &&
    new Set(conditions).size === conditions.length
  )
}

/** "Install on Linux", "Install on macOS": the same work, in another place. */
function areOfPlatforms(titles: readonly string[]): boolean {
  const stems = titles.flatMap(title => {
    const [, stem, platform = ''] = /^(.+?\b(?:on|to|for|in|with|using|via))\s+(?:the\s+)?(\S.*)$/i.exec(title) ?? []
    return stem !== undefined && optionMarkOf(platform)?.kind === 'platform' ? [stem.toLowerCase()] : []
  })
  return stems.some((stem, index) => stems.indexOf(stem) !== index)
}

/** Names of secrets; "Create a new key" and "Delete the old key" are stages of rotating one. */
function areSecrets(titles: readonly string[]): boolean {
  return titles.every(
    title =>
      /\b(?:keys?|passwords?|secrets?|tokens?|certificates?|credentials?|certs?)\b/i.test(title) &&
      (/^rotat/i.test(title) || !(isImperative(title) || STAGE.test(title))),
  )
}

const STAGE = /^(?:new|old|add|revoke|replace|distribute|deploy|roll|set|store|activate|deactivate|retire|back ?up)\b/i
