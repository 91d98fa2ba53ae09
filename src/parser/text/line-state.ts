/**
 * What a line leaves open for the next one, guessed from the lines alone: the marks of a fence, `-->` of a comment, or null.
 * A guess: only the Markdown parser knows, and whoever asks must be right without it.
 */
export function openBehind(row: string, open: string | null): string | null {
  if (open === '-->') return row.includes('-->') ? null : open
  const fence = /^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(`{3,}|~{3,})(.*)/.exec(row)
  if (open === null) return fence?.[1] ?? (/<!--(?!.*-->)/.test(row) ? '-->' : null)
  return fence?.[1]?.startsWith(open) && fence[2]?.trim() === '' ? null : open
}

/** True for a line that begins a heading or a paragraph at the left margin, if it lies in no fence and no comment. */
export function beginsBlock(row: string, isBehindBlank: boolean): boolean {
  return /^#{1,6}[ \t]/.test(row) || (isBehindBlank && /^(?:[A-Za-z]|\*\*[A-Za-z])/.test(row))
}
