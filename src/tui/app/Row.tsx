import { Text } from 'ink'
import { memo } from 'react'

/** One row of the screen, cut to its width before; drawn again only when its text has changed. */
export const Row = memo(function Row({ text }: { readonly text: string }) {
  // An empty text would take no row at all.
  return <Text>{text === '' ? ' ' : text}</Text>
})
