import { type Runbook, SignoffError } from '../model/index.ts'
import type { Parsed } from '../parser/index.ts'
import { cleanText } from '../tui/index.ts'
import { findingLine } from './render/finding-line.ts'

/**
 * A runbook that can be trusted as it stands.
 *
 * @throws {SignoffError} `RUNBOOK_INVALID` listing every finding of level error with its place.
 */
export function readable({ runbook, diagnostics }: Parsed, path: string): Runbook {
  const errors = diagnostics.filter(({ level }) => level === 'error')
  if (errors.length === 0) return runbook
  const frames = errors.map(
    one => findingLine(path, one, cleanText) + (one.help === '' ? '' : `\n   help: ${cleanText(one.help)}`),
  )
  throw new SignoffError(
    'RUNBOOK_INVALID',
    `${path} cannot be trusted as it stands; nothing was run\n${frames.join('\n')}`,
    {
      advice: `signoff lint ${path} shows each place; signoff plan ${path}, how it is read`,
    },
  )
}
