/** One question for all steps that share a condition, whatever its capitals, an "only" around it or a closing colon. */
export function conditionKey(when: string): string {
  return when
    .toLowerCase()
    .replace(/\s*[:：]$/, '')
    .replace(/^only\s+|\s+only$/g, '')
    .trim()
}
