import { lazyPart } from '../lazy-part.ts'

/** unbash, which is a third of the parser: loaded when a text is met that may hold shell. */
export const shellGrammar = lazyPart('the grammar of the shell', async () => {
  const { forEachChild, parse } = await import('unbash')
  return { forEachChild, parse }
})
