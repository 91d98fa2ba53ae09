import type { SignersFile } from './allowed-signers.ts'
import { isNamedIn, matchesPatternList } from './pattern-list.ts'
import type { Namespace } from './signer.ts'

/** Whether some line names this person for a namespace, whatever its key and its dates: asked before something is sent to them. */
export function mayEverSign(signers: SignersFile, principal: string, namespace: Namespace): boolean {
  return signers.lines.some(
    line =>
      isNamedIn(principal, line.principals) &&
      (line.namespaces === null || matchesPatternList(namespace, line.namespaces)),
  )
}
