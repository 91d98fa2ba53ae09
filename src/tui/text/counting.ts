/** `1 key`, `4 keys`; with its plural where that is another word: `2 children`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}

/** The numbers of a list of options: `1 or 2`, `1, 2 or 3`, `1 to 12`. */
export function numbersTo(count: number): string {
  if (count > 4) return `1 to ${count}`
  const numbers = Array.from({ length: count }, (_, index) => String(index + 1))
  const last = numbers.pop() ?? ''
  return numbers.length === 0 ? last : `${numbers.join(', ')} or ${last}`
}

/** What is said of keys that came too early; null where none did. */
export function droppedText(count: number): string | null {
  return count === 0 ? null : `ignored ${counted(count, 'key')} typed before this question`
}
