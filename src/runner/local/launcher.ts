import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { shellMissing } from './check-script.ts'

/** The bash that forks supervisors and checks scripts: see `supervisor-script.ts`. */
export interface Launcher {
  /**
   * Has bash read a whole file whose first command is `set -n`; what it says is in `FILE.said` afterwards.
   * @returns the exit code; null if the launcher ended before it answered.
   * @throws {SignoffError} `SHELL_MISSING`.
   */
  check(file: string): Promise<number | null>
  /**
   * Hands an order over.
   * @returns whether its supervisor was forked; false if the launcher ended before it said so: the claim tells.
   * @throws {SignoffError} `SHELL_MISSING`.
   */
  start(words: readonly string[]): Promise<boolean>
  /** Lets it end; supervisors and scripts go on. */
  close(): void
}

type Bash = ChildProcessByStdio<Writable, Readable, null>

/** Started when it is first needed, and again if it was killed. */
export function createLauncher(script: string, environment: Readonly<Record<string, string>>): Launcher {
  let bash: Promise<Bash> | null = null
  let turn: Promise<unknown> = Promise.resolve()

  const running = (): Promise<Bash> => {
    bash ??= spawnBash(script, environment).then(child => {
      const gone = (): void => {
        bash = null
      }
      child.once('exit', gone)
      // A write into a launcher that was killed: `exit` tells it, and the next order gets another one.
      child.stdin.on('error', gone)
      return child
    })
    bash.catch(() => {
      bash = null
    })
    return bash
  }

  /** Says one order and waits for the answer to it. */
  const ask = (...words: readonly string[]): Promise<number | null> => {
    const result = turn.then(async () => {
      const child = await running()
      hold(child, true)
      try {
        const answer = nextLine(child)
        child.stdin.write(words.map(word => `${word}\0`).join(''))
        const code = await answer
        // It has gone, whether its end was told already or not: the next order gets another one.
        if (code === null) bash = null
        return code
      } finally {
        hold(child, false)
      }
    })
    turn = result.catch(() => undefined)
    return result
  }

  return {
    check: file => ask('check', file),
    start: async words => (await ask('run', String(words.length), ...words)) !== null,
    close() {
      bash?.then(child => child.stdin.end()).catch(() => undefined)
      bash = null
    },
  }
}

async function spawnBash(script: string, environment: Readonly<Record<string, string>>): Promise<Bash> {
  const child = spawn('bash', ['-p', script], {
    cwd: '/',
    env: environment,
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  if (child.pid === undefined) throw shellMissing('bash', (await once(child, 'error').catch(error => [error]))[0])
  // Nothing here may keep a process alive that has been told to go.
  child.unref()
  hold(child, false)
  return child
}

/** Whether the pipes keep this process alive. */
function hold(child: Bash, held: boolean): void {
  for (const end of [child.stdin, child.stdout]) {
    // Pipes to a child are sockets to Node, whatever the type says.
    const socket = end as unknown as Socket
    if (held) socket.ref()
    else socket.unref()
  }
}

/** The number on the next line that it writes; null if it ends first. */
function nextLine(child: Bash): Promise<number | null> {
  return new Promise(resolve => {
    let text = ''
    const done = (answer: number | null): void => {
      child.stdout.off('data', take).off('close', none)
      resolve(answer)
    }
    const none = (): void => done(null)
    const take = (chunk: Buffer): void => {
      text += chunk.toString()
      if (text.endsWith('\n')) done(Number(text))
    }
    child.stdout.on('data', take).on('close', none)
    if (child.stdout.destroyed || child.exitCode !== null || child.signalCode !== null) none()
  })
}
