import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keysPage } from '../src/cli/render/keys-text.ts'
import { DEFAULT_KEYS } from '../src/tui/scene/actions.ts'

/** Where the page of all keys lies; a test holds it to the table that the screen is drawn from. */
export const KEYS_PAGE = join(import.meta.dirname, '../docs/keys.md')

if (process.argv[1] === import.meta.filename) writeFileSync(KEYS_PAGE, keysPage(DEFAULT_KEYS))
