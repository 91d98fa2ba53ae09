import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Person, signersText } from './keys.ts'
import type { World } from './make-world.ts'

/** Lets the operator and the approver of each role operate and sign hand-overs; gives the approvers, in the order of their roles. */
export function letAllOperate(world: World): Person[] {
  const others = [...world.approvers.values()]
  const all = [world.operator, ...others]
  writeFileSync(join(world.repository.clone, '.signoff', 'allowed_signers'), signersText(all, all))
  return others
}
