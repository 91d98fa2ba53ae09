import { z } from 'zod'
import { type Ending, ResultSchema, StepCountsSchema } from '../../model/index.ts'

const STOPS = ['stopped by SIGHUP', 'stopped by SIGINT', 'stopped by SIGTERM'] as const

/** `--json` of `run`, `resume` and `rollback`: how the walk came to an end this time. */
export const RunResultSchema = z.strictObject({
  schema: z.literal('signoff.run/1'),
  run: z.string(),
  release: z.string(),
  /** The result of a run that has ended; else that it is paused, or which signal stopped it: then it can be resumed. */
  result: z.enum([...ResultSchema.options, 'paused', ...STOPS]),
  /** The exit code of the command. */
  exitCode: z.int().nonnegative(),
  steps: StepCountsSchema,
  /** The run's folder. */
  transcript: z.string(),
  /** sha256 of the seal's payload, which names the seal; null while there is none. */
  seal: z.string().nullable(),
})
export type RunResult = z.infer<typeof RunResultSchema>

export function resultWord(ending: Ending): RunResult['result'] {
  switch (ending.kind) {
    case 'ended':
      return ending.result
    case 'paused':
      return 'paused'
    case 'signal':
      return `stopped by ${ending.signal}`
    default:
      ending satisfies never
      return 'paused'
  }
}
