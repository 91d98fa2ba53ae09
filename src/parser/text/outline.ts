/** `a) …`, `I.b …`, `2.c) …`: an item of an outline that is no list of Markdown. */
const OUTLINE = /^(?:\(?[a-z]\)|(?:[IVX]{1,5}|\d{1,2})\.[a-z][.)]?)\s+\S/

export function isOutlineItem(text: string): boolean {
  return OUTLINE.test(text)
}
