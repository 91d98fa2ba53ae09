import { execa } from 'execa'

/** Programs that keep a text for other programs, in the order they are asked, each with what tells that it has a place to keep it. */
const PROGRAMS: readonly {
  readonly name: string
  readonly command: readonly string[]
  readonly here: (e: NodeJS.ProcessEnv) => boolean
}[] = [
  // `-w` hands it on to the terminal around tmux, which takes no OSC 52 of programs by default.
  { name: 'tmux', command: ['tmux', 'load-buffer', '-w', '-'], here: e => (e.TMUX ?? '') !== '' },
  { name: 'wl-copy', command: ['wl-copy'], here: e => (e.WAYLAND_DISPLAY ?? '') !== '' },
  { name: 'xclip', command: ['xclip', '-selection', 'clipboard'], here: e => (e.DISPLAY ?? '') !== '' },
  { name: 'pbcopy', command: ['pbcopy'], here: () => process.platform === 'darwin' },
]
const MOST_MS = 2000

/** Gives a text to the clipboard by the first program that takes it, and names it; null where none does. Never rejects. */
export async function copyByProgram(text: string, environment: NodeJS.ProcessEnv): Promise<string | null> {
  for (const { name, command, here } of PROGRAMS) {
    if (!here(environment)) continue
    const [program = '', ...args] = command
    // Some stay behind to answer for the clipboard: whatever is theirs must not be waited for.
    const { failed } = await execa(program, args, {
      input: text,
      env: environment,
      extendEnv: false,
      stdout: 'ignore',
      stderr: 'ignore',
      timeout: MOST_MS,
      reject: false,
    })
    if (!failed) return name
  }
  return null
}
