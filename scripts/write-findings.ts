import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findingsPage } from '../src/cli/render/explain.ts'

/** Where the page of all findings lies; a test holds it to the texts of the program. */
export const FINDINGS_PAGE = join(import.meta.dirname, '../docs/findings.md')

if (process.argv[1] === import.meta.filename) writeFileSync(FINDINGS_PAGE, findingsPage())
