import { audit } from './audit.ts'
import { cast } from './cast.ts'
import { ctrf } from './ctrf.ts'
import type { ExportFormat } from './format.ts'
import { html } from './html.ts'
import { json } from './json.ts'
import { junit } from './junit.ts'
import { markdown } from './markdown.ts'
import type { FormatName } from './names.ts'
import { sigstore } from './sigstore.ts'
import { tar } from './tar.ts'

/** Every format, one file each. */
export const FORMATS: Readonly<Record<FormatName, ExportFormat>> = {
  md: markdown,
  html,
  json,
  cast,
  junit,
  ctrf,
  tar,
  audit,
  sigstore,
}
