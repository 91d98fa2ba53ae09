import { SignoffError, valueProblem } from '../../model/index.ts'
import {
  annotateRunbook,
  literalValues,
  loadAllNeeds,
  loadAndParse,
  maskValues,
  toPlan,
  unpinnedSteps,
} from '../../parser/index.ts'
import { cleanText } from '../../tui/index.ts'
import type { Io } from '../io.ts'
import { readRunbook } from '../read-runbook.ts'
import { jsonText } from '../render/json-text.ts'
import { planMarkdown } from '../render/plan-markdown.ts'
import { planText } from '../render/plan-text.ts'
import { interpretersFor } from '../settings/interpreters.ts'

export interface PlanOptions {
  readonly json?: boolean
  readonly markdown?: boolean
  readonly annotate?: boolean
  readonly set: ReadonlyMap<string, string>
}

/** The dry run: every step as it would run. Starts no shell and writes nothing. */
export async function plan(path: string, options: PlanOptions, io: Io): Promise<number> {
  const formats = [options.json, options.markdown, options.annotate].filter(one => one === true)
  if (formats.length > 1) throw new SignoffError('USAGE', 'plan: --json, --markdown and --annotate exclude each other')
  const bytes = await readRunbook(path)
  const { runbook, diagnostics } = await loadAndParse(bytes, path, {
    interpreters: await interpretersFor(path, io.environment),
  })
  for (const [name, value] of options.set) {
    const why = valueProblem(runbook, name, value)
    if (why !== null) throw new SignoffError('USAGE', `--set ${why}`)
  }
  const document = withoutSecrets(toPlan(runbook, diagnostics, options.set), literalValues(runbook.source))
  if (options.annotate) io.write(await annotated(bytes, path, io))
  else if (options.json) io.write(jsonText(document))
  else if (options.markdown) io.write(planMarkdown(document, cleanText))
  else io.write(planText(document, cleanText))
  const broken = diagnostics.some(({ code }) => code === 'SO003' || code === 'SO035')
  if (broken) return 65
  return diagnostics.some(({ level }) => level === 'error') ? 1 : 0
}

/**
 * The runbook with the markers that pin today's reading; the file itself is never written.
 * @throws {SignoffError} `RUNBOOK_INVALID` where the text holds a secret: printed whole it would leak, masked it would be another text.
 */
async function annotated(bytes: Uint8Array, path: string, io: Io): Promise<string> {
  // Markers make a text that needs what the text without them does not.
  await loadAllNeeds()
  const text = annotateRunbook(bytes, path)
  if (text === null) throw new SignoffError('RUNBOOK_INVALID', `${path}: no text that could be read`)
  if (literalValues(text).length > 0)
    throw new SignoffError('RUNBOOK_INVALID', `${path}: a secret stands in the text, so it is not printed`, {
      advice: `take it out first: signoff lint ${path} says where`,
    })
  // A file that stdout was sent to is what a person wanted; what they should know of it is no part of it.
  const open = unpinnedSteps(text, path)
  if (open.length > 0)
    io.say(
      `signoff: ${open.length} ${open.length === 1 ? 'step keeps' : 'steps keep'} the name that its words give it:`,
    )
  for (const { line, position, title, why } of open) io.say(cleanText(`${path}:${line} ${position} ${title}: ${why}`))
  return text
}

/** Secrets that stand in the text are shown nowhere: a plan is pasted into tickets and kept by build servers. */
function withoutSecrets<T>(value: T, secrets: readonly string[]): T {
  if (secrets.length === 0) return value
  return JSON.parse(JSON.stringify(value), (_, one: unknown) =>
    typeof one === 'string' ? maskValues(one, secrets) : one,
  )
}
