import type { Role } from '../model/index.ts'
import type { ApartRole } from './draft.ts'
import { saysInOtherLanguage } from './text/other-languages.ts'

const RECOVERY =
  /\b(?:roll(?:ing)?[ -]?backs?|(?:roll|walk|tak|put|switch)(?:ing|e)? (?:it|them|this|(?:the|your|an?) \w+) back|revert(?:ing)?|undo(?:ing)?|back(?:ing)?[ -]?out)\b/i
/** "If this fails": what to do then leads back, on a page about rolling back too. */
const FAILS =
  /^(?:if (?:this|it|that|the [\w -]{1,40}?|any(?:thing| of (?:this|these|the [\w -]{1,30}))?) fails|(?:on|in case of|upon) (?:a )?failure)$/i
const GO_BACK = String.raw`(?:roll(?:ing)?[ -]?backs?|roll \w+ back|revert(?:ing)?|undo(?:ing)?|back(?:ing)?[ -]?out)\b`
const LEADS_BACK = new RegExp(
  [
    String.raw`^(?:to|in order to|for|when|if (?:you |we )?(?:need|want|have|necessary|needed|required)\b(?: to)?)[,\s]+(?:you (?:can|may) |quickly |safely |the )?${GO_BACK}`,
    String.raw`^(?:if|when|in case|should|on|upon)\b.*[,:;\u2013\u2014-]\s*(?:then |please |you (?:can|may|should|must) |immediately |instead )*${GO_BACK}`,
    `^(?:then |or |please )?${GO_BACK}`,
  ].join('|'),
  'i',
)
const TROUBLE =
  /\b(?:troubleshoot\w*|known (?:issues|problems)|common (?:failures|issues|problems|errors)|if (?:something|anything|things) goe?s? wrong|what can go wrong|failure (?:paths?|modes?|scenarios?|handling))\b/i
const CLEANUP =
  /\b(?:clean(?:ing)?[ -]?up|tear(?:ing)?[ -]?down|decommission\w*|(?:delet|remov)(?:e|ing) (?:an? |the |all )?(?:old|obsolete|previous|unused)\b)/i
const LEADS_TO_CLEANUP = new RegExp(
  String.raw`^(?:(?:then|finally|lastly|now|afterwards|to|in order to|when (?:you are )?(?:done|finished))[,\s]+)*(?:${CLEANUP.source})`,
  'i',
)
const OPTIONAL = /^optional\b|\(optional\)/i
const REFERENCE =
  /\b(?:appendi(?:x|ces)|useful commands|commands? reference|quick reference|cheat ?sheets?|contacts?|see also|further (?:reading|info(?:rmation)?)|more info(?:rmation)?|glossary|anti-?patterns?|^(?:routine |regular )?maintenance(?: tasks)?$|(?:revision|version|change|document) history)\b|^(?:overview|introduction|about|purpose|scope|contributing\b.*|background|history|changelog|references?|related(?: \w+)?|links|contents|table of contents|toc|examples?|meaning|impact|meaning and impact|escalations?(?: (?:paths?|matrix|chain|levels?|policy))?|when (?:not )?to\b.*|why\b[^?]*)$|\b(?:overview|examples?)$/i

/** Rule R5: what a heading or a label says about everything under it; null where it says nothing. */
export function roleOf(heading: string, page: { readonly title: string }): Role | null {
  if (namesBack(heading) && !namesBack(page.title)) return 'recovery'
  if (isTroubleshooting(heading, page)) return 'conditional'
  if (namesCleanup(heading) && !namesCleanup(page.title)) return 'cleanup'
  if (OPTIONAL.test(heading)) return 'optional'
  if (REFERENCE.test(heading) || namesTemplate(heading) || isOtherReference(heading)) return 'reference'
  return null
}

/** A text to be filled in: "Release template"; not "In the view template", which says where to work. */
export function namesTemplate(heading: string): boolean {
  return (
    /\btemplate$/i.test(heading) &&
    !/\b(?:to|the|an?|of|from|with|using|by|your|this) (?:\w+ )?template$/i.test(heading) &&
    !/^(?:in|on|using|use|from|with|via|apply|update|edit|add|fill|copy|render|change|modify)\b/i.test(heading)
  )
}

/** Offered when a step fails, and in no flow. */
export function isTroubleshooting(heading: string, page: { readonly title: string }): boolean {
  return namesTrouble(heading) && !namesTrouble(page.title)
}

/** Rules R5 and R6 for a label: what stands under it is set apart from its section; null where it is part of the section. */
export function roleOfLabel(name: string, page: { readonly title: string }): ApartRole | null {
  if (FAILS.test(name) || saysInOtherLanguage('fails', name)) return 'recovery'
  const role = namesTemplate(name) ? null : roleOf(name, page)
  return role === 'optional' || role === 'main' ? null : role
}

/**
 * The same for the sentence that leads to a block. It must speak of doing it: "To roll back, run:", not "Prepare the
 * rollback script:". Of the other languages it is enough that they name it.
 */
export function roleOfLead(lead: string, page: { readonly title: string }): ApartRole | null {
  if (/^(?:if (?:this|it|that) fails|(?:on|in case of|upon) (?:a )?failure)\s*[:：,]/i.test(lead)) return 'recovery'
  if (
    !namesBack(page.title) &&
    (LEADS_BACK.test(lead) ||
      (/[:：]$/.test(lead) && (saysInOtherLanguage('back', lead) || saysInOtherLanguage('fails', lead))))
  )
    return 'recovery'
  if (LEADS_TO_CLEANUP.test(lead) && !CLEANUP.test(page.title)) return 'cleanup'
  // Of the rest only what is hardly more than a name: "Common issues:", "If something goes wrong:", "Useful commands:".
  const name = /^(.*?)\s*[:：]$/s.exec(lead)?.[1] ?? ''
  const words = name.split(/\s+/).length
  if (words <= 8 && isTroubleshooting(name, page) && !/^to\b/i.test(name)) return 'conditional'
  return words <= 5 && REFERENCE.test(name) && !/\bexamples?\b/i.test(name) ? 'reference' : null
}

/** The same for the title of an item over a block. A step that reverts one thing among others is a step like them. */
export function roleOfItem(title: string, page: { readonly title: string }): ApartRole | null {
  const whole = /^(?:(?:the )?roll ?backs?(?: \w+)?|rolling back|back ?out(?: plan)?|undo)\s*(?:\([^)]*\)\s*)?[:：]?$/i
  const role = roleOfLead(title, page)
  if (role !== 'recovery') return role === 'conditional' ? role : null
  return whole.test(title) || !/^(?:roll|revert|undo|back)/i.test(title) ? role : null
}

/** True for labels that name a way back or cleaning up: never a line of metadata. */
export function namesRole(text: string): boolean {
  return namesBack(text) || FAILS.test(text) || CLEANUP.test(text)
}

function namesBack(text: string): boolean {
  return RECOVERY.test(text) || saysInOtherLanguage('back', text)
}

function namesTrouble(text: string): boolean {
  return TROUBLE.test(text) || saysInOtherLanguage('trouble', text)
}

function namesCleanup(text: string): boolean {
  return CLEANUP.test(text) || saysInOtherLanguage('cleanup', text)
}

function isOtherReference(heading: string): boolean {
  return saysInOtherLanguage('reference', heading) || saysInOtherLanguage('example', heading)
}
