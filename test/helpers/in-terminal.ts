import xterm from '@xterm/headless'

export interface InTerminal {
  /** What the terminal would send back, as if it had been typed. */
  readonly replies: string
  /** Titles that were set, and a word for each bell. */
  readonly titles: readonly string[]
  readonly modes: object
  readonly rows: readonly string[]
}

/** What a real terminal emulator makes of bytes that are printed to it. */
export async function inTerminal(text: string | Uint8Array): Promise<InTerminal> {
  const terminal = new xterm.Terminal({
    cols: 120,
    rows: 60,
    scrollback: 5000,
    allowProposedApi: true,
    logLevel: 'off',
  })
  let replies = ''
  const titles: string[] = []
  const reply = (data: string) => {
    replies += data
  }
  terminal.onData(reply)
  terminal.onBinary(reply)
  terminal.onBell(() => titles.push('bell'))
  terminal.onTitleChange(title => titles.push(title))
  await new Promise<void>(resolve => terminal.write(text, resolve))
  const buffer = terminal.buffer.active
  const rows = Array.from({ length: buffer.length }, (_, row) => buffer.getLine(row)?.translateToString(true) ?? '')
  const found = { replies, titles, modes: { ...terminal.modes, alternate: buffer.type }, rows }
  terminal.dispose()
  return found
}
