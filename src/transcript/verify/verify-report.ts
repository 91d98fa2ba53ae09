import { z } from 'zod'
import { ResultSchema, StepCountsSchema } from '../../model/index.ts'

/** What a finding is about: the parts of the check, in the order they are made (docs/transcript-format.md, section 10). */
export const CheckNameSchema = z.enum([
  'readable',
  'seal',
  'journal',
  'fold',
  'output',
  'approvals',
  'hand-offs',
  'policy',
  'clock',
  'expectations',
  'addenda',
  'withheld',
  'parents',
])

export const FindingSchema = z.strictObject({
  check: CheckNameSchema,
  /** The exit code that this alone would give; 0 is worth knowing and no more. */
  exit: z.union([z.literal(0), z.literal(3), z.literal(4), z.literal(5), z.literal(6), z.literal(7), z.literal(8)]),
  message: z.string(),
  /** 1-based line of the journal (of the bundle for addenda); null where it is about no line. */
  line: z.int().positive().nullable(),
})
export type Finding = z.infer<typeof FindingSchema>
export type VerifyExit = Finding['exit']

const who = z.strictObject({ principal: z.string(), keyid: z.string() })

export const VerifyReportSchema = z.strictObject({
  schema: z.literal('signoff.verify/1'),
  exitCode: FindingSchema.shape.exit,
  status: z.enum([
    'verified',
    'unsealed',
    'in-progress',
    'torn',
    'broken',
    'untrusted',
    'against-policy',
    'not-expected',
    'unreadable',
  ]),
  findings: z.array(FindingSchema),
  /** The signers file that was believed; null where none was at hand, or nothing was there to be read. */
  signers: z
    .strictObject({
      name: z.string(),
      sha256: z.string(),
      /** Whether HEAD of its repository has these bytes; null where it lies in none, or nobody looked. */
      committed: z.boolean().nullable(),
    })
    .nullable(),
  /** The seal as signed; null where there is none, or its signature is not good. */
  seal: z
    .strictObject({
      /** sha256 of the payload: what names this seal. */
      sha256: z.string(),
      signer: who,
      finishedOn: z.string(),
      /** `self-asserted`: nobody but the signer vouches for the time. */
      time: z.enum(['self-asserted', 'time-stamped']),
      /** When an authority that the verifier trusts saw the signature, and its name. */
      timestamp: z.strictObject({ at: z.string(), by: z.string() }).nullable(),
      addenda: z.int().nonnegative(),
    })
    .nullable(),
  journal: z
    .strictObject({
      lines: z.int().nonnegative(),
      bytes: z.int().nonnegative(),
      sha256: z.string(),
      /** Leaf of the first line, by which later runs know this one. */
      leaf0: z.string().nullable(),
      head: z.string(),
      root: z.string(),
      kinds: z.array(z.tuple([z.string(), z.int()])),
    })
    .nullable(),
  /** What a copy leaves out, with the kinds that the seal counts and that are not here; null where every line is here. */
  withheld: z
    .strictObject({
      lines: z.int().positive(),
      kinds: z.array(z.tuple([z.string(), z.int()])),
      reasons: z.array(z.string()),
    })
    .nullable(),
  /** The run as its journal tells it; null where there is no first line. */
  run: z
    .strictObject({
      run: z.string(),
      release: z.string(),
      env: z.string().nullable(),
      result: ResultSchema.nullable(),
      startedOn: z.string(),
      finishedOn: z.string().nullable(),
      runbook: z.strictObject({ path: z.string(), sha256: z.string() }),
      commit: z.string().nullable(),
      /** Runs that this one names as there before it, by the leaf of their first line and their seal. */
      parents: z.array(z.strictObject({ run: z.string(), leaf0: z.string(), seal: z.string().nullable() })),
      operators: z.array(who),
      steps: StepCountsSchema,
      approvals: z.array(
        z.strictObject({
          step: z.string(),
          seq: z.int(),
          role: z.string().nullable(),
          principal: z.string(),
          decision: z.enum(['go', 'no-go']),
          /** Whether signature, trust and binding hold. */
          good: z.boolean(),
        }),
      ),
      interruptions: z.int(),
      masked: z.int(),
      /** True where the roles of a gate were mapped to nobody, so that any two signers could decide. */
      unmappedRoles: z.boolean(),
    })
    .nullable(),
})
/** The answer of `verify`, and what `verify --json` prints. */
export type VerifyReport = z.infer<typeof VerifyReportSchema>
