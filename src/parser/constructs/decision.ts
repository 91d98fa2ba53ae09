import { type At, type Draft, draft, type Reading, type Rule, reading } from '../draft.ts'
import { evidenceIn, textEvidence } from '../evidence.ts'
import { parseOwners } from '../owners.ts'
import { plainTitle } from '../text/words.ts'
import { approversIn, decidersBelow, decidersIn, namedIn, namesGo } from './deciders.ts'
import { textOf, writtenText } from './text.ts'

const DECISION = /^(?:(?:release |deployment |final )?decision|go\s*\/?\s*no-?go(?: (?:decision|call|gate))?)$/i
const WHOLE = /^(?:(?:release |deployment |final )?decision\s*:\s*)?go\s*\/?\s*no-?go(?: (?:decision|call|gate))?$/i
const MAKER = /^(?:decision[- ]makers?|final (?:say|decision) by)$/i
const SIGN_OFF = /^(?:sign-?offs?(?: by)?|signed off by)$/i
const APPROVAL = /^(?:approvals?|approval required|required approvals?)$/i
const DOCUMENTED = /^(?:documented in|documentation|recorded in|record in)$/i
const APPROVERS = /^(?:approvers?|approved by|decision[- ]makers?)$/i
const OWNERS = /^(?:owners?|responsible)$/i
const AUTHORIZED =
  /\bonly (?:with|after|by) (?:the )?(?:[\w-]+ ){0,2}?(?:authori[sz]ation|approval|permission) (?:\(([^()]+)\)|(?:of|from|by) (?:the )?(.+?)[.!*]*$)/i

/** Who must authorize, by a sentence such as "only with authorization of A or B"; null where it says no such thing. */
export function authorizersIn(text: string): string | null {
  const found = AUTHORIZED.exec(text)
  return found?.[1] ?? found?.[2] ?? null
}

/** True for "Execute only with the incident commander assigned": a person confirms it before anything is done. */
export function saysOnlyWith(text: string): boolean {
  return /\b(?:execute|run|perform|proceed|start) only (?:with|when|if|after|once)\b/i.test(text)
}

/** True for the heading of a section in which a GO is decided. */
export function isGoHeading(title: string): boolean {
  return WHOLE.test(title)
}

/** True for labels that name a decision, who takes it, or where it is written down. */
export function isDecisionLabel(name: string): boolean {
  return [DECISION, WHOLE, MAKER, SIGN_OFF, APPROVAL, DOCUMENTED].some(pattern => pattern.test(name))
}

/** Rules R16 and R18: what named people decide is a gate; what counts something outside is a confirmation. */
export const decision: Rule = {
  rule: 'R18',
  name: 'decision',
  read(at) {
    const { block } = at
    const authorized = block.kind === 'paragraph' || block.kind === 'label' ? authorization(at) : null
    if (authorized !== null) return authorized
    if (block.kind === 'paragraph') return decidedInProse(at, block.text)
    if (block.kind !== 'label') return null
    if (DECISION.test(block.name) && /\bgo\b/i.test(block.rest))
      return gate(at, plainTitle(block.rest), decidersIn(block.rest))
    if (DECISION.test(block.name) && namesGo(block.name) && block.rest !== '')
      return gate(at, block.name, namedIn(block.rest), [block.rest])
    // A bold line of its own; over a list it is the heading of that list.
    if (WHOLE.test(block.name) && block.rest === '' && at.blocks[at.index + 1]?.kind !== 'list')
      return gate(at, block.name, null)
    if (MAKER.test(block.name)) return gate(at, block.name, parseOwners(block.rest))
    if (SIGN_OFF.test(block.name)) return gate(at, block.name, parseOwners(block.rest))
    if (APPROVAL.test(block.name) && block.rest !== '') return approval(at, block.rest)
    return null
  },
}

function decidedInProse(at: At, text: string): Reading | null {
  const names = decidersIn(text) ?? (isGoHeading(at.section.title) ? decidersBelow(text) : null)
  return names === null ? null : gate(at, 'GO / NO-GO', names, [text])
}

function gate(at: At, title: string, names: readonly string[] | null, detail: readonly string[] = []): Reading {
  let approvers = names
  let owners: readonly string[] | null = null
  let documented: string | null = null
  let hint = ''
  let used = 1
  let last = at.block
  for (let next = at.blocks[at.index + used]; next?.kind === 'label'; next = at.blocks[at.index + used]) {
    if (APPROVERS.test(next.name)) approvers = parseOwners(next.rest)
    else if (OWNERS.test(next.name)) owners = parseOwners(next.rest)
    else if (DOCUMENTED.test(next.name)) {
      documented = next.name
      hint = next.rest
    } else break
    last = next
    used++
  }
  // An owner written beside the decision decides it, as the owner of its section would.
  const deciding = approvers ?? owners ?? []
  return reading(
    [
      draft({
        kind: 'gate',
        title,
        rule: 'R18',
        line: at.block.line,
        endLine: last.endLine,
        original: writtenText(at.page.source, { start: at.block.start, end: last.end }),
        approvers: deciding.length === 0 ? null : deciding,
        evidence: documented === null ? null : textEvidence(documented),
        detail: documented === null || hint === '' ? detail : [...detail, `${documented}: ${hint}`],
      }),
    ],
    { used },
  )
}

function approval(at: At, rest: string): Reading {
  const names = parseOwners(rest)
  const counted = evidenceIn(rest)
  if (counted === null && names.length > 0 && names.every(name => name.split(' ').length <= 4))
    return gate(at, 'Approval', names)
  return reading([
    draft({
      kind: 'confirmation',
      title: plainTitle(rest),
      rule: 'R18',
      line: at.block.line,
      endLine: at.block.endLine,
      original: writtenText(at.page.source, at.block),
      evidence: counted,
    }),
  ])
}

function onlyWith(at: At, text: string): Reading {
  const sentence = text.split(/(?<=[.!])\s+/).find(saysOnlyWith) ?? text
  const { line, endLine } = at.block
  const original = writtenText(at.page.source, at.block)
  return reading([
    draft({ kind: 'confirmation', title: plainTitle(sentence), rule: 'R16', line, endLine, original, detail: [text] }),
  ])
}

function authorization(at: At): Reading | null {
  const text = textOf([at.block]).join(' ')
  const said = authorizersIn(text)
  const approvers = said === null ? approversIn(text) : parseOwners(said.replace(/\s+or\s+/gi, ' or '))
  if (approvers === null) return saysOnlyWith(text) ? onlyWith(at, text) : null
  const step: Draft = draft({
    kind: 'gate',
    title: 'Authorization',
    rule: 'R16',
    line: at.block.line,
    endLine: at.block.endLine,
    original: writtenText(at.page.source, at.block),
    approvers,
    detail: [text],
  })
  return reading([step])
}
