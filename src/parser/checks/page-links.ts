import type { Root } from 'mdast'
import { toString as textOfNode } from 'mdast-util-to-string'
import { type Diagnostic, diagnostic } from '../../model/index.ts'
import { nodesOf } from '../text/nodes.ts'

/** A link to a file beside the runbook, with the place of the link. */
export interface FileLink {
  /** As written, decoded, without query and anchor: `../scripts/deploy.md`. */
  readonly path: string
  readonly line: number
  readonly column: number
}

/** SO033: links into the page whose heading is not there. */
export function pageLinks(root: Root): Diagnostic[] {
  const anchors = anchorsOf(root)
  return targetsOf(root).flatMap(({ url, line, column }) => {
    // `#tab/…` and `#/…` are read by the site that shows the page: they name no heading.
    if (!url.startsWith('#') || url === '#' || url === '#top' || url.includes('/')) return []
    const wanted = decoded(url.slice(1)).toLowerCase()
    if (anchors.has(wanted)) return []
    const message = `the link ${url} finds no heading of this page`
    return [diagnostic('SO033', { line, column }, message, 'name the heading as it is now')]
  })
}

/** Links of the page that name a file, none with a scheme or a host. */
export function fileLinks(root: Root): FileLink[] {
  return targetsOf(root).flatMap(({ url, line, column }) => {
    if (url === '' || /^(?:[a-z][a-z0-9+.-]*:|\/\/|#|\?)/i.test(url) || /[<>{}$]/.test(url)) return []
    const path = decoded(url.replace(/[?#].*$/s, ''))
    return path === '' || path.includes('\0') ? [] : [{ path, line, column }]
  })
}

function targetsOf(root: Root): { readonly url: string; readonly line: number; readonly column: number }[] {
  const found: { url: string; line: number; column: number }[] = []
  for (const node of nodesOf(root)) {
    const start = node.position?.start
    if (start !== undefined && 'url' in node) found.push({ url: node.url, line: start.line, column: start.column })
  }
  return found
}

/** Names that GitHub and GitLab give to headings, and those that HTML in the page gives. */
function anchorsOf(root: Root): Set<string> {
  const names = new Set<string>()
  const counts = new Map<string, number>()
  for (const node of nodesOf(root)) {
    if (node.type === 'heading') {
      const own = /\{#([\w.:-]+)\}\s*$/.exec(textOfNode(node))?.[1]
      if (own !== undefined) names.add(own.toLowerCase())
      const name = textOfNode(node)
        .toLowerCase()
        .trim()
        .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
        .replaceAll(' ', '-')
      const count = counts.get(name) ?? 0
      counts.set(name, count + 1)
      names.add(count === 0 ? name : `${name}-${count}`)
    } else if (node.type === 'html') {
      for (const found of node.value.matchAll(/\b(?:id|name)\s*=\s*["']?([^"'\s>]+)/gi))
        names.add((found[1] ?? '').toLowerCase())
    }
  }
  return names
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
