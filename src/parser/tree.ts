import type { Root } from 'mdast'
import remarkFrontmatter from 'remark-frontmatter'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { type Diagnostic, diagnostic } from '../model/index.ts'
import type { Source } from './source.ts'

/** Longest text that is read, in UTF-16 units: more is no runbook, and the Markdown parser would take minutes. */
const LONGEST = 16 * 1024 * 1024
/** Deepest nesting of quotes in one line; the Markdown parser recurses once for each. */
const DEEPEST = 200

/** Text to a Markdown tree. `root` is null where the text is too long or nested too deep to be read. */
export function parseTree(source: Source): { readonly root: Root | null; readonly diagnostics: readonly Diagnostic[] } {
  if (source.text.length > LONGEST)
    return refused(1, `the file is longer than ${LONGEST} characters`, 'split it into several runbooks')
  const deep = source.lines.findIndex(line => nesting(line) > DEEPEST)
  if (deep !== -1) return refused(deep + 1, `nested deeper than ${DEEPEST} levels`, 'write it flatter')
  try {
    const root = unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter, ['yaml']).parse(source.text)
    return { root, diagnostics: [] }
  } catch (error) {
    // The Markdown parser overflows the stack on some hostile nestings; no text may end the program.
    if (error instanceof RangeError) return refused(1, 'nested too deep to be read', 'write it flatter')
    throw error
  }
}

function refused(line: number, message: string, help: string) {
  return { root: null, diagnostics: [diagnostic('SO003', { line, column: 1 }, message, help)] }
}

function nesting(line: string): number {
  const lead = /^[\s>*+-]*/.exec(line)?.[0] ?? ''
  return lead.replace(/\s/g, '').length > DEEPEST && /^[-*\s]+$/.test(line) ? 0 : lead.replace(/\s/g, '').length
}
