import { isFor, isValidAt, type SignersFile, type SignersLine } from './allowed-signers.ts'
import { isNamedIn, matchesPatternList } from './pattern-list.ts'
import { APPROVAL_NAMESPACE, type Namespace } from './signer.ts'

/**
 * Whether some line lets this person sign in a namespace, whatever its key and its dates: asked before something is sent to them. The
 * line of an authority may name them by a wildcard, since its certificate says who it is for; approvals alone want the name in the line.
 */
export function mayEverSign(signers: SignersFile, principal: string, namespace: Namespace): boolean {
  return signers.lines.some(
    line =>
      (isNamedIn(principal, line.principals) ||
        (line.certAuthority && namespace !== APPROVAL_NAMESPACE && matchesPatternList(principal, line.principals))) &&
      isFor(line, namespace),
  )
}

/** Whom the line of an authority lets approve at a time, once they have its certificate: those that it names word for word. */
export function approversNamedBy(line: SignersLine, atMs: number): string[] {
  if (!line.certAuthority || !isFor(line, APPROVAL_NAMESPACE) || !isValidAt(line, atMs)) return []
  return line.principals.split(',').filter(name => isNamedIn(name, line.principals) && !name.startsWith('!'))
}
