/**
 * The reason that an approver gave. It stands in what was signed and in no field beside it, so that nobody else can have written it.
 * Null where there is none, and for an envelope that cannot be read. The signature is not looked at: whoever recorded the
 * approval has checked it, and `verify` does.
 */
export function signedReason(envelope: string): string | null {
  try {
    const { payload } = JSON.parse(envelope) as { readonly payload?: unknown }
    if (typeof payload !== 'string') return null
    const statement = JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as {
      readonly predicate?: { readonly reason?: unknown }
    } | null
    const reason = statement?.predicate?.reason
    return typeof reason === 'string' && reason.trim() !== '' ? reason : null
  } catch {
    return null
  }
}
