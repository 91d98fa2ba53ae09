/**
 * The one function that makes canonical bytes: JSON of the printable ASCII 0x20..0x7e, keys in the order they stand in.
 * `JSON.stringify` alone leaves DEL and the C1 controls raw, and terminals obey them.
 */
export function encode(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
