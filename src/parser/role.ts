import type { Role } from '../model/index.ts'

const RECOVERY =
  /\b(?:roll(?:ing)?[ -]?backs?|(?:roll|walk|tak|put|switch)(?:ing|e)? (?:it|them|this|(?:the|your|an?) \w+) back|revert(?:ing)?|undo(?:ing)?|back(?:ing)?[ -]?out)\b|откат|回滚|回滾|ロールバック|reversión|revertir|retour arrière|zurückrollen/i
const TROUBLE =
  /\b(?:troubleshoot\w*|known (?:issues|problems)|common (?:failures|issues|problems|errors)|if (?:something|anything|things) goe?s? wrong|what can go wrong)\b/i
const CLEANUP =
  /\b(?:clean(?:ing)?[ -]?up|tear(?:ing)?[ -]?down|decommission\w*|(?:delet|remov)(?:e|ing) (?:an? |the |all )?(?:old|obsolete|previous|unused)\b)/i
const OPTIONAL = /^optional\b|\(optional\)/i
const REFERENCE =
  /\b(?:appendi(?:x|ces)|useful commands|commands? reference|quick reference|cheat ?sheets?|contacts?|see also|further (?:reading|info(?:rmation)?)|more info(?:rmation)?|glossary|anti-?patterns?|^(?:routine |regular )?maintenance(?: tasks)?$|(?:revision|version|change|document) history)\b|^(?:overview|introduction|about|purpose|scope|contributing\b.*|background|history|changelog|references?|related(?: \w+)?|links|contents|table of contents|toc|examples?|meaning|impact|meaning and impact|escalations?(?: (?:paths?|matrix|chain|levels?|policy))?|when (?:not )?to\b.*)$|\b(?:overview|examples?)$/i

/** Rule R5: what a heading or a label says about everything under it; null where it says nothing. */
export function roleOf(heading: string, page: { readonly title: string }): Role | null {
  if (RECOVERY.test(heading) && !RECOVERY.test(page.title)) return 'recovery'
  if (isTroubleshooting(heading, page)) return 'conditional'
  if (CLEANUP.test(heading) && !CLEANUP.test(page.title)) return 'cleanup'
  if (OPTIONAL.test(heading)) return 'optional'
  if (REFERENCE.test(heading) || namesTemplate(heading)) return 'reference'
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
  return TROUBLE.test(heading) && !TROUBLE.test(page.title)
}

/** True for words that name a way back: a label such as "Rollback Plan", or "If this fails". */
export function namesRecovery(text: string): boolean {
  return RECOVERY.test(text) || /^(?:if (?:this|it|the \w+) fails|on failure|in case of failure)$/i.test(text)
}
