import { isValidAt, type SignersFile, type SignersLine } from './allowed-signers.ts'
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
      (line.namespaces === null || matchesPatternList(namespace, line.namespaces)),
  )
}

/** Whom the line of an authority lets approve at a time, once they have its certificate: those that it names word for word. */
export function approversNamedBy(line: SignersLine, atMs: number): string[] {
  const mayApprove = line.namespaces === null || matchesPatternList(APPROVAL_NAMESPACE, line.namespaces)
  if (!line.certAuthority || !mayApprove || !isValidAt(line, atMs)) return []
  return line.principals.split(',').filter(name => isNamedIn(name, line.principals) && !name.startsWith('!'))
}
