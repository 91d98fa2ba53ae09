import type { Root } from 'mdast'
import remarkFrontmatter from 'remark-frontmatter'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { type Processor, unified } from 'unified'
import { type Diagnostic, diagnostic } from '../model/index.ts'
import { attachMarkers, type Marker } from './markers/attach-markers.ts'
import { parseWithTabs } from './tabs/read-tabs.ts'
import { findExcess } from './text/limits.ts'
import { parseInPieces } from './text/pieces.ts'
import type { Source } from './text/source.ts'

/** A Markdown tree with the markers in it, each attached to the node that it is for. */
export interface Tree {
  /** Null where the text is too long, nested too deep or too entangled to be read. */
  readonly root: Root | null
  readonly markers: readonly Marker[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Text to a Markdown tree, in a time that grows with its length. */
export function parseTree(source: Source): Tree {
  const excess = findExcess(source)
  if (excess !== null) return refused(excess.line, excess.message, excess.help)
  const parser = unified()
    .use(remarkParse)
    .use(remarkGfm)
    .use(withoutSecondLook)
    .use(remarkFrontmatter, ['yaml'])
    .freeze()
  try {
    const root = parseWithTabs(source.text, text => parseInPieces(text, piece => parser.parse(piece)))
    return { root, markers: attachMarkers(root, source), diagnostics: [] }
  } catch (error) {
    // The Markdown parser overflows the stack on some hostile nestings; no text may end the program.
    if (error instanceof RangeError) return refused(1, 'nested too deep to be read', 'write it flatter')
    throw error
  }
}

function refused(line: number, message: string, help: string): Tree {
  return { root: null, markers: [], diagnostics: [diagnostic('SO003', { line, column: 1 }, message, help)] }
}

/**
 * Addresses that stand bare in a text are links to GFM, which looks for them again in the finished tree. Those links have
 * the text they are made of, so nothing of ours can tell them, and the second look takes a tenth of the time.
 */
function withoutSecondLook(this: Processor): void {
  const data = this.data()
  const extensions = data.fromMarkdownExtensions ?? []
  data.fromMarkdownExtensions = extensions.flat().map(({ transforms: _, ...rest }) => rest)
}
