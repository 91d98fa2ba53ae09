import { readFile } from 'node:fs/promises'
import { buildApprovalRequest } from '../../transcript/index.ts'
import type { Session } from '../runs/run-session.ts'
import type { Inbox } from './inbox.ts'

/** Writes the request file of an open gate. Everything in it comes from the journal as it is on the disk. */
export async function publishRequest(session: Session, inbox: Inbox, step: string): Promise<string> {
  const text = await buildApprovalRequest(await readFile(session.files.journal), step)
  return inbox.publish(requestName(session.context.steps.get(step)?.position ?? step), text)
}

/** Takes the request of a gate away that is answered, or was closed by a step back: nobody signs it any more. */
export async function withdrawRequest(session: Session, inbox: Inbox, step: string): Promise<void> {
  await inbox.withdraw(requestName(session.context.steps.get(step)?.position ?? step))
}

/** Name of a gate's request and of the answers to it, without an ending: its position, safe in a file name. */
export function requestName(position: string): string {
  return `gate-${position.replace(/[^\w.-]/g, '_')}`
}

/** How the name of an answer ends. */
export const ANSWER_FILE = '.approval.json'

/** Name of the file that a key answers with, to what bears this name: another key's answer is another file. */
export function answerFile(name: string, keyid: string): string {
  return `${name}.${keyid.replace(/[^A-Za-z0-9]/g, '').slice(6, 18)}${ANSWER_FILE}`
}
