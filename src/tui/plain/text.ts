import type { Need, Runbook, Step } from '../../model/index.ts'
import { countSteps } from '../../model/index.ts'
import type { Ask, Progress } from '../acts/act.ts'
import { standingOfGate, standingText } from '../scene/approvals.ts'
import { outlineOf } from '../scene/outline.ts'
import { deviationsPage, type Page } from '../scene/pages.ts'
import { silentMs } from '../scene/silence.ts'
import { seenOf } from '../scene/status.ts'
import { inProduction, metadataAround, positionOf, type Scene, shortRun } from '../scene/walk.ts'
import { cleanLines, cleanText } from '../text/clean.ts'
import { counted, numbersTo } from '../text/counting.ts'
import { evidenceText, expectLabel } from '../text/evidence-text.ts'
import { clockText, deadlineText, spokenDuration } from '../text/time-text.ts'
import { gateLines } from './gate-text.ts'
import { WORDS } from './words.ts'

/** What is needed now: the step, what belongs to it, and one question that ends with what an empty line does. */
export function questionLines(scene: Scene): string[] {
  const { need } = scene
  if (need.kind === 'finished') return []
  const step = scene.walk.steps.get(need.step)
  if (need.kind === 'running' || step === undefined) return []
  const detail = scene.walk.runbook.details.get(need.step)?.detail ?? []
  return [
    headLine(scene, step),
    ...metadataAround(scene.walk, need.step, 'beginning').map(line => `  ${cleanText(line)}`),
    ...detail.map(line => `  ${cleanText(line)}`),
    ...bodyLines(scene, step),
    ...(need.kind === 'decide' ? contactsAtFailure(scene) : []),
    `${cleanText(questionText(scene))} "help" lists the words.`,
  ]
}

/** The line that takes what is suggested: nobody means it as a value, and an empty line would be too easy. */
export const TAKES_SUGGESTION = '='

/** The question of an act, one line. */
export function askLine(ask: Ask): string {
  switch (ask.kind) {
    case 'yes':
      return ask.insists === true
        ? `Type "yes" to ${cleanText(ask.prompt)}. An empty line asks again. "cancel" leaves it.`
        : `Type "yes" to ${cleanText(ask.prompt)}. An empty line is no.`
    case 'phrase':
      return `Type "${cleanText(ask.phrase)}" to ${cleanText(ask.to)}. An empty line does not.`
    case 'text': {
      const hint = ask.hint === null ? '' : ` (${cleanText(ask.hint)})`
      const empty =
        ask.empty === null
          ? 'An empty line asks again.'
          : ask.empty === ''
            ? 'An empty line leaves it empty.'
            : `An empty line says: ${ask.empty}.`
      const suggestion =
        ask.suggestion === null
          ? ''
          : ` Suggested: ${cleanText(ask.suggestion)}. A line with only "${TAKES_SUGGESTION}" takes it.`
      return `${cleanText(ask.prompt)}?${hint}${suggestion}${ask.secret ? ' What you type is not shown.' : ''} ${empty} "cancel" leaves it.`
    }
    case 'observed':
      return `What was observed? The runbook asks for ${cleanText(evidenceText(ask.evidence))}. An empty line asks again. "cancel" leaves it.`
    case 'pick': {
      const options = ask.options.map((option, index) => `${index + 1} ${cleanText(option.label)}`).join('; ')
      const preset = ask.empty === null ? null : ask.options[ask.empty]
      const empty =
        preset === null || preset === undefined ? 'An empty line asks again.' : `An empty line: ${preset.label}.`
      const prompt = cleanText(ask.prompt)
      return `${sentence(prompt)} ${options}. Type ${numbersTo(ask.options.length)}. ${empty}`
    }
    default:
      ask satisfies never
      return ''
  }
}

/** What an act is about, before its first question: a script under review, the steps of a recovery. */
export function actLines(progress: Progress): string[] {
  const { title, body } = progress.act
  return [sentence(cleanText(title)), ...body.flatMap(text => cleanLines(text)).map(line => `  ${line}`)]
}

export function statusLine(scene: Scene, nowMs: number): string {
  const counts = countSteps(scene.state)
  const total = counts.passed + counts.failed + counts.skipped + counts.unknown + counts.open
  const now = nowText(scene, nowMs)
  return `Run ${shortRun(scene.state)}: ${counts.passed + counts.skipped} of ${total} done, ${counts.skipped} skipped, ${counts.failed} failed. ${now} ${clockText(nowMs)}`
}

/** Said once a minute while something runs or is waited for. */
export function stillLine(scene: Scene, nowMs: number): string | null {
  return scene.need.kind === 'running' || scene.need.kind === 'wait'
    ? `${nowText(scene, nowMs)} ${clockText(nowMs)}`
    : null
}

export function outlineLines(scene: Scene, nowMs: number): string[] {
  return outlineOf(scene.walk, scene.state.recovery?.steps ?? null).map(row =>
    row.kind === 'heading'
      ? cleanText(`${row.section.position} ${row.section.title}`)
      : cleanText(`  ${row.step.position} ${row.step.title}: ${seenOf(scene, row.step.id, nowMs).word}`),
  )
}

/** Whom to call and what the work depends on, as the runbook says it. */
export function contactLines({ contacts, path }: Pick<Runbook, 'contacts' | 'path'>): string[] {
  if (contacts.length === 0) return ['The runbook names no contacts, escalation or dependencies.']
  return contacts.flatMap(({ title, line, lines }) => [
    cleanText(`${title} (${path}:${line}):`),
    ...lines.map(text => `  ${cleanText(text)}`),
  ])
}

/** Most of these lines are one table; a longer list would push the failure itself off the screen. */
const CONTACT_LINES = 12

const HOW_IT_ENDED = {
  failed: 'It has failed',
  'timed-out': 'It has run out of time',
  cancelled: 'It was stopped',
  declined: 'It was declined',
} as const

function contactsAtFailure(scene: Scene): string[] {
  const { runbook } = scene.walk
  if (runbook.contacts.length === 0) return []
  const lines = contactLines(runbook)
  const more = lines.length - CONTACT_LINES
  return more <= 0
    ? lines
    : [...lines.slice(0, CONTACT_LINES), `  ${counted(more, 'more line')}: "contacts" shows all.`]
}

/** What a word of plain mode tells, which asks nothing. */
export function tellLines(
  what: 'status' | 'outline' | 'help' | 'contacts' | 'deviations',
  scene: Scene,
  nowMs: number,
): string[] {
  switch (what) {
    case 'status':
      return [statusLine(scene, nowMs)]
    case 'outline':
      return outlineLines(scene, nowMs)
    case 'help':
      return helpLines()
    case 'contacts':
      return contactLines(scene.walk.runbook)
    case 'deviations':
      return pageLines(deviationsPage(scene))
    default:
      what satisfies never
      return []
  }
}

/** What approvers of the gate that is open need. */
export function requestLines(scene: Scene, fileOf?: (step: string) => string): string[] {
  const { need } = scene
  if (need.kind !== 'gate') return ['No gate is open.']
  const at = positionOf(scene.walk, need.step)
  return [
    `Approvers run: signoff approve ${shortRun(scene.state)} ${at}.`,
    ...(fileOf === undefined ? [] : [`On another host they run it on this file: ${cleanText(fileOf(need.step))}.`]),
  ]
}

function pageLines({ title, lines }: Page): string[] {
  return [`${cleanText(title)}:`, ...lines.map(line => `  ${cleanText(line)}`)]
}

export function helpLines(): string[] {
  return WORDS.map(({ word, takes, does }) => `  ${`${word} ${takes}`.trim().padEnd(16)} ${does}`)
}

function nowText(scene: Scene, nowMs: number): string {
  const { need } = scene
  if (need.kind === 'finished') return `The run has ended, ${need.result}.`
  const position = positionOf(scene.walk, need.step)
  if (need.kind === 'running') {
    const silent = silentMs(need, nowMs)
    const quiet = silent === null ? '' : ` and has said nothing for ${spokenDuration(silent)}`
    return `Step ${position} has been running for ${spokenDuration(nowMs - need.sinceMs)}${quiet}.`
  }
  if (need.kind === 'wait')
    return `Step ${position} waits ${spokenDuration(Math.max(0, need.untilMs - nowMs))} more, until ${deadlineText(need.untilMs, nowMs)}.`
  const step = scene.walk.steps.get(need.step)
  if (need.kind === 'gate' && step !== undefined)
    return `Gate ${position}: ${cleanText(standingText(standingOfGate(scene, step)))}.`
  return `Step ${position} needs you.`
}

/** What an author or we have written, with one full stop at its end. */
function sentence(text: string): string {
  return /[.?!:…]$/.test(text) ? text : `${text}.`
}

function headLine(scene: Scene, step: Step): string {
  const flow = scene.walk.runbook.flows.recovery.find(
    f => step.recovery !== null && (f.for ?? 'document') === step.recovery,
  )
  const parts = [
    sentence(`Step ${step.position}, ${step.title}`),
    `${[capital(step.kind), ...(step.script === null ? [] : [riskText(scene, step)]), ...(inProduction(scene, step.id) ? ['PRODUCTION'] : [])].join(', ')}.`,
    ...(step.owners.length === 0 ? [] : [`Owner: ${step.owners.join(', ')}.`]),
    ...(step.script === null && flow === undefined
      ? []
      : [flow === undefined ? 'No way back.' : `Way back: ${flow.title}, ${counted(flow.steps.length, 'step')}.`]),
    `Line ${step.line}.`,
  ]
  return cleanText(parts.join(' '))
}

function riskText({ need, state }: Scene, step: Step): string {
  if (need.kind === 'run' && need.step === step.id && need.edited !== undefined) return `EDITED, ${need.edited.risk}`
  return state.steps.get(step.id)?.edited == null ? step.risk : `EDITED, ${step.risk}`
}

function bodyLines(scene: Scene, step: Step): string[] {
  const { need } = scene
  const script =
    need.kind === 'run'
      ? need.script
      : need.kind === 'decide' || need.kind === 'values' || need.kind === 'blocked'
        ? (scene.state.steps.get(step.id)?.edited?.script ?? step.script)
        : null
  const offer = 'offer' in need ? need.offer : null
  const manual = step.kind === 'manual' && step.original !== null && step.original.includes('\n') ? step.original : null
  return [
    ...(need.kind === 'changed' ? indented(need.diff) : []),
    ...indented(script),
    ...indented(manual),
    ...(step.expect === null ? [] : [`${expectLabel(step.expect)}:`, ...indented(step.expect.text)]),
    ...(offer === null ? [] : ['The step offers a command, "check" runs it:', ...indented(offer.script)]),
    ...(need.kind === 'choose' ? need.options.map((option, index) => `  ${index + 1} ${cleanText(option)}`) : []),
    ...(need.kind === 'form'
      ? need.fields.map(
          field => `  ${cleanText(field.label)}: ${field.value === null ? 'asked' : cleanText(field.value)}`,
        )
      : []),
    ...(need.kind === 'gate' || (need.kind === 'decide' && need.state === 'no-go') ? gateLines(scene, step) : []),
  ]
}

function questionText(scene: Scene): string {
  const { need, walk } = scene
  const isTask = need.kind !== 'finished' && walk.steps.get(need.step)?.kind === 'task'
  switch (need.kind) {
    case 'run':
      if (need.level === 'L1') return 'Type "run" to run it. An empty line runs it too.'
      if (need.level === 'L2') return 'Type "run" to be asked once more. An empty line does not run it.'
      return `Type "${need.phrase ?? ''}" to run it. An empty line does not run it.`
    case 'confirm':
      if (need.evidence !== null)
        return `Type "value" and what was observed (${evidenceText(need.evidence)}), or "cannot". An empty line does nothing.`
      return 'Type "tick" to confirm, or "cannot". An empty line does not confirm.'
    case 'manual':
      return 'Do this, then type "tick". An empty line does nothing.'
    case 'choose':
      return `Type "choose" and ${numbersTo(need.options.length)}. An empty line chooses nothing.`
    case 'condition':
      return `"${need.when}": does it hold, for ${counted(need.steps.length, 'step')}? Type "yes" or "no". An empty line answers nothing.`
    case 'values':
      return `It needs ${need.names.join(', ')}. Type "fill". An empty line gives nothing.`
    case 'form':
      return 'Type "fill" to fill in the form. An empty line does nothing.'
    case 'gate':
      return need.asksText === null
        ? 'The approvers sign; nothing typed here opens a gate. An empty line does nothing.'
        : `Type "fill" to give "${need.asksText}". An empty line does nothing.`
    case 'wait':
      return waitQuestion(need, scene.state.lastAtMs)
    case 'decide':
      if (need.state === 'unknown')
        return 'Its outcome is unknown. Type "byhand" to say what is true. An empty line does nothing.'
      if (need.state === 'no-go')
        return 'The decision is NO-GO. Type "retry" to ask again, "recover", "pause" or "end". An empty line does nothing.'
      return `${HOW_IT_ENDED[need.state]}. Type "retry",${isTask ? ' "edit",' : ''} "skip", "byhand"${need.recovery === null ? '' : ', "recover"'}, "pause" or "end". An empty line does nothing.`
    case 'held':
      return `It is blocked by ${need.by}: ${need.reason}. Nothing goes past it. Type "block" to lift that, or "pause". An empty line does nothing.`
    case 'blocked':
      return `It cannot run: ${need.why}. Type "edit", "byhand", "skip" or "pause". An empty line does nothing.`
    case 'changed':
      return `The file of the runbook ${need.now === null ? 'is gone' : 'has changed, as shown: - was, + is now'}. Type "keep" to go on with the text that the run began with, or "stop" to pause it. An empty line does nothing.`
    case 'running':
    case 'finished':
      return ''
    default:
      need satisfies never
      return ''
  }
}

/** @param nowMs a moment of the day on which this is said. */
function waitQuestion(need: Extract<Need, { kind: 'wait' }>, nowMs: number): string {
  const { probe = null } = need
  const ways = '"wait" ends or extends it, with a reason. An empty line does nothing.'
  if (probe === null) return `Waiting until ${deadlineText(need.untilMs, nowMs)}. ${ways}`
  const until =
    need.untilMs > 0 && probe.watches
      ? `Waiting until ${deadlineText(need.untilMs, nowMs)}, and until`
      : 'Waiting until'
  if (probe.notPolled !== null)
    return `${until} its check passes. It is not run by itself: ${probe.notPolled}. "check" runs it, ${ways}`
  const limit = probe.limitMs === null ? '' : ` It gives up at ${deadlineText(probe.limitMs, nowMs)}.`
  return `${until} its check passes, run every ${spokenDuration(probe.everyMs)}.${limit} ${ways}`
}

function indented(text: string | null): string[] {
  return text === null ? [] : cleanLines(text).map(line => `  ${line}`)
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
