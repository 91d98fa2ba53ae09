import type { Checked } from './check-script.ts'

/** What the shell says of a text; null if it parses. */
type Answer = Promise<string | null>
type Read = (order: Checked, environment: Readonly<Record<string, string>>) => Answer

/**
 * Has a shell read texts one after the other, since each lies in the same file for it; and a text that bash found whole not again, if it is
 * the next to be asked for: it is read ahead, while the end of the script before it is put on the disk, and asked for once more just before
 * it starts.
 */
export function readOnce(read: Read): Read {
  let turn: Promise<unknown> = Promise.resolve()
  let last: { readonly order: Checked; readonly answer: Answer } | null = null

  return (order, environment) => {
    if (last !== null && isSame(last.order, order)) return last.answer
    const answer = turn.then(() => read(order, environment))
    // What an interpreter says may depend on more than the text.
    const kept = order.shell === 'bash' && order.interpreter == null ? { order, answer } : null
    last = kept
    turn = answer.then(
      said => {
        if (said !== null && last === kept) last = null
      },
      () => {
        if (last === kept) last = null
      },
    )
    return answer
  }
}

function isSame(one: Checked, other: Checked): boolean {
  return (
    one.script === other.script &&
    one.line === other.line &&
    one.extglob === other.extglob &&
    one.shell === other.shell &&
    one.interpreter == null &&
    other.interpreter == null
  )
}
