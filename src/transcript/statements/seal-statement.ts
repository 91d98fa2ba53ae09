import { z } from 'zod'
import { countSteps, type EventOf, ResultSchema, SignoffError, StepCountsSchema } from '../../model/index.ts'
import type { ChainSummary } from '../journal/chain.ts'
import type { RunFacts } from '../journal/run-facts.ts'
import { readEnvelope } from './dsse.ts'

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1'
export const SEAL_TYPE = 'urn:signoff:transcript:v1'

const hex = z.string().regex(/^[0-9a-f]{64}$/)
const natural = z.int().nonnegative()
const time = z.iso.datetime({ precision: 3 })

/** A thing that a statement is about (in-toto ResourceDescriptor, the fields that are used here). */
export const SubjectSchema = z.object({
  name: z.string(),
  uri: z.string().optional(),
  digest: z.record(z.string(), z.string()),
})
export type Subject = z.infer<typeof SubjectSchema>

export const SealStatementSchema = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  /** The journal, the runbook, the release in git; artifacts may follow. */
  subject: z.array(SubjectSchema).min(2),
  predicateType: z.literal(SEAL_TYPE),
  predicate: z.strictObject({
    run: z.string(),
    release: z.string(),
    result: ResultSchema,
    startedOn: time,
    finishedOn: time,
    journal: z.strictObject({
      lines: natural,
      bytes: natural,
      head: hex,
      root: hex,
      hash: z.literal('rfc6962-sha256'),
      kinds: z.array(z.tuple([z.string(), natural])),
    }),
    steps: StepCountsSchema,
    approvals: z.array(z.strictObject({ step: z.string(), seq: natural, principal: z.string() })),
    operator: z.strictObject({ principal: z.string(), keyid: z.string() }),
    signersSha256: hex,
    parents: z.array(z.strictObject({ run: z.string(), leaf0: hex, seal: hex.nullable() })),
    masked: natural,
    interruptions: natural,
  }),
})
/** What the seal signs. */
export type SealStatement = z.infer<typeof SealStatementSchema>

/**
 * The statement over a whole run, keys in the order they are signed in.
 * @throws {SignoffError} `JOURNAL_INVALID` for a run that has not ended: only `run.end` as the last line can be sealed.
 */
export function buildSealStatement(facts: RunFacts, journal: ChainSummary): SealStatement {
  const { state, finishedAtMs } = facts
  const { start, operator, result } = state
  if (start === null || operator === null || result === null || finishedAtMs === null)
    throw new SignoffError('JOURNAL_INVALID', 'the run has not ended, so it cannot be sealed')
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: 'journal.jsonl', digest: { sha256: journal.sha256 } }, ...subjectsOf(start)],
    predicateType: SEAL_TYPE,
    predicate: {
      run: start.run,
      release: start.release,
      result,
      startedOn: new Date(facts.startedAtMs).toISOString(),
      finishedOn: new Date(finishedAtMs).toISOString(),
      journal: {
        lines: journal.lines,
        bytes: journal.bytes,
        head: journal.head,
        root: journal.root,
        hash: 'rfc6962-sha256',
        kinds: facts.kinds.map(([kind, lines]) => [kind, lines]),
      },
      steps: countSteps(state),
      approvals: [...facts.approvals],
      operator: { principal: operator.principal, keyid: operator.keyid },
      signersSha256: start.signersSha256,
      parents: start.parents,
      masked: facts.masked,
      interruptions: state.interruptions,
    },
  }
}

/** What the first line of a bundle says of its run, believed by nobody: for a list. Null where it is no seal. */
export function readUntrustedSeal(bundle: string): SealStatement | null {
  const payload = readEnvelope(bundle.split('\n', 1)[0] ?? '')?.payload
  if (payload === undefined) return null
  try {
    return SealStatementSchema.safeParse(JSON.parse(payload.toString('utf8'))).data ?? null
  } catch {
    return null
  }
}

/** The runbook and, where the run is one of a git repository, the release in it. */
export function subjectsOf(start: EventOf<'run.start'>): Subject[] {
  const { runbook, git, release } = start
  const file = {
    name: runbook.path,
    digest: { sha256: runbook.sha256, ...(runbook.gitBlob === null ? {} : { gitBlob: runbook.gitBlob }) },
  }
  if (git === null || git.commit === null) return [file]
  // `git.tag` may hold the tag's object id or its name; only an object id is a digest.
  const tagId = git.tag !== null && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(git.tag) ? git.tag : null
  const inGit = {
    name: release,
    ...(git.remote === null
      ? {}
      : { uri: `git+${git.remote}@${tagId === null && git.tag !== null ? git.tag : release}` }),
    digest: { gitCommit: git.commit, ...(tagId === null ? {} : { gitTag: tagId }) },
  }
  return [file, inGit]
}
