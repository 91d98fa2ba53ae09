import { frontMatterReader, frontMatterSchema } from '../../src/parser/front-matter/front-matter.ts'
import { shellGrammar } from '../../src/parser/shell/grammar.ts'

// Tests read scripts and front matter by the functions that do so, without the entry that loads what a text needs.
await Promise.all([shellGrammar.load(), frontMatterReader.load(), frontMatterSchema.load()])
