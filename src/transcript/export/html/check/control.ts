import { field, readJson, text } from './envelope.ts'
import { broken, type Finding } from './finding.ts'
import type { JournalCheck } from './journal.ts'
import { operatorAfter } from './sealed-words.ts'
import { kindOf } from './statements.ts'

/**
 * What can be seen line by line of who controlled the run: gates that opened without their approvals, scripts that went before a gate said
 * go, and operators who came by nothing. What the steps and the policy of a reader come to is `verify`'s to say; where this cannot tell
 * either, it says that nobody has.
 */
export function checkControl({ lines, withheld }: JournalCheck): Finding[] {
  const findings: Finding[] = []
  const requests = new Map<string, number>()
  const approvals = new Map<number, unknown>()
  const open = new Set<string>()
  const asked = new Set<string>()
  let plan: readonly unknown[] = []
  let operator = ''
  for (const [seq, line] of lines.entries()) {
    const kind = kindOf(line)
    if (kind === null || kind === 'output' || kind === 'output.late') continue
    const event = readJson(line)
    const step = text(event, 'step')
    if (kind === 'run.plan') plan = listOf(field(event, 'steps'))
    if (kind === 'approval.request') requests.set(step, seq)
    // What was answered, or given up, decides nothing any more; of a copy the line that asks anew may be withheld.
    if (kind === 'gate.end' && requests.has(step) && !asked.has(step) && withheld.length === 0)
      findings.push(broken(`Gate on line ${seq + 1}`, 'nobody had asked anew'))
    if (kind === 'approval.request') asked.add(step)
    if (kind === 'gate.end' || kind === 'step.reopen') asked.delete(step)
    if (kind === 'approval') approvals.set(seq, event)
    if (kind === 'gate.end') {
      const why = gateRefusal(event, readJson(lines[requests.get(step) ?? -1] ?? ''), requests.get(step), approvals)
      if (why !== null) findings.push(broken(`Gate on line ${seq + 1}`, why))
      if (text(event, 'decision') === 'go') open.add(step)
    }
    if (kind === 'step.start') {
      const closed = gateBefore(plan, step, open)
      const detail = `it was passed before it said go, and whether it had to is "signoff verify"'s to say`
      if (closed !== null) findings.push({ verdict: 'not-checked', what: `Gate ${closed}`, detail })
    }
    const why = changeRefusal(kind, event, operator)
    if (why !== null) findings.push(broken(`Operator on line ${seq + 1}`, why))
    operator = operatorAfter(kind, event)?.principal ?? operator
  }
  findings.push(...leftOpen(readJson(lines.at(-1) ?? '')))
  const end = lines.findIndex(line => kindOf(line) === 'run.end')
  if (end >= 0 && end !== lines.length - 1) findings.push(broken('Journal', 'lines follow behind the end of the run'))
  return findings
}

/** A run that passed may leave steps open which nothing required: which those are, `verify` knows from the plan. */
function leftOpen(end: unknown): Finding[] {
  if (field(end, 'result') !== 'passed') return []
  const left = ['failed', 'unknown', 'open'].filter(name => field(end, 'steps', name) !== 0)
  if (left.length === 0) return []
  const counts = left.map(name => `${field(end, 'steps', name)} ${name}`).join(', ')
  return [
    {
      verdict: 'not-checked',
      what: 'Steps',
      detail: `it passed with ${counts}: whether it may, "signoff verify" says`,
    },
  ]
}

/** Why a gate may not have ended so: too few, twice the same person, or against a no-go; null where it may, or a line is withheld. */
function gateRefusal(
  event: unknown,
  request: unknown,
  requestSeq: number | undefined,
  approvals: ReadonlyMap<number, unknown>,
): string | null {
  const voided = listOf(field(event, 'voided'))
  const counted = listOf(field(event, 'approvals'))
    .filter(seq => !voided.includes(seq))
    .map(seq => approvals.get(Number(seq)))
  if (requestSeq === undefined || counted.includes(undefined)) return null
  if (counted.some(one => field(one, 'request') !== requestSeq)) return 'it counts approvals of another request'
  const decided = (decision: string) => counted.filter(one => text(one, 'decision') === decision)
  if (text(event, 'decision') === 'no-go') return decided('no-go').length > 0 ? null : 'nobody said no-go'
  const allOfRequest = [...approvals].filter(([, one]) => field(one, 'request') === requestSeq)
  if (allOfRequest.some(([, one]) => text(one, 'decision') === 'no-go')) return 'it went on against a no-go'
  const ofRequest = allOfRequest.filter(([seq]) => !voided.includes(seq))
  const go = decided('go')
  for (const name of ['principal', 'keyid'])
    if (new Set(ofRequest.map(([, one]) => text(one, name))).size < ofRequest.length)
      return `two of its approvals have one ${name}`
  const now = listOf(field(event, 'criteria'))
  const isTurned = (one: unknown, at: number) =>
    field(one, 'ok') === true && !(text(now[at], 'name') === text(one, 'name') && field(now[at], 'ok') === true)
  if (listOf(field(request, 'criteria')).some(isTurned)) return 'it went on although a criterion was no longer met'
  const need = listOf(field(request, 'need')).length
  return go.length >= Math.max(1, need) ? null : `it has ${go.length} approvals, and needs ${need}`
}

/** The position of a required gate of the same flow that stands before a step and has not said go; null without one. */
function gateBefore(plan: readonly unknown[], step: string, open: ReadonlySet<string>): string | null {
  const at = plan.findIndex(one => text(one, 'id') === step)
  const flow = field(plan[at], 'flow')
  const closed = plan
    .slice(0, Math.max(0, at))
    .find(
      one =>
        text(one, 'kind') === 'gate' &&
        field(one, 'required') === true &&
        field(one, 'flow') === flow &&
        !open.has(text(one, 'id')),
    )
  return closed === undefined ? null : text(closed, 'position')
}

function changeRefusal(kind: string, event: unknown, operator: string): string | null {
  if (operator === '' || typeof event !== 'object' || event === null) return null
  if (kind === 'run.resume' && text(event, 'operator', 'principal') !== operator)
    return `${text(event, 'operator', 'principal')} goes on in the place of ${operator}, without a hand-over or a reason`
  if (kind !== 'writer.changed') return null
  if (text(event, 'reason').trim() === '') return 'the run was taken over without a reason'
  const { from: was } = event as { readonly from?: unknown }
  return text(was, 'principal') === operator ? null : `it is taken from somebody who did not operate it`
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
