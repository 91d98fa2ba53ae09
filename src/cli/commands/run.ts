import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Answer, Runbook } from '../../model/index.ts'
import { EMPTY_STATE, SignoffError } from '../../model/index.ts'
import { loadAndParse } from '../../parser/index.ts'
import {
  chooseSection,
  findSection,
  findStep,
  lackingOf,
  NO_ANSWERS,
  type Provided,
  type RunContext,
  requiredBefore,
} from '../../runner/index.ts'
import { cleanText } from '../../tui/index.ts'
import { type AnswersFile, readAnswers } from '../answers-file.ts'
import { milliseconds } from '../config.ts'
import { openDesk } from '../desk.ts'
import { type FirstWords, openingWords, withoutSecretVariables } from '../first-words.ts'
import { interpretersFor } from '../interpreters.ts'
import type { Io } from '../io.ts'
import { exitCodeOf, type PreflightFinding, preflightLines } from '../preflight/finding.ts'
import { preflight } from '../preflight/preflight.ts'
import { readRunbook } from '../read-runbook.ts'
import { readable } from '../readable.ts'
import { checkRelease } from '../release-name.ts'
import { contextOf, walksRecoveryOnly } from '../run-context.ts'
import { startSession } from '../start-run.ts'
import { chooseUi } from '../terminal.ts'
import { walk } from '../walk.ts'
import type { WalkFlags } from '../walk-flags.ts'

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
  const selection = { from: flags.from ?? null, only: flags.only ?? null, until: flags.until ?? null }
  const runbook = walkable(read, flags.only)
  const waitLimitMs = milliseconds(flags.waitLimit)
  await checkFiles('--approval', flags.approval)
  const answers = flags.answers === undefined ? null : await readAnswers(flags.answers)
  const asked = { runbook, path, release, environment: flags.env ?? null, selection, terminal: null }
  const desk = await openDesk(dirname(path), flags.key ?? null, io)
  const context = contextOf(asked, desk.config, '00000000-0000-7000-8000-000000000000')
  answers?.checkAgainst(context)
  const provided = providedFor(context, answers, flags, desk.signer.principal, new Map())
  const first = await openingWords(context, null, flags, desk, io)
  const ui = await chooseUi(flags.ui, flags.ascii === true, io)
  const attended = ui.kind !== 'none'
  const about = { context, selection, first, answers: provided.answers, attended }
  const findings = await preflight(desk, about, io)
  const stopped = reportPreflight(findings, attended, io)
  const lacking = attended ? 0 : reportMissing(context, first, provided, io)
  if (stopped !== 0 || lacking !== 0) return stopped || lacking
  const terminal = ui.kind === 'none' ? null : ui.terminal
  const session = await startSession({ ...asked, terminal }, desk, withoutSecretVariables(io, flags), first)
  io.say(
    `Run ${session.context.run}, ${cleanText(runbook.title)}, release ${release}, ${path} sha256 ${runbook.sha256.slice(0, 16)}…`,
  )
  for (const line of requiredLines(runbook, flags.only)) io.say(line)
  const options = { ui, provided, waitLimitMs, json: flags.json === true, approvals: flags.approval }
  return walk(session, { ...options, notice: noticeOf(findings) }, io)
}

/** The screen covers what was told before it. Short, since it stands beside what is needed now. */
function noticeOf(findings: readonly PreflightFinding[]): string | null {
  const count = findings.filter(({ check }) => check !== 'value-missing').length
  return count === 0 ? null : `${count} ${count === 1 ? 'warning' : 'warnings'}: see signoff doctor`
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

/** Files named by a flag are looked for before a run begins that would have to end over them. */
export async function checkFiles(flag: string, paths: readonly string[]): Promise<void> {
  for (const path of paths)
    await readFile(path).catch((error: NodeJS.ErrnoException) => {
      throw new SignoffError('USAGE', `${flag} ${path}: ${error.code === 'ENOENT' ? 'no such file' : error.message}`)
    })
}

/** Answers, phrases and decisions by step id, whatever a person named the step by. */
export function providedFor(
  context: RunContext,
  answers: AnswersFile | null,
  flags: Pick<WalkFlags, 'confirm'>,
  operator: string,
  decisions: ReadonlyMap<string, Answer>,
): Provided {
  const phrases = new Map<string, string>()
  for (const [reference, phrase] of flags.confirm) phrases.set(stepNamed(context, reference).id, phrase)
  return { answers: answers?.answers ?? NO_ANSWERS, source: answers?.source ?? null, phrases, decisions, operator }
}

export function stepNamed(context: RunContext, reference: string) {
  const step = findStep(context.runbook, reference)
  if (step !== null) return step
  throw new SignoffError('USAGE', `"${reference}" is no step of ${context.runbook.path}`, {
    advice: `signoff plan ${context.runbook.path} shows positions and ids`,
  })
}

/**
 * Tells what would get in the way, once and before step 1. Warnings stop nothing.
 * @returns the exit code where an error keeps the run from starting, else 0.
 */
function reportPreflight(findings: readonly PreflightFinding[], attended: boolean, io: Io): number {
  const told = findings.filter(({ check }) => check !== 'value-missing')
  for (const line of preflightLines(told, cleanText)) io.say(line)
  // Where nobody is there, they are listed with everything else that nobody will be asked.
  const open = findings.length - told.length
  if (attended && open > 0)
    io.say(`${open} ${open === 1 ? 'value is' : 'values are'} not given yet, and asked when a step needs it`)
  const code = exitCodeOf(findings)
  if (code !== 0) io.say('signoff: the run cannot start like this; nothing was run')
  return code
}

/** Everything an unattended run would have to ask, at once and before anything runs. Returns 20 if there is any. */
export function reportMissing(
  context: RunContext,
  first: FirstWords,
  provided: Provided,
  io: Io,
  from = EMPTY_STATE,
): number {
  const { missing, gates } = lackingOf(context, from, first, provided)
  if (missing.length === 0) return 0
  const path = context.runbook.path
  io.say(
    `signoff: nobody is at the terminal, and ${missing.length} ${missing.length === 1 ? 'answer is' : 'answers are'} missing; nothing was run`,
  )
  for (const item of missing) io.say(`${path}:${item.line}:${item.column} ${cleanText(item.what)}: ${item.how}`)
  for (const gate of gates) {
    const step = context.steps.get(gate.step)
    io.say(
      `${path}:${gate.line}:1 ${step?.position ?? ''} ${cleanText(step?.title ?? '')}: still to come, by signoff approve`,
    )
  }
  return 20
}
