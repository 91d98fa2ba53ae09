import { type Diagnostic, diagnostic, type Risk } from '../../model/index.ts'
import type { FenceBlock } from '../blocks.ts'
import { readCondition } from '../conditions.ts'
import {
  type At,
  type Draft,
  type DraftNode,
  draft,
  type Fixed,
  mapDrafts,
  type OptionDraft,
  type Reading,
  reading,
  type ScriptText,
} from '../draft.ts'
import { markedEnvironment } from '../environment.ts'
import { directive } from '../markers/directives.ts'
import {
  commandShaped,
  interactionOf,
  type Piece,
  riskOf,
  sessionOpener,
  splitBlock,
  strongest,
  unfinishedIn,
} from '../shell/index.ts'
import { findSpan } from '../text/duration.ts'
import { plainTitle, titleAndDetail } from '../text/words.ts'
import { optionNodes } from './alternatives.ts'
import { isApart } from './apart-section.ts'
import { backInPart } from './back-in-part.ts'
import { fenceAttributes } from './fence-attributes.ts'
import { conditionOfLead, isAside, itemTitle, leadIn, leadTitle } from './lead.ts'
import { bySession, type Commands, readable } from './script-pieces.ts'
import { isElsewhere } from './session.ts'
import { placeInScript, placeOf, rowAt, startInScript, withStarts } from './text.ts'
import { textStep } from './text-step.ts'

/** Rules R7, R12 and R15 inside a block: its comment groups are steps, its alternatives a choice. */
export function stepsOfScript(at: At, block: FenceBlock, script: ScriptText, sample: string | null): Reading {
  const made = contextOf(at, block, withStarts(script))
  // What a sample of its output asks, the script will ask.
  const context =
    sample !== null && ASKS_IN_OUTPUT.test(sample)
      ? { ...made, interaction: made.interaction ?? ('terminal' as const) }
      : made
  const pieces = splitBlock(script.text).map(readable)
  const nodes = pieces.flatMap(piece => toNodes(context, piece, pieces.length === 1, null))
  const only = nodes.length === 1 ? nodes[0] : undefined
  const shown =
    only?.node === 'step' && sample !== null && only.expect === null
      ? [{ ...only, expect: { kind: 'similar' as const, text: sample } }]
      : nodes
  return reading(shown, { findings: context.findings })
}

interface Context {
  readonly at: At
  readonly block: FenceBlock
  readonly script: ScriptText
  readonly risk: Risk
  readonly fixed: Fixed
  readonly manual: boolean
  readonly aside: boolean
  readonly interaction: Draft['interaction'] | null
  readonly timeoutMs: number | null
  /** Grows while the pieces are read. */
  readonly findings: Diagnostic[]
  /** The condition of the text that leads to the block: it holds for all its steps (rule R8). */
  readonly when: string | null
  /** Set once a command has opened a shell elsewhere: what follows is for that place (rule R15). */
  elsewhere: ReturnType<typeof isElsewhere>
}

function contextOf(at: At, block: FenceBlock, script: ScriptText): Context {
  const settings = settingsOf(at, block)
  return { ...settings, at, block, script, risk: riskOf(script.text), elsewhere: isElsewhere(at, block), findings: [] }
}

/** What markers, attributes and the words before a block say of how it runs, whatever it is written in. */
export function settingsOf(
  at: At,
  block: FenceBlock,
): Pick<Context, 'when' | 'fixed' | 'aside' | 'manual' | 'interaction' | 'timeoutMs'> {
  const attributes = fenceAttributes(block.meta)
  const timeout = attributes.timeoutText ?? directive(block.directives, 'timeout')
  const risk = directive(block.directives, 'risk') ?? attributes.risk
  return {
    when: conditionOfLead(at),
    fixed: {
      id: attributes.id,
      risk: risk === 'view' || risk === 'safe' || risk === 'change' || risk === 'danger' ? risk : null,
      environment: markedEnvironment(directive(block.directives, 'environment'), attributes.environment),
      cwd: directive(block.directives, 'cwd') ?? attributes.cwd ?? at.section.task?.directory ?? null,
      approvers: [],
    },
    aside: attributes.paletteOnly,
    manual: attributes.manual || directive(block.directives, 'manual') !== null,
    interaction:
      attributes.terminal || directive(block.directives, 'terminal') !== null
        ? 'terminal'
        : attributes.endless || directive(block.directives, 'endless') !== null
          ? 'endless'
          : ASKS_A_PERSON.test(leadIn(at))
            ? 'terminal'
            : null,
    timeoutMs: timeout === null ? null : (findSpan(timeout)?.maxMs ?? null),
  }
}

function toNodes(context: Context, piece: Piece, alone: boolean, unfinished: string | null): DraftNode[] {
  switch (piece.kind) {
    case 'commands':
      return bySession(context.script.text, piece).map((part, index) =>
        command(context, part, alone && index === 0, unfinished),
      )
    case 'manual':
      return [byHand(context, piece)]
    case 'choice':
      return [choice(context, piece)]
    default:
      return piece satisfies never
  }
}

function command(context: Context, piece: Commands, alone: boolean, unfinished: string | null): Draft {
  const { at } = context
  const text = context.script.text.slice(piece.code.start, piece.code.end)
  const script: ScriptText = { text, places: placesFrom(context.script, piece.code.start, text) }
  const item = alone ? at.item : null
  const named = (item === null ? null : itemTitle(at)) ?? piece.title ?? titleOf(context, text, alone)
  const { when, title: whole } =
    isAside(named) || named === at.section.title ? { when: null, title: at.section.title } : readCondition(named)
  const { title, detail: more } = titleAndDetail(whole)
  const own = interactionOf(text)
  const interaction = own === 'remote' || own === 'endless' ? own : (context.interaction ?? own)
  const lines = linesOf(context, piece)
  const said = piece.title !== null && item !== null ? [piece.title, ...piece.detail] : piece.detail
  const made = draft({
    kind: 'task',
    title: plainTitle(title),
    rule: piece.title === null && alone ? 'R10' : 'R12',
    ...lines,
    printed: item === null ? numberOf(piece.number) : item.printed,
    script,
    language: context.block.language,
    original: context.block.text,
    interaction,
    when: when ?? context.when,
    detail: [...more, ...said],
    expect: piece.expects.length === 0 ? null : { kind: 'shown', text: piece.expects.join('\n') },
    timeoutMs: interaction === 'endless' ? null : context.timeoutMs,
    unfinished: unfinished ?? unfinishedIn(text),
    near: near(at),
    aside: context.aside,
    fixed: context.fixed,
  })
  if (unfinished === null && made.unfinished !== null)
    context.findings.push(
      diagnostic('SO022', placeInScript(script, 0), `not to be run as it is: ${made.unfinished}`, 'finish the command'),
    )
  if (sessionOpener(text) !== null && context.elsewhere !== 'session') {
    context.elsewhere = 'session'
    return manualTask(made, 'terminal')
  }
  if (context.elsewhere !== null) return remote(context, made)
  if (context.manual) return manualTask(made, made.interaction)
  if (interaction === 'endless')
    context.findings.push(
      diagnostic(
        'SO029',
        placeInScript(script, endlessOffset(text)),
        'this command does not end by itself: it is ended by hand',
        '',
      ),
    )
  return made
}

/** R15: for another machine. Never run here. */
function remote(context: Context, made: Draft): Draft {
  context.findings.push(
    diagnostic(
      'SO028',
      made.script === null ? placeOf(context.at, context.block) : placeInScript(made.script, 0),
      'these lines are for another machine: by hand',
      '',
    ),
  )
  return { ...manualTask(made, 'remote'), offer: null, rule: 'R15' }
}

/** A script that a person runs: shown as text, offered as it is where it may be. */
function manualTask(made: Draft, interaction: Draft['interaction']): Draft {
  const lines = made.script?.text.split('\n') ?? []
  return {
    ...made,
    kind: 'manual',
    rule: 'R15',
    script: null,
    offer: made.script,
    interaction,
    blockRisk: riskOf(made.script?.text ?? ''),
    detail: [...made.detail, ...lines],
  }
}

function byHand(context: Context, piece: Extract<Piece, { kind: 'manual' }>): Draft {
  const lines = linesOf(context, piece)
  const made = textStep({
    text: piece.title ?? leadTitle(context.at),
    rule: 'R12',
    ...lines,
    printed: numberOf(piece.number),
    detail: piece.detail,
    original: context.block.text,
    blockRisk: strongest([context.risk, ...[piece.title ?? '', ...piece.detail].filter(commandShaped).map(riskOf)]),
  })
  if (piece.unscripted)
    context.findings.push(
      diagnostic(
        'SO017',
        placeInScript(context.script, piece.start),
        `"${made.title}" is work that no command does: a person does it`,
        'add its command, or make it a step of its own',
      ),
    )
  const kind = piece.unscripted && made.kind !== 'wait' ? 'manual' : made.kind
  return { ...made, kind, when: made.when ?? context.when, near: near(context.at) }
}

function choice(context: Context, piece: Extract<Piece, { kind: 'choice' }>): Draft {
  const lines = linesOf(context, piece)
  const options = piece.options.map((option): OptionDraft => {
    const unfinished = /\b(?:TBD|TODO|tbd)\b/.exec(option.note ?? '')?.[0] ?? null
    if (unfinished !== null) {
      const from = option.pieces[0]?.start ?? piece.start
      const offset = context.script.text.indexOf(`(${option.note})`, from)
      context.findings.push(
        diagnostic(
          'SO022',
          placeInScript(context.script, offset === -1 ? from : offset + 1),
          `option "${option.label}" is still ${unfinished}: not to be run as it is`,
          'finish the option, or take it out',
        ),
      )
    }
    const why = unfinished === null ? null : `option "${option.label}" is still ${unfinished}`
    // Who took an option has answered its condition.
    const nodes = mapDrafts(
      option.pieces.flatMap(one => toNodes(context, one, false, why)),
      step => (step.when === option.label ? { ...step, when: null } : step),
    )
    const made: OptionDraft = { name: option.label, note: option.note, nodes }
    return { ...made, nodes: optionNodes(made, lines.line, lines.endLine) }
  })
  const title = piece.title ?? options.map(option => option.name).join(' or ')
  if (!isApart(context.at.section))
    context.findings.push(...backInPart(context.at.page, options, placeInScript(context.script, piece.start)))
  return draft({
    kind: 'choice',
    // A bracket is a note of an option; it is shown beside that.
    title: plainTitle(readCondition(title).title.replace(/\s*\([^()]*\)/g, '')),
    rule: 'R7',
    ...lines,
    printed: numberOf(piece.number),
    when: readCondition(title).when ?? context.when,
    original: context.block.text,
    blockRisk: context.risk,
    detail: piece.detail,
    options,
    near: near(context.at),
  })
}

/** "by providing your passphrase", "the wizard asks": its person needs the terminal. */
const ASKS_A_PERSON =
  /\b(?:passphrase|2FA|MFA|OTP|two-factor|one-time (?:password|passcode|code)|wizard|(?:you (?:will|are|may|might) be|when) (?:asked|prompted))\b/i

/** `Enter your PIN:`, `Password:`, `Do you want to continue? [y/N]` at the end of a line of output. */
const ASKS_IN_OUTPUT =
  /^(?:enter|type|provide|input)\b[^\n]{0,60}:\s*$|^[^\n]{0,60}\b(?:password|passphrase|passcode|pin)\b[^\n]{0,20}:\s*$|\[(?:y\/n|yes\/no)\][^\n]{0,10}$|\((?:y\/n|yes\/no)[^\n)]{0,20}\)\??:?\s*$/im

function titleOf(context: Context, text: string, alone: boolean): string {
  if (alone) return leadTitle(context.at)
  const line = text.trim().split('\n')[0] ?? ''
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`
}

function linesOf(
  context: Context,
  span: { readonly start: number; readonly end: number },
): { line: number; endLine: number } {
  const line = placeInScript(context.script, span.start).line
  return { line, endLine: Math.max(line, placeInScript(context.script, Math.max(span.start, span.end - 1)).line) }
}

function placesFrom(script: ScriptText, start: number, text: string): ScriptText['places'] {
  const row = rowAt(script, start)
  const first = startInScript(script, start)
  return [first, ...script.places.slice(row + 1, row + text.split('\n').length)]
}

function endlessOffset(text: string): number {
  const found = text.split('\n').findIndex(line => interactionOf(line) === 'endless')
  return text
    .split('\n')
    .slice(0, Math.max(0, found))
    .reduce((sum, line) => sum + line.length + 1, 0)
}

function numberOf(printed: string | null): number | null {
  return printed !== null && /^\d+$/.test(printed) ? Number(printed) : null
}

/** What stands around a block and may name an environment. */
function near(at: At): string[] {
  return at.label === null ? [] : [at.label.name]
}
