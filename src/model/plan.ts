import { z } from 'zod'
import { DiagnosticSchema } from './diagnostic-schema.ts'
import { RISKS } from './risk.ts'

/** What a person sees of a step's kind. The words are those of docs/dictionary.md. */
export const StepKindSchema = z.enum(['task', 'confirmation', 'gate', 'choice', 'wait', 'manual', 'form'])

const RiskSchema = z.enum(RISKS)

export const RoleSchema = z.enum(['main', 'recovery', 'optional', 'conditional', 'cleanup', 'reference'])
export type Role = z.infer<typeof RoleSchema>

export const EvidenceSchema = z.strictObject({
  name: z.string(),
  /** `text` asks for words; the others compare the observed number with `value`. */
  op: z.enum(['<', '<=', '>', '>=', '=', 'text']),
  value: z.number().nullable(),
  unit: z.string().nullable(),
})
/** A value that a person observes and gives, with the limit that the runbook names for it. */
export type Evidence = z.infer<typeof EvidenceSchema>

export const ApproverSchema = z.strictObject({ role: z.string().nullable(), principal: z.string().nullable() })
export type Approver = z.infer<typeof ApproverSchema>

export const DurationSchema = z.strictObject({
  minMs: z.int().nonnegative().nullable(),
  maxMs: z.int().nonnegative().nullable(),
  text: z.string(),
})
export type Duration = z.infer<typeof DurationSchema>

export const StepSchema = z.strictObject({
  /** Stable under edits elsewhere in the file. */
  id: z.string(),
  /** What a person types: `3.3.2`. */
  position: z.string(),
  kind: StepKindSchema,
  title: z.string(),
  line: z.int().positive(),
  endLine: z.int().positive(),
  /** The rule of docs/interpretation.md that made it a step: `R12`. */
  rule: z.string(),
  /** The text for the shell before values enter, byte for byte from the file; null for what is not a task. */
  script: z.string().nullable(),
  language: z.string().nullable(),
  /** The text of the fence or item it was made from. */
  original: z.string().nullable(),
  risk: RiskSchema,
  environment: z.string().nullable(),
  interaction: z.enum(['none', 'terminal', 'remote', 'endless']),
  /** Names of parameters. */
  needs: z.array(z.string()),
  /** The condition in the words of the runbook; null where there is none. */
  when: z.string().nullable(),
  choice: z.strictObject({ group: z.string(), option: z.string() }).nullable(),
  options: z.array(z.strictObject({ name: z.string(), steps: z.array(z.string()) })).nullable(),
  /** A command that can be run beside the question. It never answers it. */
  offer: z.string().nullable(),
  expect: z
    .strictObject({ kind: z.enum(['shown', 'similar', 'contains', 'exact', 'regex', 'json']), text: z.string() })
    .nullable(),
  approvers: z.array(ApproverSchema).nullable(),
  required: z.boolean(),
  durationMs: z.int().nonnegative().nullable(),
  timeoutMs: z.int().nonnegative().nullable(),
  evidence: EvidenceSchema.nullable(),
  /** A gate's criteria: ids of the confirmations it rests on. */
  criteria: z.array(z.string()).nullable(),
  probe: z.strictObject({ script: z.string(), everyMs: z.int().positive() }).nullable(),
  owners: z.array(z.string()),
  /** Key of the recovery flow that leads back from here: its `for`, or `document`; null where there is none. */
  recovery: z.string().nullable(),
})
/** The smallest thing a run keeps a state for. */
export type Step = z.infer<typeof StepSchema>

export const ProposalSchema = z.strictObject({
  /** As the table writes it: `Staging`. */
  environment: z.string(),
  value: z.string(),
  line: z.int().positive(),
  column: z.int().positive(),
})
/** A value that a table of the runbook names for one environment. It is offered beside the question, never taken. */
export type Proposal = z.infer<typeof ProposalSchema>

export const ParameterSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(['placeholder', 'env', 'literal']),
  secret: z.boolean(),
  required: z.boolean(),
  value: z.string().nullable(),
  default: z.string().nullable(),
  uses: z.array(z.strictObject({ line: z.int().positive(), column: z.int().positive() })),
  /** What the author says of it; left out where they say nothing. */
  description: z.string().optional(),
  /** Left out where no table of the runbook names it. */
  proposals: z.array(ProposalSchema).optional(),
})
/** A value that the runbook leaves open: asked once, wherever it is used. */
export type Parameter = z.infer<typeof ParameterSchema>

const sectionShape = {
  id: z.string(),
  position: z.string(),
  title: z.string(),
  role: RoleSchema,
  line: z.int().positive(),
  owners: z.array(z.string()),
  duration: DurationSchema.nullable(),
  /** For a recovery section: the id of the phase, section or step it leads back from. */
  for: z.string().nullable(),
  successCriteria: z.string().nullable(),
  steps: z.array(StepSchema),
  /** Sections to be walked before this one (`Requires:` of xc); left out where there are none. */
  requires: z.array(z.string()).optional(),
  /** What the lines right under the heading say beside owner, approvers and duration; left out where they say nothing. */
  metadata: z.array(z.strictObject({ key: z.string(), value: z.string() })).optional(),
}

/** A heading with what is under it. A phase is the outermost; it is the unit one can start at or roll back. */
export interface Section extends z.infer<z.ZodObject<typeof sectionShape>> {
  sections: Section[]
}
export const SectionSchema: z.ZodType<Section> = z.strictObject({
  ...sectionShape,
  get sections(): z.ZodArray<z.ZodType<Section>> {
    return z.array(SectionSchema)
  },
})

export const RecoveryFlowSchema = z.strictObject({
  for: z.string().nullable(),
  title: z.string(),
  steps: z.array(z.string()),
})
export type RecoveryFlow = z.infer<typeof RecoveryFlowSchema>

export const FlowsSchema = z.strictObject({ main: z.array(z.string()), recovery: z.array(RecoveryFlowSchema) })

/** `signoff plan --json`: the contract that tests and tools read. */
export const PlanSchema = z.strictObject({
  schema: z.literal('signoff.plan/1'),
  runbook: z.strictObject({
    path: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    title: z.string(),
    mode: z.enum(['linear', 'catalog', 'reference']),
    metadata: z.array(z.strictObject({ key: z.string(), value: z.string() })),
  }),
  parameters: z.array(ParameterSchema),
  phases: z.array(SectionSchema),
  flows: FlowsSchema,
  findings: z.array(DiagnosticSchema),
})
export type Plan = z.infer<typeof PlanSchema>
