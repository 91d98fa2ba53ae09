import type { ExportFormat } from './format.ts'
import { html } from './html.ts'
import { json } from './json.ts'
import { markdown } from './markdown.ts'
import type { FormatName } from './names.ts'

/** Every format, one file each. */
export const FORMATS: Readonly<Record<FormatName, ExportFormat>> = { md: markdown, html, json }
