import { readSource } from '../text/source.ts'
import { parseTree } from '../tree.ts'
import { type FileLink, fileLinks as linksOfTree } from './page-links.ts'

/** The files that a runbook links to. Whether they are there is for the caller to look: nothing is read here. */
export function fileLinks(bytes: Uint8Array): FileLink[] {
  const { source } = readSource(bytes)
  const root = source === null ? null : parseTree(source).root
  return root === null ? [] : linksOfTree(root)
}
