import { asksToLook, isImperative } from '../text/words.ts'

/** Verbs over a list of what is to be written down. */
const WRITES = /^(?:record|capture|collect|gather|list|write down|note down|save|document)\s+\S/i
/** What a sentence may begin with before it says what to do: "Before cutting a release, execute:", "Then update …". */
const LEADS_TO =
  /^(?:(?:before|after|once|when|whenever|as soon as)\b[^,:;]{2,80},\s*|(?:then|next|now|finally|first|lastly|afterwards|also|please),?\s+)+/i
/** Over bullets these need nothing behind them. */
const DOES = /^(?:run|execute|do|perform|complete|follow)\b/i

/** A text from where it says what to do. */
export function withoutLead(text: string): string {
  return text.replace(LEADS_TO, '')
}

/** Whether a text tells a person to do, or to look at, something. */
export function tellsToDo(said: string): boolean {
  const text = withoutLead(said)
  if (/:$/.test(text) && DOES.test(text)) return true
  // "Trigger a rollback if any of the following happen:" lists reasons, not work.
  if (/\b(?:if|when|unless) (?:any|one|all|the)\b|\bfollowing (?:happens?|occurs?|appl(?:y|ies))\b/i.test(text))
    return false
  return asksToLook(text) || isImperative(text) || WRITES.test(text)
}
