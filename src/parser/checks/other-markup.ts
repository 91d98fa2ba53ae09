import type { Root } from 'mdast'
import { type Diagnostic, diagnostic } from '../../model/index.ts'
import { nodesOf } from '../text/nodes.ts'

/** Signs of what other tools write, each with the name of the tool. Of headings and text in code nothing is looked at. */
const KINDS: readonly { readonly of: string; readonly sign: RegExp }[] = [
  { of: 'Confluence', sign: /<ac:[a-z]|<!\[CDATA\[/ },
  { of: 'Jira or Confluence', sign: /\{(?:code|noformat|expand|panel|warning)(?:[:|][^}\n]{0,200})?\}|^h[1-6]\. \S/m },
  { of: 'Org', sign: /^[ \t]{0,20}#\+begin_/im },
  { of: 'AsciiDoc', sign: /^\[source(?:,|\])/m },
  { of: 'reStructuredText', sign: /^[ \t]{0,20}\.\. (?:code-block|code|warning|note)::/m },
  { of: 'HTML', sign: /<pre\b|<CodeBlock\b|<td\b[^>]{0,200}>\s{0,20}<(?:pre|code)\b/ },
]

/** SO039: markup of another tool. What it holds is no step, and nobody is asked for it. The first place of each kind. */
export function otherMarkup(root: Root): Diagnostic[] {
  const found = new Map<string, Diagnostic>()
  for (const node of nodesOf(root)) {
    const start = node.position?.start
    if ((node.type !== 'text' && node.type !== 'html') || start === undefined) continue
    // A comment of HTML is nobody's markup.
    if (node.value.startsWith('<!--')) continue
    for (const { of, sign } of KINDS)
      if (!found.has(of) && sign.test(node.value))
        found.set(
          of,
          diagnostic(
            'SO039',
            { line: start.line, column: start.column },
            `this is markup of ${of}: what it holds is no step`,
            'write it as Markdown: a fence for commands, a list or a table of Markdown for steps',
          ),
        )
  }
  return [...found.values()]
}

/** Whether containers of another tool stand around blocks, so that nobody can say what these are for. */
export function hasContainers(source: string): boolean {
  return /<ac:(?:structured-macro|rich-text-body)\b|^[ \t]{0,20}\{expand(?:[:|][^}\n]{0,200})?\}/im.test(source)
}
