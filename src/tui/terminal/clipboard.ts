/** Asks the terminal itself to keep a text: the last way, since many ignore it, and none says whether it did. */
export function osc52(text: string): string {
  return `\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`
}
