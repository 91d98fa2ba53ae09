/** Bytes as WebCrypto takes them. Everything in this folder runs in a browser as in Node, so it knows no Buffer. */
export type Bytes = Uint8Array<ArrayBuffer>

/** Reads base64 of both alphabets, with or without padding; null for what is none. Spare bits must be zero. */
export function fromBase64(text: string): Bytes | null {
  const bare = text
    .replace(/={1,2}$/, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/')
  if (bare.length % 4 === 1 || !/^[A-Za-z0-9+/]*$/.test(bare)) return null
  const binary = atob(bare)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
  // Only the last group can have spare bits.
  const end = bytes.subarray(bytes.length - (bytes.length % 3))
  const kept = bare.slice(bare.length - (bare.length % 4))
  return end.length === 0 || toBase64(end).replace(/=+$/, '') === kept ? bytes : null
}

/** For short ones. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text)
}

/** One character a byte: for ASCII, and for what need only be compared. */
export function latin1(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes)
}

export function joinBytes(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export async function digest(hash: 'SHA-256' | 'SHA-512', bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest(hash, bytes))
}

export async function sha256Hex(bytes: Bytes): Promise<string> {
  return toHex(await digest('SHA-256', bytes))
}

export function fromHex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], pair => Number.parseInt(pair, 16))
}

export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}
