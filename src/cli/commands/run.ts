import { dirname, resolve } from 'node:path'
import type { Runbook } from '../../model/index.ts'
import { EMPTY_STATE, SignoffError } from '../../model/index.ts'
import { loadAndParse } from '../../parser/index.ts'
import { chooseSection, findSection, requiredBefore } from '../../runner/index.ts'
import { gitFacts } from '../../runner/local/index.ts'
import { cleanText } from '../../tui/index.ts'
import { type Desk, openDesk } from '../desk.ts'
import { readAnswers } from '../given/answers-file.ts'
import { decidedAtTerminal } from '../given/decided-at-terminal.ts'
import { openingWords, withoutSecretVariables } from '../given/first-words.ts'
import { checkFiles, providedFor } from '../given/provided.ts'
import { reportMissing } from '../given/report-missing.ts'
import type { WalkFlags } from '../given/walk-flags.ts'
import type { Io } from '../io.ts'
import { preflight } from '../preflight/preflight.ts'
import { reportPreflight } from '../preflight/report.ts'
import { readRunbook } from '../read-runbook.ts'
import { readable } from '../readable.ts'
import { checkRelease } from '../runs/release-name.ts'
import { contextOf, walksRecoveryOnly } from '../runs/run-context.ts'
import { milliseconds } from '../settings/config.ts'
import { interpretersFor } from '../settings/interpreters.ts'
import { type Attended, chooseUi, type Ui } from '../terminal/choose-ui.ts'
import { openEvents } from '../walking/events-file.ts'
import { sectionsOf, startBrief } from '../walking/start-brief.ts'

export interface RunFlags extends WalkFlags {
  readonly release: string
  readonly env?: string
  readonly from?: string
  readonly only?: string
  readonly until?: string
}

/** Walks a runbook for one release. */
export async function run(path: string, flags: RunFlags, io: Io): Promise<number> {
  const release = checkRelease(flags.release)
  const interpreters = await interpretersFor(path, io.environment)
  const read = readable(await loadAndParse(await readRunbook(path), path, { interpreters }), path)
  if (walksRecoveryOnly({ only: flags.only ?? null }))
    throw new SignoffError('USAGE', `--only ${flags.only}: a recovery is no part of the way forward`, {
      advice: 'signoff rollback RUN walks it',
    })
  const asksSection = read.mode === 'catalog' && flags.only === undefined && io.interactive && flags.ui !== 'none'
  if (!asksSection) walkable(read, flags.only)
  const desk = await openDesk(dirname(path), flags.key ?? null, io)
  const ui = chooseUi(flags.ui, { ascii: flags.ascii === true }, desk.config, io)
  const only = asksSection && ui.kind === 'attended' ? await askedSection(read, ui) : (flags.only ?? null)
  if (asksSection && only === null) return left(io)
  return runSection(path, read, { ...flags, ...(only === null ? {} : { only }) }, { release, desk, ui }, io)
}

interface Chosen {
  readonly release: string
  readonly desk: Desk
  readonly ui: Ui
}

/** The runbook, or the procedure of a catalog that was chosen. */
async function runSection(path: string, read: Runbook, flags: RunFlags, chosen: Chosen, io: Io): Promise<number> {
  const { release, desk, ui } = chosen
  const selection = { from: flags.from ?? null, only: flags.only ?? null, until: flags.until ?? null }
  const runbook = walkable(read, flags.only)
  const waitLimitMs = milliseconds(flags.waitLimit)
  await checkFiles('--approval', flags.approval)
  const answers = flags.answers === undefined ? null : await readAnswers(flags.answers)
  const asked = { runbook, path, release, environment: flags.env ?? null, selection, terminal: null }
  const context = contextOf(asked, desk.config, '00000000-0000-7000-8000-000000000000')
  answers?.checkAgainst(context)
  const provided = await providedFor(context, EMPTY_STATE, answers, flags, desk.signer.principal)
  const first = await openingWords(context, null, flags, desk, io)
  const attended = ui.kind !== 'none'
  if (attended) decidedAtTerminal(context, EMPTY_STATE, provided, io)
  const about = { context, state: EMPTY_STATE, selection, first, provided, attended }
  // Whoever attends is shown what git says, and a large repository takes its time: it is looked at meanwhile.
  const [findings, git] = await Promise.all([
    preflight(desk, about, io),
    attended ? gitFacts(dirname(resolve(path))) : null,
  ])
  const stopped = reportPreflight(findings, { attended, on: false, running: false }, io)
  const lacking = attended ? 0 : reportMissing(context, first, provided, io)
  if (stopped !== 0 || lacking !== 0) return stopped || lacking
  if (ui.kind === 'attended') {
    const answer = await ui.begin(startBrief(context, path, desk, { findings, git }))
    if (answer.kind === 'leave') return left(io)
  }
  const events = await openEvents(flags.events)
  const terminal = ui.kind === 'none' ? null : ui.terminal
  // Nothing of the journal, the executor or the walk is needed for the screen before the run.
  const [{ startSession }, { walk }] = await Promise.all([import('../runs/start-run.ts'), import('../walking/walk.ts')])
  const session = await startSession({ ...asked, terminal }, desk, withoutSecretVariables(io, flags), first)
  io.say(
    `Run ${session.context.run}, ${cleanText(runbook.title)}, release ${release}, ${path} sha256 ${runbook.sha256.slice(0, 16)}...`,
  )
  for (const line of requiredLines(runbook, flags.only)) io.say(line)
  const options = { ui, provided, waitLimitMs, json: flags.json === true, approvals: flags.approval, events }
  // The screen before the run has shown them; plain mode has them above.
  return walk(session, { ...options, notice: null }, io)
}

/** The section of a catalog that the person chooses; null where they leave. */
async function askedSection(runbook: Runbook, ui: Attended): Promise<string | null> {
  const sections = sectionsOf(runbook.phases)
  if (sections.length === 0) walkable(runbook, undefined)
  const { title, path } = runbook
  const answer = await ui.begin({ kind: 'sections', title, path, sections: sections.map(({ shown }) => shown) })
  return answer.kind === 'section' ? (sections[answer.index]?.section.position ?? null) : null
}

/** Nothing was begun, and somebody is needed to begin it. */
function left(io: Io): number {
  io.say('signoff: left before the run; nothing was recorded and nothing was run')
  return 20
}

/**
 * The runbook as it is walked: of a catalog, the one section that was chosen.
 * @throws {SignoffError} `USAGE` naming the sections of a catalog, `RUNBOOK_INVALID` where there is nothing to walk.
 */
function walkable(runbook: Runbook, only: string | undefined): Runbook {
  if (runbook.mode === 'catalog') {
    const chosen = only === undefined ? null : chooseSection(runbook, only)
    if (chosen !== null) return chosen
    const why =
      only === undefined ? 'is a catalog: its sections are procedures of their own' : `has nothing to walk in "${only}"`
    const sections = runbook.phases.map(phase => `   ${phase.position}  ${cleanText(phase.title)}`).join('\n')
    throw new SignoffError('USAGE', `${runbook.path} ${why}\n${sections}`, { advice: 'choose one: --only SECTION' })
  }
  if (runbook.flows.main.length === 0)
    throw new SignoffError('RUNBOOK_INVALID', `${runbook.path} has nothing to walk: no step of it is in a main flow`, {
      advice: `signoff plan ${runbook.path} shows what was read, and why`,
    })
  return runbook
}

/** A section of a catalog that requires others is not walked alone, and whoever chose it is told. */
function requiredLines(runbook: Runbook, only: string | undefined): string[] {
  const section = runbook.mode === 'catalog' && only !== undefined ? findSection(runbook, only) : null
  if (section === null) return []
  const named = (one: { readonly position: string; readonly title: string }) =>
    `${one.position} ${cleanText(one.title)}`
  return requiredBefore(runbook, section).map(
    one =>
      `${named(section)} requires ${named(one)}: its steps come first. A step that was done already can be skipped, with a reason.`,
  )
}
