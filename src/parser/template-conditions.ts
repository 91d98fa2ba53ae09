import type { Block, Item } from './blocks.ts'
import type { SectionDraft } from './sections.ts'
import type { ProseLine } from './text/prose.ts'
import type { Source } from './text/source.ts'

/** The token of a template that begins, turns or ends a condition; all else of a template language is let be. */
const TOKEN =
  /(?:\{%|\{\{|<%)[-~]?\s*(#?if|#?unless|else\s*if|elsif|elif|else|\/if|\/unless|endif|endunless|end)\b\s*([^%}\n]*?)\s*[-~]?(?:%\}|\}\}|%>)/g

/**
 * Rule R21: template conditionals around items and blocks are conditions (R8), in the words of the template. Nothing is
 * evaluated: a person says whether they hold. The tokens themselves are no text.
 */
export function underTemplates(sections: readonly SectionDraft[], source: Source): readonly SectionDraft[] {
  if (!/(?:\{%|\{\{|<%)[-~]?\s*#?(?:if|unless)\b/.test(source.text)) return sections
  const open: string[] = []
  return sections.map(section => inSection(section, open))
}

/** What holds at a place of the text: the conditions around it, the outermost first. Changed while the text is read. */
type Open = string[]

function inSection(section: SectionDraft, open: Open): SectionDraft {
  const blocks = section.blocks.flatMap(block => inBlock(block, open))
  return { ...section, blocks, children: section.children.map(child => inSection(child, open)) }
}

function inBlock(block: Block, open: Open): Block[] {
  switch (block.kind) {
    case 'list':
      return [{ ...block, items: block.items.map(item => inItem(item, open)) }]
    case 'paragraph': {
      const { text, under } = read(block.text, open)
      if (text === block.text) return [withCondition(block, under)]
      if (text === '') return []
      const lines = block.lines.map(withoutTokens).filter(line => line.text !== '')
      return [withCondition({ ...block, text, lines }, under)]
    }
    case 'tabs':
      return [
        { ...block, tabs: block.tabs.map(tab => ({ ...tab, blocks: tab.blocks.flatMap(one => inBlock(one, open)) })) },
      ]
    default:
      return [withCondition(block, conditionOf(open))]
  }
}

function inItem(item: Item, open: Open): Item {
  const { text, under } = read(item.title, open)
  const blocks = item.blocks.flatMap(block => inBlock(block, open))
  return withCondition({ ...item, title: text, blocks }, under)
}

function withCondition<T extends object>(part: T, under: string | null): T {
  return under === null ? part : { ...part, under }
}

function withoutTokens(line: ProseLine): ProseLine {
  return { ...line, text: tidy(line.text.replace(TOKEN, ' ')) }
}

/** A text without its tokens, and the conditions that hold where its first word stands; `open` is what holds behind it. */
function read(text: string, open: Open): { readonly text: string; readonly under: string | null } {
  const tokens = [...text.matchAll(TOKEN)]
  if (tokens.length === 0) return { text, under: conditionOf(open) }
  let under: string | null = null
  let begun = false
  let at = 0
  const begin = (piece: string): void => {
    if (begun || piece.trim() === '') return
    under = conditionOf(open)
    begun = true
  }
  for (const token of tokens) {
    begin(text.slice(at, token.index))
    turn(open, (token[1] ?? '').replace(/\s+/g, ''), token[2] ?? '')
    at = token.index + token[0].length
  }
  begin(text.slice(at))
  return { text: tidy(text.replace(TOKEN, ' ')), under: begun ? under : conditionOf(open) }
}

function turn(open: Open, word: string, condition: string): void {
  switch (word) {
    case 'if':
    case '#if':
      open.push(`if ${condition}`)
      return
    case 'unless':
    case '#unless':
      open.push(`unless ${condition}`)
      return
    case 'elseif':
    case 'elsif':
    case 'elif':
      open.pop()
      open.push(`if ${condition}`)
      return
    case 'else': {
      const last = open.pop() ?? ''
      open.push(last.startsWith('unless ') ? `if ${last.slice(7)}` : `unless ${last.replace(/^if /, '')}`)
      return
    }
    default:
      open.pop()
  }
}

function conditionOf(open: Open): string | null {
  return open.length === 0 ? null : open.join(' and ')
}

function tidy(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
