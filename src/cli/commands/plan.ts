import { literalValues, maskValues, parseRunbook, toPlan } from '../../parser/index.ts'
import { cleanText } from '../../tui/index.ts'
import type { Io } from '../io.ts'
import { readRunbook } from '../read-runbook.ts'
import { planMarkdown } from '../render/plan-markdown.ts'
import { planText } from '../render/plan-text.ts'

export interface PlanOptions {
  readonly json?: boolean
  readonly markdown?: boolean
  readonly set: ReadonlyMap<string, string>
}

/** The dry run: every step as it would run. Starts no shell and writes nothing. */
export async function plan(path: string, options: PlanOptions, io: Io): Promise<number> {
  const bytes = await readRunbook(path)
  const { runbook, diagnostics } = parseRunbook(bytes, path)
  const document = withoutSecrets(toPlan(runbook, diagnostics, options.set), literalValues(runbook.source))
  if (options.json) io.write(`${JSON.stringify(document, null, 2)}\n`)
  else if (options.markdown) io.write(planMarkdown(document, cleanText))
  else io.write(planText(document, cleanText))
  const broken = diagnostics.some(({ code }) => code === 'SO003' || code === 'SO035')
  if (broken) return 65
  return diagnostics.some(({ level }) => level === 'error') ? 1 : 0
}

/** Secrets that stand in the text are shown nowhere: a plan is pasted into tickets and kept by build servers. */
function withoutSecrets<T>(value: T, secrets: readonly string[]): T {
  if (secrets.length === 0) return value
  return JSON.parse(JSON.stringify(value), (_, one: unknown) =>
    typeof one === 'string' ? maskValues(one, secrets) : one,
  )
}
