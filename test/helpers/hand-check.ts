import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The check by hand, as docs/checking-a-transcript.md has it: its shell blocks, one behind the other. */
export function handCheckScript(): string {
  const page = readFileSync(join(import.meta.dirname, '../../docs/checking-a-transcript.md'), 'utf8')
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(found => found[1] ?? '')
  if (blocks.length < 4) throw new Error('docs/checking-a-transcript.md has lost its script')
  return blocks.join('\n')
}
