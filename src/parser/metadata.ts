import type { Duration } from '../model/index.ts'
import type { Block } from './blocks.ts'
import { conditionInBrackets } from './conditions.ts'
import { isCriteriaLabel } from './constructs/criteria.ts'
import { authorizersIn, isDecisionLabel, saysOnlyWith } from './constructs/decision.ts'
import { isTemplateLabel } from './constructs/template.ts'
import { parseOwners } from './owners.ts'
import { namesRole } from './role.ts'
import { optionMarkOf } from './shell/index.ts'
import { parseDuration } from './text/duration.ts'

/** What the `**Key**: value` lines right under a heading say (rule R19). Unknown keys are kept. */
export interface Metadata {
  readonly entries: readonly { readonly key: string; readonly value: string }[]
  /** Those that no other field holds: `When`, `Change ticket`, a note. */
  readonly others: readonly { readonly key: string; readonly value: string }[]
  readonly owners: readonly string[]
  readonly approvers: readonly string[]
  readonly duration: Duration | null
  /** A condition in the brackets of the duration. */
  readonly durationWhen: string | null
  /** How many blocks these lines are. */
  readonly used: number
}

const OWNER = /^(?:owners?|responsible|assignee|performed by|who)$/i
const DURATION = /^(?:(?:planned |estimated |expected )?(?:duration|time)|time estimate|eta|estimated effort)$/i
const APPROVERS = /^(?:approvers?|approved by|to be approved by)$/i

export function readMetadata(blocks: readonly Block[]): Metadata {
  const entries: { key: string; value: string }[] = []
  let used = 0
  for (const block of blocks) {
    if (block.kind !== 'label' || !isMetadata(block.name, block.rest)) break
    entries.push({ key: block.name, value: block.rest })
    used++
  }
  const next = blocks[used]
  if (used === 0 && next?.kind === 'list' && next.items.length > 0) {
    const pairs = next.items.map(item => ({
      key: item.boldTitle ?? '',
      value: item.title.slice((item.boldTitle ?? '').length).replace(/^\s*:\s*/, ''),
    }))
    const plain = next.items.every(item => item.checked === null && item.blocks.length === 0)
    if (plain && pairs.every(one => isMetadata(one.key, one.value)) && pairs.some(one => isKnown(one.key))) {
      entries.push(...pairs)
      used++
    }
  }
  const saidFor = (key: RegExp) => entries.find(entry => key.test(entry.key))?.value ?? null
  const duration = saidFor(DURATION)
  return {
    entries,
    others: entries.filter(entry => !isKnown(entry.key)),
    owners: parseOwners(saidFor(OWNER) ?? ''),
    approvers: parseOwners(saidFor(APPROVERS) ?? ''),
    duration: duration === null ? null : parseDuration(duration),
    durationWhen: duration === null ? null : conditionInBrackets(duration),
    used,
  }
}

function isKnown(key: string): boolean {
  return OWNER.test(key) || DURATION.test(key) || APPROVERS.test(key)
}

/** A label that another rule reads, or that leads to something, is no metadata. */
function isMetadata(key: string, value: string): boolean {
  if (key === '' || value === '' || value.endsWith(':') || authorizersIn(value) !== null || saysOnlyWith(value))
    return false
  if (isKnown(key)) return true
  return !(
    isCriteriaLabel(key) ||
    isDecisionLabel(key) ||
    isTemplateLabel(key) ||
    namesRole(key) ||
    optionMarkOf(key) !== null ||
    /^(?:step|phase|task|part)\s+\S{1,3}$/i.test(key) ||
    /^(?:run|execute|wait|verify|check|confirm|ensure|stop|do not)\b/i.test(key)
  )
}
