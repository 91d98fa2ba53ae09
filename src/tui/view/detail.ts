import { readBy, type Step } from '../../model/index.ts'
import type { Book } from '../output/book.ts'
import { keyName } from '../scene/actions.ts'
import { symbolOf } from '../scene/need-text.ts'
import { SEEN, seenOf } from '../scene/status.ts'
import { inProduction, metadataAround } from '../scene/walk.ts'
import { lookedAt, type ScreenState } from '../state/screen-state.ts'
import { counted } from '../text/counting.ts'
import { evidenceText, expectLabel } from '../text/evidence-text.ts'
import { bounded, cut, exactLines, type Look, pad, proseLines, safe, seg } from '../text/look.ts'
import { markSubstituted } from '../text/substituted.ts'
import type { Line } from '../text/theme.ts'
import { clockText, durationText } from '../text/time-text.ts'
import { widthOf, wrapProse } from '../text/width.ts'
import { failureLines } from './failure.ts'
import { criteriaLines, gateLines } from './gate.ts'

/** All that is known of the step that is looked at, as rows of at most `width` cells; the caller takes a window. */
export function detailLines(look: Look, state: ScreenState, width: number, book: Pick<Book, 'view'>): Line[] {
  const id = lookedAt(state)
  const step = id === null ? undefined : state.scene.walk.steps.get(id)
  if (step === undefined) return [[seg(' no step')]]
  const about = { look, state, step, width }
  return [
    ...titleLines(about),
    ...factLines(about),
    ...failureLines(look, state, step, width, book),
    ...gateLines(look, state, step, width),
    ...(state.scene.walk.runbook.details.get(step.id)?.detail ?? []).flatMap(text =>
      proseLines(look, text, width, ' '),
    ),
    ...criteriaLines(look, state, step),
    ...optionLines(about),
    ...wayBackLines(about),
    ...scriptLines(about),
    ...expectLines(about),
    ...offerLines(about),
    ...formLines(about),
    ...noteLines(about),
  ].map(line => bounded(look, line, width))
}

interface About {
  readonly look: Look
  readonly state: ScreenState
  readonly step: Step
  readonly width: number
}

/** Cells of the words that begin a row: what follows stands in one column. */
const LABEL = 10

/** A word in its column and prose beside it. */
function labelled({ look, width }: About, label: string, text: string): Line[] {
  const [first = [], ...others] = proseLines(look, text, width, ' '.repeat(LABEL + 1))
  return [
    [
      seg(` ${label.padEnd(LABEL)}`, 'strong'),
      seg(
        first
          .map(one => one.text)
          .join('')
          .slice(LABEL + 1),
      ),
    ],
    ...others,
  ]
}

/** The whole title, in as many rows as it takes; kind, risk and place stand right of it where there is room. */
function titleLines({ look, state, step, width }: About): Line[] {
  const risk = step.script === null ? '' : `, ${step.risk}`
  const production = inProduction(state.scene, step.id) ? ', PRODUCTION' : ''
  const place = `${safe(look, state.scene.walk.runbook.path.split('/').at(-1) ?? '')}:${step.line}`
  const about = `${step.kind}${risk}${production}   ${place}`
  const focus = state.pane === 'detail' ? (look.ascii ? '>' : '»') : ' '
  const title = `${focus}${safe(look, step.position)} ${safe(look, step.title)}`
  const room = width - widthOf(about) - 2
  if (widthOf(title) <= room) return [[seg(pad(look, title, room), 'strong'), seg(`  ${about}`)]]
  const rows = wrapProse(title.slice(1), width - 1)
  return [...rows.map((row, index): Line => [seg(`${index === 0 ? focus : ' '}${row}`, 'strong')]), [seg(` ${about}`)]]
}

function factLines(about: About): Line[] {
  const { look, state, step, width } = about
  const { scene } = state
  const record = scene.state.steps.get(step.id)
  const seen = seenOf(scene, step.id, state.nowMs)
  const running = scene.state.running?.step === step.id ? scene.state.running : null
  const facts = [
    ...(step.owners.length > 0 ? [`Owner ${step.owners.join(' + ')}`] : []),
    ...(step.durationMs !== null ? [`Planned ${durationText(step.durationMs)}`] : []),
    ...(running === null ? [] : [`Started ${clockText(running.sinceMs)}`]),
    ...(record !== undefined && record.attempts > 1 && step.kind === 'task' ? [`Attempt ${record.attempts}`] : []),
    ...(step.required ? [] : ['not required']),
  ]
  const status = record?.status
  const said = status?.kind === 'skipped' ? status.reason : status?.kind === 'passed' ? status.note : null
  const word = `${symbolOf(seen.state, look.ascii)} ${safe(look, seen.word)}`
  const joined = facts.join('   ')
  const [first = '', ...others] =
    joined === '' ? [''] : wrapProse(safe(look, joined), Math.max(8, width - widthOf(word) - 5))
  return [
    [seg(' '), seg(word, SEEN[seen.state].tone), seg(first === '' ? '' : `   ${first}`)],
    ...others.map((text): Line => [seg(` ${text}`)]),
    ...metadataAround(scene.walk, step.id, 'all').flatMap(text => proseLines(look, text, width, ' ')),
    ...[...scene.state.blockers.values()]
      .filter(blocker => blocker.step === step.id)
      .flatMap(({ reason, by, atMs }) =>
        labelled(about, 'BLOCKED', `"${reason}" ${by} ${clockText(atMs).slice(0, 5)}`),
      ),
    ...(record?.edited == null
      ? []
      : labelled(
          about,
          'EDITED',
          `by ${record.edited.by}: "${record.edited.reason}"; ${keyName(state.keys, 'deviations')} shows deviations`,
        )),
    ...(step.when === null ? [] : labelled(about, 'When', `"${step.when}"`)),
    ...(said === null ? [] : labelled(about, 'Said', `"${said}"`)),
    ...(record?.observed ?? []).flatMap(({ name, value, unit, ok }) => {
      const verdict = ok === false ? ', NOT met' : ok === true ? ', met' : ''
      return labelled(about, 'Observed', `${name} ${value}${unit === null ? '' : ` ${unit}`}${verdict}`)
    }),
  ]
}

/** Where a step may change something, the way back is always in sight, or that there is none. */
function wayBackLines(about: About): Line[] {
  const { state, step } = about
  const { runbook } = state.scene.walk
  const flow = runbook.flows.recovery.find(one => step.recovery !== null && (one.for ?? 'document') === step.recovery)
  if (flow !== undefined)
    return labelled(
      about,
      'If it fails',
      ` ${keyName(state.keys, 'recover')} opens "${flow.title}", ${counted(flow.steps.length, 'step')}`,
    )
  const changes = step.kind === 'task' && (step.risk === 'change' || step.risk === 'danger')
  return changes ? labelled(about, 'Way back', 'NONE: the runbook names no way back from here') : []
}

function scriptLines(about: About): Line[] {
  const { look, state, step, width } = about
  const { need, walk } = state.scene
  const { edited = null, started = null } = state.scene.state.steps.get(step.id) ?? {}
  // What ran is shown as it ran: with the values that were entered, also where they are others by now.
  const entered =
    need.kind === 'run' && need.step === step.id ? need.script : (started ?? edited?.script ?? step.script)
  if (entered === null)
    return step.original !== null && (step.kind === 'manual' || step.interaction === 'remote')
      ? originalLines(about, step.original)
      : []
  const detail = walk.runbook.details.get(step.id)
  const template = edited !== null || entered === step.script ? null : step.script
  const folder = detail?.cwd ?? walk.runbook.cwd
  const facts = [
    `${readBy(step, detail)}${folder === undefined ? '' : ` in ${folder}`}`,
    ...(step.timeoutMs === null ? [] : [`time limit ${durationText(step.timeoutMs)}`]),
    ...(step.interaction === 'terminal' ? ['has this terminal while it runs'] : []),
    ...(step.interaction === 'endless' ? ['runs until it is stopped'] : []),
    ...(edited === null ? [] : ['EDITED']),
  ]
  return [
    ...labelled(about, 'Script', facts.join(', ')),
    ...markSubstituted(template, entered, detail?.slots ?? []).flatMap((line, index) =>
      exactLines(look, line, width, index === 0 ? ' $ ' : '   '),
    ),
  ]
}

/** The text of a block that people carry out elsewhere, exactly as it stands. */
function originalLines(about: About, original: string): Line[] {
  const { look, state, width } = about
  const lines = original.replace(/\n$/, '').split('\n')
  if (lines.length < 2) return []
  return [
    ...labelled(about, 'Text', `${keyName(state.keys, 'copy')} copies it`),
    ...lines.flatMap(line => exactLines(look, [seg(line)], width, '   ')),
  ]
}

function expectLines(about: About): Line[] {
  const { look, step, width } = about
  return [
    ...(step.expect === null
      ? []
      : [
          ...labelled(about, 'Expected', expectLabel(step.expect)),
          ...step.expect.text
            .replace(/\n$/, '')
            .split('\n')
            .flatMap(line => exactLines(look, [seg(line)], width, '   ')),
        ]),
    ...(step.evidence === null ? [] : labelled(about, 'Asks for', evidenceText(step.evidence))),
  ]
}

function offerLines(about: About): Line[] {
  const { look, state, step, width } = about
  if (step.offer === null) return []
  const { need, walk } = state.scene
  const live = need.kind !== 'finished' && need.step === step.id && 'offer' in need ? need.offer : null
  const entered = live?.script ?? step.offer
  const slots = walk.runbook.details.get(step.id)?.offerSlots ?? []
  const last = state.scene.state.steps.get(step.id)?.lastCheck ?? null
  const ran = last === null ? '' : `; ${last.result} at ${clockText(last.atMs).slice(0, 5)}`
  const how =
    live === null || live.missing.length === 0
      ? `${keyName(state.keys, 'offer')} runs it, and ticks nothing${ran}`
      : `needs ${live.missing.join(', ')}: ${keyName(state.keys, 'fill')} fills it`
  return [
    ...labelled(about, 'Offers', how),
    ...markSubstituted(entered === step.offer ? null : step.offer, entered, slots).flatMap((line, index) =>
      exactLines(look, line, width, index === 0 ? ' $ ' : '   '),
    ),
  ]
}

function optionLines({ look, state, step, width }: About): Line[] {
  const { need } = state.scene
  if (step.options === null) return []
  const asked = need.kind === 'choose' && need.step === step.id
  const chosen = state.scene.state.choices.get(step.id)
  return step.options.flatMap((option, index): Line[] => {
    const picked = asked && state.picked === String(index + 1)
    const word = chosen === option.name ? '  chosen' : ''
    const steps = option.steps.length === 0 ? '' : `  ${counted(option.steps.length, 'step')}`
    const text = ` ${picked ? '>' : ' '} ${index + 1} ${safe(look, option.name)}${steps}${word}`
    return [[seg(cut(look, text, width), picked || word !== '' ? 'strong' : 'plain')]]
  })
}

function formLines(about: About): Line[] {
  const { state, step } = about
  const { need } = state.scene
  if (need.kind !== 'form' || need.step !== step.id) return []
  return need.fields.flatMap(field => {
    const text = field.value ?? `(asked${field.hint === '' ? '' : `, for example ${field.hint}`})`
    return proseLines(about.look, `${field.label}: ${text}`, about.width, '   ')
  })
}

function noteLines(about: About): Line[] {
  return about.state.scene.state.notes
    .filter(note => note.step === about.step.id)
    .flatMap(note => labelled(about, 'Note', `"${note.text}" ${note.by} ${clockText(note.atMs).slice(0, 5)}`))
}
