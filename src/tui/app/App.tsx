import { Box, useApp, useCursor, useInput, usePaste } from 'ink'
import { useEffect } from 'react'
import { type KeyPress, keysOf } from '../state/key-press.ts'
import type { Suspend } from '../terminal/hand-over.ts'
import { paintLine } from '../text/theme.ts'
import type { View } from '../view/view.ts'
import { Row } from './Row.tsx'

interface AppProps {
  readonly view: View
  readonly color: boolean
  /** All keys of one read of the terminal, in order. */
  readonly onKeys: (keys: readonly KeyPress[]) => void
  readonly onPaste: (text: string) => void
  /** Gets the function that stops drawing and reading until its callback has settled. */
  readonly onSuspend?: (suspend: Suspend) => void
}

/** Draws the view and hands keys on; it decides nothing. */
export function App({ view, color, onKeys, onPaste, onSuspend }: AppProps) {
  const { suspendTerminal } = useApp()
  useEffect(() => onSuspend?.(suspendTerminal), [onSuspend, suspendTerminal])
  const { setCursorPosition } = useCursor()
  useInput((input, key) => onKeys(keysOf(input, key)))
  usePaste(onPaste)
  setCursorPosition(view.cursor ?? undefined)
  return (
    <Box flexDirection="column">
      {view.lines.map((line, row) => (
        <Row key={row} text={paintLine(line, color)} />
      ))}
    </Box>
  )
}
