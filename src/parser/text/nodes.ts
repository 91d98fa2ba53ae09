import type { Nodes, Root } from 'mdast'

/**
 * All nodes of a tree, in the order of the text. Several questions are asked about every tree, and the general visitor of unist
 * takes as long for each as a part of the parse.
 */
export function* nodesOf(root: Root): Generator<Nodes> {
  const open: Nodes[] = [root]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    yield node
    if (!('children' in node)) continue
    for (let index = node.children.length - 1; index >= 0; index--) {
      const child = node.children[index]
      if (child !== undefined) open.push(child)
    }
  }
}
