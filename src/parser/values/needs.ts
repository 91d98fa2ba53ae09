import type { Root } from 'mdast'
import { frontMatterReader, frontMatterSchema, namesOurSection } from '../front-matter/front-matter.ts'
import { mayBeCommand, shellGrammar } from '../shell/index.ts'
import { nodesOf } from '../text/nodes.ts'

/** Loads what reading this tree takes, and nothing else: a text without shell needs no grammar of it. */
export async function loadNeeds(root: Root): Promise<void> {
  const [first] = root.children
  const frontMatter = first?.type === 'yaml' ? first.value : null
  await Promise.all([
    holdsCode(root) ? shellGrammar.load() : null,
    frontMatter === null ? null : frontMatterReader.load(),
    frontMatter !== null && namesOurSection(frontMatter) ? frontMatterSchema.load() : null,
  ])
}

/** Loads all that any text may need, for those who read many texts, one after the other. */
export async function loadAllNeeds(): Promise<void> {
  await Promise.all([shellGrammar.load(), frontMatterReader.load(), frontMatterSchema.load()])
}

/** Whatever its tag, a block may be shell or read variables. */
function holdsCode(root: Root): boolean {
  for (const node of nodesOf(root))
    if (node.type === 'code' || (node.type === 'inlineCode' && mayBeCommand(node.value))) return true
  return false
}
