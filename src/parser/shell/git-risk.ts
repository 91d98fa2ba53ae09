import type { Risk } from '../../model/index.ts'
import { argumentsOf, hasOption } from './effective.ts'

/**
 * Risk of a git command where its options and refs say more than its verb; null leaves it to the table.
 *
 * @param written the words as they stand in the script, where `<tag>` is no stand-in.
 */
export function riskOfGit(words: readonly string[], written: readonly string[]): Risk | null {
  const rest = argumentsOf(words, '-C -c --git-dir --work-tree')
  switch (rest[0]) {
    case 'push':
      return push(words, written)
    case 'clean':
      return hasOption(words, '-n', '--dry-run') ? 'view' : 'danger'
    case 'branch':
      if (hasOption(words, '-D') || (hasOption(words, '-d', '--delete') && hasOption(words, '-f', '--force')))
        return 'danger'
      return isListing(words, rest) ? 'view' : null
    case 'tag':
    case 'remote':
      return isListing(words, rest) ? 'view' : null
    case 'checkout':
      return overwrites(words, words.includes('--'))
    case 'restore':
      return hasOption(words, '-S', '--staged') && !hasOption(words, '-W', '--worktree')
        ? 'safe'
        : overwrites(words, true)
    case 'reflog':
      return /^(?:delete|expire)$/.test(rest[1] ?? '') ? 'danger' : null
    case 'symbolic-ref':
      return rest.length > 2 ? 'safe' : null
    case 'submodule':
      return rest[1] === 'deinit' ? 'change' : null
    case 'gc':
      return words.some(word => word.startsWith('--prune')) ? 'change' : null
    default:
      return null
  }
}

function isListing(words: readonly string[], rest: readonly string[]): boolean {
  return rest.length === 1 && !hasOption(words, '-D', '-d', '--delete')
}

/** Work that is not committed is gone: the whole of it by `.`, otherwise the files that are named. */
function overwrites(words: readonly string[], namesFiles: boolean): Risk | null {
  if (words.some(word => word === '.' || word === ':/' || word === '*') || hasOption(words, '-f', '--force'))
    return 'danger'
  return namesFiles ? 'change' : null
}

function push(words: readonly string[], written: readonly string[]): Risk {
  const takesBack = hasOption(
    words,
    '-f',
    '-d',
    '--force',
    '--force-with-lease',
    '--force-if-includes',
    '--delete',
    '--mirror',
    '--tags',
    '--follow-tags',
    '--prune',
  )
  return takesBack || written.some(word => /^[+:]./.test(word) || NAMES_A_TAG.test(word.replace(/^["']|["']$/g, '')))
    ? 'danger'
    : 'change'
}

/** `v1.2.3`, `1.2.3`, `<tag>`, `$VERSION`, `v${NEXT}`, `HEAD:refs/tags/x`, `$(git describe --tags)`. */
const NAMES_A_TAG =
  /^tag$|refs\/tags\/|^v?\d+\.\d+\.\d\S*$|^v\d+\.\S*$|^v?X\.Y\S*$|^<v[^>]*>$|^v\$\S+$|^v?\$?\{?<?\{{0,2}(?:\w*[-_])?(?:tag|version)(?:[-_]name)?\}{0,2}>?\}?$|^\$\(.*\btags?\b/i
