import { expect, test } from 'vitest'
import { makeWorld } from '../helpers/world/index.ts'
import { signoffFile } from '../helpers/world/signoff.ts'
import { TestTerminal } from '../tui/helpers/terminal.ts'

test('a signal on the last screen, with the run over, ends the process and gives the terminal back', async () => {
  const world = await makeWorld({
    files: { 'book.md': '# Book\n\n## 1. All\n\n1. Look:\n\n   ```bash\n   ls\n   ```\n' },
  })
  const args = [signoffFile(), 'run', 'book.md', '--release', 'v1', '--ui', 'full']
  const env = { ...world.env, SIGNOFF_KEY: world.operator.keyFile, CI: '' }
  const size = { columns: 80, rows: 24 }
  const terminal = new TestTerminal(process.execPath, args, size, env, world.repository.clone).startsAtOnce()
  try {
    await terminal.asked(/READY {2}1\.1/)
    terminal.send('\r')
    await terminal.until(/FINISHED/)
    terminal.signal('SIGTERM')
    expect(await terminal.exited).toBe(143)
    expect(terminal.isAlternate).toBe(false)
  } finally {
    terminal.close()
    await world.remove()
  }
})
