import { parseOwners } from '../owners.ts'

const GO = String.raw`\bgo\s*(?:\/|or|-)?\s*no[- ]?go\b`
const DECISION = String.raw`${GO}(?:\s+(?:decision|call|gate|meeting))?`
const CONSENT = String.raw`(?:(?:the|an|a|any|explicit|written|prior|final)\s+)*(?:authori[sz]ation|approval|permission|consent|sign-?off)\s+(?:of|from|by)`

const SPEAKS_OF_GO = new RegExp(GO, 'i')
const SPEAKS_OF_CONSENT = /authori|approval|permission|consent|sign-?off/i

/** `GO / NO-GO: Release Manager`, `Go/no-go decision by the CTO`. */
const DECIDED_BY = new RegExp(
  String.raw`(?:^\W*${DECISION}\W*?\s*[:\u2013\u2014]|${DECISION}\s+(?:by|of|from))\s+(.+)`,
  'i',
)
/** `The Release Manager and the DBA give the GO / NO-GO`. */
const GIVES = new RegExp(
  String.raw`^(.+?)\s+(?:(?:must|shall|both|jointly|then|together)\s+)*(?:gives?|makes?|takes?|decides?|confirms?|calls?|says?)\s+(?:(?:on|the|a|their|final)\s+)*${GO}`,
  'i',
)
const MUST_HAVE = new RegExp(
  String.raw`(?:\b(?:do not|don['\u2019]t|never|must not|cannot)\b[^.;]*?\bwithout\s+${CONSENT}|^\W*(?:obtain|get|request|wait for|await|requires?|needs?)\s+${CONSENT})\s+(.+)`,
  'i',
)
const IS_REQUIRED = new RegExp(
  String.raw`^\W*${CONSENT}\s+(.+?)\s+(?:(?:is|are)\s+)?(?:required|needed|necessary|mandatory)\b`,
  'i',
)
const DECIDE = /^(.+?)\s+(?:(?:must|shall|both|jointly|together)\s+)*(?:decides?|approves?|agrees?|signs? off)\b/i
/** Where the names end and the sentence goes on. */
const BEHIND_NAMES =
  /\s*(?:[.;:!?](?=\s|$)|\(|,?\s(?:before|until|unless|when|if|whether|after|once|for|in|on|at|via|through|to|that|who|must|is|are|gives?|decides?|approves?|makes?|has|have)(?![\w-])).*$/is

/** True for a text that speaks of a GO / NO-GO. */
export function namesGo(text: string): boolean {
  return SPEAKS_OF_GO.test(text)
}

/** Who gives the GO, where a sentence of the text says it; null where none does, or nobody is named in it. */
export function decidersIn(text: string): readonly string[] | null {
  return namesGo(text) ? firstNamed(text, [DECIDED_BY, GIVES]) : null
}

/** Who decides, below a heading that says GO / NO-GO itself: `The Release Manager and the DBA decide.` */
export function decidersBelow(text: string): readonly string[] | null {
  return firstNamed(text, [DECIDE])
}

/** Whose approval a text insists on; null where it does not, or counts it: "from two reviewers". */
export function approversIn(text: string): readonly string[] | null {
  return SPEAKS_OF_CONSENT.test(text) ? firstNamed(text, [MUST_HAVE, IS_REQUIRED]) : null
}

/** The people that a list names: `Release Manager and the DBA decide`; null where one of them is no role and no address. */
export function namedIn(list: string): readonly string[] | null {
  const names = parseOwners(list.replace(BEHIND_NAMES, '')).map(name => name.replace(/^(?:the|both|our|your)\s+/i, ''))
  return names.length > 0 && names.every(isPerson) ? names : null
}

function firstNamed(text: string, patterns: readonly RegExp[]): readonly string[] | null {
  for (const sentence of text.split(/(?<=[.!?])\s+/))
    for (const pattern of patterns) {
      // The patterns try each place of a sentence anew: no sentence that names people is longer.
      const list = pattern.exec(sentence.replace(/\s+/g, ' ').slice(0, 500))?.[1]
      const names = list === undefined ? null : namedIn(list)
      if (names !== null) return names
    }
  return null
}

const NOBODY =
  /^(?:we|you|i|they|it|this|that|these|all|any|every|everyone|everybody|anyone|someone|somebody|another|other|an?|one|two|three|at|no|nobody|if|when)\b|\d/i
const ROLE =
  /\b(?:manager|lead|leader|leads|owner|owners|engineer|engineering|dba|director|commander|officer|team|captain|cto|ciso|vp|sre|qa|architect|on-?call|board|chair|head|coordinator|operator|admin|administrator|security|legal|product)\b/i

/** A role or an address: a few words that name somebody, and no pronoun or number. */
function isPerson(name: string): boolean {
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(name)) return true
  return !NOBODY.test(name) && name.split(' ').length <= 5 && (/^[A-Z]/.test(name) || ROLE.test(name))
}
