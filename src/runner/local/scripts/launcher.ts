import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { shellMissing } from './check-script.ts'
import { wireOf } from './terminal-supervisor.ts'

/** Bash that supervises scripts and checks them: see `supervisor-script.ts`. */
export interface Launcher {
  /**
   * Has bash read a whole file whose first line ends in `set -n`; what it says is in `FILE.said` afterwards.
   * @returns the exit code; null if bash ended before it answered.
   * @throws {SignoffError} `SHELL_MISSING`.
   */
  check(file: string): Promise<number | null>
  /**
   * Hands an order over.
   * @returns whether it was taken; false if bash ended before it said so: the claim tells.
   * @throws {SignoffError} `SHELL_MISSING`.
   */
  start(words: readonly string[]): Promise<boolean>
  /** Takes no more orders; scripts and their supervisors go on. */
  close(): void
}

/** The end of a script may be seen before its supervisor has said that it is free: starting another one takes as long as this. */
const FREE_WAIT_MS = 10

/** One bash, which has a script or is free for the next order. */
interface Supervisor {
  /** Says an order and waits for the answer to it; null if it ends first. */
  ask(words: readonly string[]): Promise<number | null>
  readonly isFree: boolean
  close(): void
}

/**
 * Mostly one bash, started when it is first needed: scripts run one after the other. Another one is started for an order that comes
 * while each has a script, and in the place of one that was killed.
 */
export function createLauncher(script: string, environment: Readonly<Record<string, string>>): Launcher {
  const supervisors = new Set<Supervisor>()
  let turn: Promise<unknown> = Promise.resolve()
  let closed = false
  /** Orders are handed over in turn, so that one at most waits. */
  let wake = (): void => undefined

  const firstFree = (): Supervisor | undefined => [...supervisors].find(({ isFree }) => isFree)

  const free = async (): Promise<Supervisor> => {
    // A script that was read ahead may still have been on its way here: no bash is started for that any more.
    if (closed) throw new Error('the launcher takes no more orders')
    if (firstFree() === undefined && supervisors.size > 0) await changeWithin(FREE_WAIT_MS)
    const found = firstFree()
    if (found !== undefined) return found
    const started = await startSupervisor(script, environment, {
      freed: () => wake(),
      gone() {
        supervisors.delete(started)
        wake()
      },
    })
    supervisors.add(started)
    return started
  }

  /** Resolves once a supervisor is free or gone, or the time is over. */
  const changeWithin = (ms: number): Promise<void> =>
    new Promise(resolve => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const ask = (...words: readonly string[]): Promise<number | null> => {
    const answer = turn.then(async () => (await free()).ask(words))
    turn = answer.catch(() => undefined)
    return answer
  }

  return {
    check: file => ask('check', file),
    start: async words => (await ask('run', String(words.length), ...words, '')) !== null,
    close() {
      closed = true
      for (const supervisor of supervisors) supervisor.close()
      supervisors.clear()
    },
  }
}

/** @param tell `freed`: it has no script any more; `gone`: it can take no more orders. */
async function startSupervisor(
  script: string,
  environment: Readonly<Record<string, string>>,
  tell: { readonly freed: () => void; readonly gone: () => void },
): Promise<Supervisor> {
  const bash = spawn('bash', ['-p', script], {
    cwd: '/',
    env: environment,
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  if (bash.pid === undefined) throw shellMissing('bash', (await once(bash, 'error').catch(error => [error]))[0])
  // Nothing here may keep a process alive that has been told to go.
  bash.unref()
  const wire = wireOf(bash)
  wire.unref()
  let isFree = true
  let heard = ''
  let answer: ((code: number | null) => void) | null = null

  wire.on('data', (chunk: Buffer) => {
    heard += chunk.toString()
    const lines = heard.split('\n')
    heard = lines.pop() ?? ''
    for (const line of lines)
      if (line === 'free') {
        isFree = true
        tell.freed()
      } else answer?.(Number(line))
  })
  // The bash that was started has forked another one, and ended. Nothing that lives longer than that one has the wire.
  wire.on('close', () => {
    isFree = false
    tell.gone()
    answer?.(null)
  })

  return {
    get isFree() {
      return isFree
    },
    async ask(words) {
      isFree = false
      wire.ref()
      try {
        const answered = new Promise<number | null>(resolve => {
          answer = resolve
        })
        wire.write(words.map(word => `${word}\0`).join(''))
        const code = await answered
        // One that was given a script is free again once it says so itself.
        if (words[0] === 'check' && code !== null) isFree = true
        return code
      } finally {
        answer = null
        wire.unref()
      }
    },
    close: () => wire.end(),
  }
}
