import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { SignoffError } from '../../model/index.ts'
import { AnswersSchema, type GivenAnswers, type RunContext, unknownReferences } from '../../runner/index.ts'
import { type CheckedYaml, parseYaml } from '../settings/yaml-file.ts'

/** An answers file as read: its contents and digest, and the check of its names against a runbook. */
export interface AnswersFile extends GivenAnswers {
  readonly source: string
  /** @throws {SignoffError} `ANSWERS_INVALID` naming every entry that no step of the runbook has. */
  checkAgainst(context: RunContext): void
}

/** @throws {SignoffError} `ANSWERS_INVALID` with line and column of every problem. */
export async function readAnswers(path: string): Promise<AnswersFile> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new SignoffError('ANSWERS_INVALID', `${path}: ${error.code === 'ENOENT' ? 'no such file' : error.message}`, {
      advice: 'expected a YAML file as docs/answers.md describes it',
      cause: error,
    })
  })
  const checked: CheckedYaml<GivenAnswers['answers']> = parseYaml(
    bytes.toString('utf8'),
    path,
    AnswersSchema,
    'ANSWERS_INVALID',
  )
  const given = { answers: checked.value, source: createHash('sha256').update(bytes).digest('hex') }
  return {
    ...given,
    checkAgainst: context => {
      const wrong = unknownReferences(context, given)
      if (wrong.length > 0)
        throw new SignoffError(
          'ANSWERS_INVALID',
          wrong.map(({ path: keys, why }) => `${checked.placeOf(keys)}: ${why}`).join('\n'),
          {
            advice: `positions and ids of the steps: signoff plan ${context.runbook.path}`,
          },
        )
    },
  }
}
