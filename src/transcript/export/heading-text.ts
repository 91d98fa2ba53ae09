/** Whether a position tells more than its title does: `3.1.9` does, `appendices` of "Appendices" does not. */
export function isNumbered(position: string): boolean {
  return /^[0-9A-Z][0-9A-Za-z.]*$/.test(position) && /^.?$|[0-9.]/.test(position)
}

/** A phase or a step as a heading names it. */
export function headingText({ position, title }: { readonly position: string; readonly title: string }): string {
  return isNumbered(position) ? `${position} ${title}` : title
}
