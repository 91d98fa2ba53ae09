import { fromBase64, sha256Hex, utf8 } from './bytes.ts'
import { checkControl } from './control.ts'
import { type CheckedEnvelope, checkEnvelope, field, readJson, text } from './envelope.ts'
import { broken, type Finding, NAMESPACES, type Run, trustFinding } from './finding.ts'
import { checkJournal, type JournalCheck } from './journal.ts'
import { checkOutput } from './output.ts'
import { checkRecord } from './record.ts'
import { checkSealedWords } from './sealed-words.ts'
import { checkAddenda, checkStatements, kindOf, type Withheld } from './statements.ts'
import { readPickedSigners } from './trust.ts'

/** What a page carries as evidence, in base64; null where there is none. */
export interface Evidence {
  readonly journal: string | null
  readonly bundle: string | null
}

export interface PageCheck {
  readonly verdict: Finding['verdict']
  /** The answer in one line: `not checked: ..`, `broken: ..`, `checked: key SHA256:..`. */
  readonly answer: string
  readonly findings: readonly Finding[]
}

/**
 * Checks the evidence that a page carries: the journal by itself, the seal over it, and everything else that is signed in it.
 * Pure but for WebCrypto; never throws for what is in the evidence.
 *
 * @param signersText the allowed signers file that the reader picked; null where none was.
 */
export async function checkPage(evidence: Evidence, signersText: string | null): Promise<PageCheck> {
  if (globalThis.crypto?.subtle === undefined)
    return notChecked('this browser offers no WebCrypto to a page that was opened like this')
  if (evidence.journal === null) return notChecked('the journal is too large to be carried by a page')
  const bytes = fromBase64(evidence.journal)
  const bundle = evidence.bundle === null ? null : fromBase64(evidence.bundle)
  if (bytes === null || (evidence.bundle !== null && bundle === null))
    return summary([broken('Evidence', 'the data in this page is no base64')], null)
  const journal = await checkJournal(bytes)
  const signers = signersText === null ? null : readPickedSigners(signersText)
  const start = readJson(journal.lines[0] ?? '')
  const findings: Finding[] = [chainFinding(journal), ...(await runbookFindings(start))]
  if (bundle === null) {
    findings.push({ verdict: 'not-checked', what: 'Seal', detail: 'there is none: nothing protects the last lines' })
    const finishedOn = text(readJson(journal.lines.at(-1) ?? ''), 't')
    return summary(
      [...findings, ...(await checkStatements({ ...aboutRun(start, null), journal, finishedOn, signers }))],
      null,
    )
  }
  const [sealLine = '', ...addenda] = new TextDecoder().decode(bundle).replace(/\n$/, '').split('\n')
  const seal = await checkEnvelope(sealLine, NAMESPACES.seal)
  if (seal === null) return summary([...findings, broken('Seal', 'the bundle does not begin with an envelope')], null)
  const finishedOn = text(seal.statement, 'predicate', 'finishedOn')
  const run: Run = { ...aboutRun(start, seal.statement), journal, finishedOn, signers }
  findings.push(sealedFinding(seal.statement, journal, start), sealFinding(seal, run))
  findings.push(...checkSealedWords(seal.statement, journal), ...checkControl(journal), ...checkRecord(journal))
  findings.push(...(await checkOutput(journal)))
  findings.push(...(await checkStatements(run)))
  const { findings: ofAddenda, withheld } = await checkAddenda(addenda, seal, run)
  findings.push(...ofAddenda, ...withheldFindings(journal, seal.statement, withheld))
  return summary(findings, seal.signature.kind === 'good' ? seal.signature.key.keyid : null)
}

/** The names that everything else is bound to: of the first line, which the seal repeats. */
function aboutRun(
  start: unknown,
  statement: unknown,
): Pick<Run, 'run' | 'release' | 'runbookSha256' | 'operatorKeyid'> {
  if (field(start, 'kind') === 'run.start' || statement === null)
    return {
      run: text(start, 'run'),
      release: text(start, 'release'),
      runbookSha256: text(start, 'runbook', 'sha256'),
      operatorKeyid: text(start, 'operator', 'keyid'),
    }
  return {
    run: text(statement, 'predicate', 'run'),
    release: text(statement, 'predicate', 'release'),
    runbookSha256: text(statement, 'subject', 1, 'digest', 'sha256'),
    operatorKeyid: text(statement, 'predicate', 'operator', 'keyid'),
  }
}

function notChecked(why: string): PageCheck {
  return { verdict: 'not-checked', answer: `not checked: ${why}`, findings: [] }
}

/** The worst of all findings speaks: broken, then what could not be checked, then trust. */
function summary(findings: readonly Finding[], keyid: string | null): PageCheck {
  const first = (verdict: Finding['verdict']) => findings.find(finding => finding.verdict === verdict)
  const wrong = first('broken')
  if (wrong !== undefined) return { verdict: 'broken', answer: `broken: ${wrong.what}: ${wrong.detail}`, findings }
  const open = first('not-checked')
  if (open !== undefined)
    return { verdict: 'not-checked', answer: `not checked: ${open.what}: ${open.detail}`, findings }
  const checked = `checked: key ${keyid}`
  const refused = first('not-trusted')
  if (refused !== undefined)
    return {
      verdict: 'not-trusted',
      answer: `${checked}; NOT trusted by the file you picked: ${refused.what}: ${refused.detail}`,
      findings,
    }
  return first('trusted') === undefined
    ? { verdict: 'checked', answer: checked, findings }
    : { verdict: 'trusted', answer: `${checked}, trusted by the file you picked`, findings }
}

function chainFinding({ lines, broken: why, torn }: JournalCheck): Finding {
  if (lines.length === 0) return broken('Chain', 'there is no line')
  if (why !== null) return broken('Chain', why)
  const detail = `each of ${lines.length} lines follows from the one before it`
  return { verdict: 'checked', what: 'Chain', detail: torn === 0 ? detail : `${detail}; ${torn} bytes of a cut write` }
}

/** None where the first line is withheld, and the text of the runbook with it. */
async function runbookFindings(start: unknown): Promise<Finding[]> {
  if (field(start, 'withheld') !== undefined) return []
  const said = text(start, 'runbook', 'sha256')
  if ((await sha256Hex(utf8(text(start, 'runbook', 'text')))) !== said)
    return [broken('Runbook', 'its text has not the digest that stands beside it')]
  return [{ verdict: 'checked', what: 'Runbook', detail: `sha256 ${said}` }]
}

/** Whether the journal is the one that was sealed, or a copy of it. */
function sealedFinding(statement: unknown, journal: JournalCheck, start: unknown): Finding {
  const subjects = field(statement, 'subject')
  const digestOf = (name: unknown) =>
    Array.isArray(subjects)
      ? text(
          subjects.find(one => text(one, 'name') === name),
          'digest',
          'sha256',
        )
      : ''
  const sealed = field(statement, 'predicate', 'journal')
  const isCopy = journal.withheld.length > 0
  const pairs: readonly (readonly [what: string, sealed: unknown, found: unknown])[] = [
    ['number of lines', field(sealed, 'lines'), journal.lines.length],
    ['head', field(sealed, 'head'), journal.leaves.at(-1)],
    ['Merkle root', field(sealed, 'root'), journal.root],
    ['result', field(statement, 'predicate', 'result'), field(readJson(journal.lines.at(-1) ?? ''), 'result')],
    // Of a copy the bytes are others, and the root alone holds them.
    ...(isCopy
      ? []
      : ([
          ['sha256', digestOf('journal.jsonl'), journal.sha256],
          ['size', field(sealed, 'bytes'), journal.bytes],
          ['run', field(statement, 'predicate', 'run'), field(start, 'run')],
          ['release', field(statement, 'predicate', 'release'), field(start, 'release')],
          ['runbook', digestOf(text(start, 'runbook', 'path')), field(start, 'runbook', 'sha256')],
        ] as const)),
  ]
  const wrong = pairs.find(([, said, found]) => said !== found)
  if (wrong !== undefined) return broken('Journal', `its ${wrong[0]} is not the one that was sealed`)
  const detail = isCopy ? 'a copy: head and Merkle root' : 'sha256, size, head and Merkle root'
  return {
    verdict: 'checked',
    what: 'Journal',
    detail: `${detail} as sealed: ${isCopy ? journal.root : journal.sha256}`,
  }
}

/** A line may be withheld where a signed addendum lists it and gives the same reason. The seal says of which kinds they are. */
function withheldFindings({ withheld, lines }: JournalCheck, statement: unknown, listed: Withheld): Finding[] {
  if (withheld.length === 0) return []
  const what = 'Withheld lines'
  const unsaid = withheld.find(({ seq, reason }) => listed.get(seq)?.has(reason) !== true)
  if (unsaid !== undefined) return [broken(what, `line ${unsaid.seq + 1} is withheld, and no signed addendum says so`)]
  const missing = missingKinds(lines, field(statement, 'predicate', 'journal', 'kinds'))
  if (missing === null || missing.reduce((sum, [, count]) => sum + count, 0) !== withheld.length)
    return [broken(what, 'what is left is not of the kinds that were sealed')]
  const told = (some: typeof missing) => some.map(([kind, count]) => `${count} ${kind}`).join(', ')
  const unsalted = missing.filter(([kind]) => UNSALTED.has(kind))
  if (unsalted.length > 0) return [broken(what, `${told(unsalted)}, a kind that cannot be withheld`)]
  const weighty = missing.filter(([kind]) => !HARMLESS.has(kind))
  if (weighty.length > 0)
    return [{ verdict: 'not-checked', what, detail: `${told(weighty)}, which the answer depends on` }]
  return [{ verdict: 'checked', what, detail: told(missing) }]
}

/** Kinds without a salt: whoever guesses such a line can tell that the guess is right, so none is withheld. */
export const UNSALTED: ReadonlySet<string> = new Set([
  'output.resize',
  'approval',
  'rollback.end',
  'handoff.accept',
  'run.resume',
  'journal.full',
  'run.end',
])
/** Kinds that decide nothing: `verify` answers 0 without them. */
export const HARMLESS: ReadonlySet<string> = new Set([
  'output',
  'output.end',
  'output.late',
  'output.late.end',
  'output.differs',
  'param',
  'note',
])

/** How many lines of each sealed kind are not there; null where there are more than were sealed. */
function missingKinds(lines: readonly string[], sealed: unknown): [string, number][] | null {
  const left = new Map<string, number>()
  for (const line of lines) {
    const kind = kindOf(line)
    if (kind !== null) left.set(kind, (left.get(kind) ?? 0) + 1)
  }
  const kinds = Array.isArray(sealed) ? sealed : []
  const missing = kinds.map((one): [string, number] => [
    text(one, 0),
    Number(field(one, 1)) - (left.get(text(one, 0)) ?? 0),
  ])
  return missing.some(([, count]) => !(count >= 0)) ? null : missing.filter(([, count]) => count > 0)
}

function sealFinding({ signature, statement }: CheckedEnvelope, run: Run): Finding {
  const what = 'Seal'
  if (signature.kind === 'unsupported') return { verdict: 'not-checked', what, detail: signature.why }
  if (signature.kind === 'bad') return broken(what, signature.why)
  const operator = field(statement, 'predicate', 'operator')
  const { keyid } = signature.key
  if (text(operator, 'keyid') !== keyid) return broken(what, `it names another key than ${keyid}, which signed it`)
  return trustFinding(what, signature.key, {
    principal: text(operator, 'principal'),
    namespace: NAMESPACES.seal,
    at: run.finishedOn,
    byName: false,
    signers: run.signers,
  })
}
