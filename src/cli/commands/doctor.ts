import { dirname } from 'node:path'
import { type Diagnostic, EMPTY_STATE, FINDINGS, type Runbook, SignoffError, stepsOf } from '../../model/index.ts'
import { loadAndParse } from '../../parser/index.ts'
import { chooseSection, createContext, type RunContext, type Selection } from '../../runner/index.ts'
import { SEAL_NAMESPACE } from '../../transcript/index.ts'
import { cleanText, DEFAULT_KEYS } from '../../tui/index.ts'
import { readAnswers } from '../given/answers-file.ts'
import type { FirstWords } from '../given/first-words.ts'
import { firstWords } from '../given/first-words.ts'
import { providedFor } from '../given/provided.ts'
import type { Io } from '../io.ts'
import { findSigner } from '../keys/signing-key.ts'
import type { AboutToRun } from '../preflight/about-to-run.ts'
import { type DoctorReport, type PreflightFinding, preflightFinding, preflightLines } from '../preflight/finding.ts'
import { preflight } from '../preflight/preflight.ts'
import { readRunbook } from '../read-runbook.ts'
import { jsonText } from '../render/json-text.ts'
import { checkRelease } from '../runs/release-name.ts'
import { contextOf } from '../runs/run-context.ts'
import { type Config, readConfig } from '../settings/config.ts'
import { readIfThere } from '../settings/read-if-there.ts'
import { findWorkspace } from '../settings/workspace.ts'
import type { RunFlags } from './run.ts'

export type DoctorFlags = Pick<RunFlags, 'set' | 'secret' | 'secretEnv'> &
  Partial<Pick<RunFlags, 'release' | 'env' | 'from' | 'only' | 'until' | 'answers' | 'key' | 'json'>>

/** Looks at what a run would need, without one: of a workspace, or of one runbook with the flags of `run`. */
export async function doctor(path: string | null, flags: DoctorFlags, io: Io): Promise<number> {
  const folder = path === null ? io.cwd : dirname(path)
  const workspace = findWorkspace(folder)
  const findings: PreflightFinding[] = []
  const config = await orFinding(findings, 'config-invalid', null, () => readConfig(workspace, io.environment))
  const signersText = await readIfThere(workspace.signers)
  const signer =
    config === null
      ? null
      : await orFinding(findings, 'key-missing', null, () =>
          findSigner(
            { flag: flags.key ?? null, environment: io.environment, config, folder },
            signersText,
            workspace.signers,
            SEAL_NAMESPACE,
          ),
        )
  const read =
    path === null
      ? null
      : await loadAndParse(await readRunbook(path), path, { interpreters: config?.interpreters ?? {} })
  if (read !== null) findings.push(...textFindings(read.runbook, read.diagnostics))
  const run = read === null || path === null ? null : await aboutToRun(read.runbook, path, flags, config, findings, io)
  findings.push(...(await preflight({ workspace, signersText, signer }, run, io)))
  const count = (level: PreflightFinding['level']) => findings.filter(one => one.level === level).length
  const report: DoctorReport = {
    schema: 'signoff.doctor/1',
    runbook: read === null ? null : { path: read.runbook.path, sha256: read.runbook.sha256 },
    workspace: workspace.root,
    findings,
    counts: { error: count('error'), warning: count('warning') },
  }
  io.write(flags.json === true ? jsonText(report) : reportText(report, io.interactive))
  return report.counts.error > 0 ? 1 : 0
}

async function aboutToRun(
  read: Runbook,
  path: string,
  flags: DoctorFlags,
  config: Config | null,
  findings: PreflightFinding[],
  io: Io,
): Promise<AboutToRun | null> {
  const selection: Selection = { from: flags.from ?? null, only: flags.only ?? null, until: flags.until ?? null }
  const release = checkRelease(flags.release ?? 'unnamed')
  const settings = config ?? { ...EMPTY_CONFIG, userPath: '' }
  const chosen = read.mode === 'catalog' && flags.only !== undefined ? chooseSection(read, flags.only) : null
  const runbook = chosen ?? read
  const asked = { runbook, path, release, environment: flags.env ?? null, selection, terminal: null }
  let context = contextOf(asked, settings, '00000000-0000-7000-8000-000000000000')
  // Of a catalog any section may be chosen later, so each of them is looked at.
  if (read.mode === 'catalog' && chosen === null) context = withAllSections(context)
  if (context.mainFlow.length === 0) {
    const help = `signoff plan ${path} shows what was read, and why`
    findings.push(preflightFinding('nothing-to-walk', 'no step of it is in a main flow', help, { path }))
    return null
  }
  const answers = flags.answers === undefined ? null : await readAnswers(flags.answers)
  answers?.checkAgainst(context)
  const words = await firstWords(context, { ...NO_FLAGS, ...flags }, 'doctor', io)
  // What a command will give is not asked for here: it may want a person's finger.
  const byCommand: FirstWords = [...settings.secrets.keys()].map(name => ({
    answer: { kind: 'value', name, value: '' },
    speaker: { by: '', how: 'flag', source: null },
  }))
  return {
    context,
    state: EMPTY_STATE,
    selection,
    first: [...words, ...byCommand],
    provided: await providedFor(context, EMPTY_STATE, answers, NO_FLAGS, 'doctor'),
    attended: io.interactive,
  }
}

function withAllSections(context: RunContext): RunContext {
  const recovery = new Set(context.runbook.flows.recovery.flatMap(flow => flow.steps))
  const main = stepsOf(context.runbook).flatMap(({ id }) => (recovery.has(id) ? [] : [id]))
  const runbook = { ...context.runbook, flows: { ...context.runbook.flows, main } }
  return createContext({ ...context, runbook, mainFlow: main })
}

const EMPTY_CONFIG: Omit<Config, 'userPath'> = {
  roles: {},
  touch: 'none',
  timeoutMs: null,
  silenceMs: null,
  interpreters: {},
  verify: { approvals: 0, strictTime: false, tsaCa: [] },
  signingKey: null,
  ascii: false,
  keys: DEFAULT_KEYS,
  allowPaste: false,
  notify: null,
  principal: null,
  secrets: new Map(),
  projectSha256: null,
}

const NO_FLAGS = {
  confirm: new Map(),
  ui: 'none',
  waitLimit: '10m',
  approval: [],
  retry: [],
  skip: [],
  resolve: new Map(),
  edit: new Map(),
} as const

/** Findings of level error keep a runbook from being run, so they are findings here as well. */
function textFindings({ path }: Runbook, diagnostics: readonly Diagnostic[]): PreflightFinding[] {
  return diagnostics
    .filter(({ level }) => level === 'error')
    .map(({ code, message, line, column, help }) =>
      preflightFinding('runbook-invalid', `${message} (${FINDINGS[code][1]})`, help, { path, line, column }),
    )
}

/** What would end a run with its own message is one finding among others here. */
async function orFinding<T>(
  findings: PreflightFinding[],
  check: 'config-invalid' | 'key-missing',
  path: string | null,
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SignoffError)) throw error
    findings.push(preflightFinding(check, error.message, error.advice ?? '', { path }))
    return null
  }
}

function reportText({ runbook, workspace, findings, counts }: DoctorReport, atTerminal: boolean): string {
  const what = runbook === null ? workspace : runbook.path
  const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
  const end =
    findings.length === 0
      ? `${cleanText(what)}: nothing is in the way`
      : `${cleanText(what)}: ${plural(counts.error, 'error')}, ${plural(counts.warning, 'warning')}`
  // Whether it is broken cannot be asked of a terminal, and whoever looks for help looks here.
  const mends = atTerminal ? ['A terminal that a killed Signoff left broken: type "reset" and press Enter.'] : []
  return `${[...preflightLines(findings, cleanText), end, ...mends].join('\n')}\n`
}
