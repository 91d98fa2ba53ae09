/**
 * Whether colour is wanted: `NO_COLOR` (not empty) says no, then `FORCE_COLOR` decides, then a dumb terminal has none.
 * Ink's own colour library ignores `NO_COLOR`, so the theme is told.
 */
export function wantsColor({ NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  if ((NO_COLOR ?? '') !== '') return false
  if (FORCE_COLOR !== undefined) return !['0', 'false'].includes(FORCE_COLOR)
  return TERM !== 'dumb'
}

/** Whether only ASCII may be drawn, before the terminal itself was asked: `SIGNOFF_ASCII`, or a locale that is not UTF-8. */
export function wantsAscii(environment: NodeJS.ProcessEnv): boolean {
  const { SIGNOFF_ASCII = '' } = environment
  if (SIGNOFF_ASCII !== '' && SIGNOFF_ASCII !== '0') return true
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || ''
  // An unset locale is "C" by the book; terminals of today are UTF-8 all the same, and containers set none.
  return locale !== '' && !/utf-?8/i.test(locale)
}

/** Whether the surroundings ask for sentences instead of a screen: a screen reader, or a terminal that cannot move its cursor. */
export function wantsPlain({ TERM, ACCESSIBLE, INK_SCREEN_READER }: NodeJS.ProcessEnv): boolean {
  return TERM === 'dumb' || (ACCESSIBLE ?? '') !== '' || INK_SCREEN_READER === 'true'
}
