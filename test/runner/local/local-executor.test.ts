import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLocalExecutor } from '../../../src/runner/local/index.ts'
import type { ScriptReport } from '../../../src/runner/ports.ts'
import { bytesOf, collect, openSession, type SessionOfScripts } from './session-of-scripts.ts'

const PROGRAMS = join(import.meta.dirname, '../../fixtures/programs')

let session: SessionOfScripts
beforeEach(() => {
  session = openSession()
})
afterEach(() => session.end())

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex')

function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

describe('streams', () => {
  test('are real pipes, that a script can open again and cannot truncate', async () => {
    const result = await session.run(
      'echo 1; echo 2 >/dev/stderr; echo 3 >/dev/stdout; echo 4 | tee /dev/stderr >/dev/null',
    )
    expect(result).toMatchObject({ out: '1\n3\n', err: '2\n4\n', exit: 0 })
  })

  test('stdin is /dev/null, and there is no terminal', async () => {
    expect(await session.run('read x')).toMatchObject({ exit: 1 })
    expect(await session.run('echo x >/dev/tty')).toMatchObject({ exit: 1 })
  })

  test('bytes that are not text come as they are', async () => {
    const result = await session.run("printf '\\xff\\x00\\x01'; printf 'a\\0b' >&2")
    // However a busy machine cuts them, and in whatever order the two streams come.
    expect(bytesOf(result.reports, 'out')).toEqual(Buffer.from([0xff, 0, 1]))
    expect(bytesOf(result.reports, 'err').toString()).toBe('a\0b')
    const chunks = result.reports.flatMap(report => (report.kind === 'output' ? [report.event] : []))
    const common = { kind: 'output', step: 'step-1', attempt: 1, at: 0 }
    expect(chunks.find(({ fd }) => fd === 'out')).toMatchObject({ ...common, b64: expect.stringMatching(/^\/w/) })
    for (const chunk of chunks.filter(({ fd }) => fd === 'err'))
      expect(chunk).toMatchObject({ text: expect.any(String) })
  })

  test('a line of 10 MB arrives whole, in chunks of at most 64 KiB, counted and hashed', async () => {
    const result = await session.run("head -c 10000000 /dev/zero | tr '\\0' x")
    expect(result.out).toBe('x'.repeat(10_000_000))
    const end = result.ended.end.streams[0]
    expect(end).toEqual({
      fd: 'out',
      bytes: 10_000_000,
      sha256: sha256(result.out),
      kept: 10_000_000,
      masked: 0,
      lost: 0,
    })
    const longest = Math.max(
      ...result.reports.map(report => (report.kind === 'output' ? (report.event.text?.length ?? 0) : 0)),
    )
    expect(longest).toBeLessThanOrEqual(65_536)
  })

  test('of a flood the start and the last 64 KiB are kept, all of it is counted and hashed', async () => {
    const flooded = openSession({ keepBytes: 100_000 })
    const result = await collectLoose(flooded, `${PROGRAMS}/floods-stdout 3000000`)
    const whole = Buffer.from(
      'abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ-012345678\n'.repeat(50_000).slice(0, 3_000_000),
    )
    expect(result.ended.end.streams[0]).toEqual({
      fd: 'out',
      bytes: 3_000_000,
      sha256: sha256(whole),
      kept: 165_536,
      masked: 0,
      lost: 0,
    })
    for (const { at, text = '' } of result.chunks) expect(text).toBe(whole.subarray(at, at + text.length).toString())
    expect(result.chunks.at(-1)?.at).toBe(3_000_000 - 65_536)
    flooded.end()
  })

  test('what the spool cannot take is counted as lost', async () => {
    const small = openSession({ spoolBytes: 1000 })
    const result = await small.run(`${PROGRAMS}/floods-stdout 50000`)
    expect(result.exit).toBe(0)
    expect(result.ended.end.streams[0]).toMatchObject({ bytes: 1000, lost: 49_000 })
    small.end()
  })

  test('a slow taker gets everything', async () => {
    const order = session.order(`${PROGRAMS}/floods-stdout 1000000`)
    const result = await collect(report =>
      session.executor.run(order, async next => {
        await sleep(5)
        await report(next)
      }),
    )
    expect(result.out).toHaveLength(1_000_000)
  })

  test('output shows while the script runs', async () => {
    let shown: (() => void) | undefined
    const first = new Promise<void>(resolve => {
      shown = resolve
    })
    const order = session.order('echo now; until [[ -e go || SECONDS -gt 100 ]]; do sleep 0.02; done')
    const done = session.executor.run(order, async report => {
      if (report.kind === 'output') shown?.()
    })
    await first
    writeFileSync(join(session.folder, 'go'), '')
    await done
  })
})

/** As `collect`, for output with a gap in it. */
async function collectLoose(from: SessionOfScripts, script: string) {
  const reports: ScriptReport[] = []
  await from.executor.run(from.order(script), async report => {
    reports.push(report)
  })
  const ended = reports.at(-1)
  if (ended?.kind !== 'ended') throw new Error('no end')
  return { ended, chunks: reports.flatMap(report => (report.kind === 'output' ? [report.event] : [])) }
}

describe('how a script ended', () => {
  test.each([
    ['exit 0', 'exit 0', { outcome: 'exited', exit: 0, signal: null }],
    ['exit 3', 'exit 3', { outcome: 'exited', exit: 3, signal: null }],
    ['an exit code that looks like a signal', 'exit 143', { outcome: 'exited', exit: 143, signal: null }],
    ['SIGTERM', 'kill -TERM $$', { outcome: 'signalled', exit: null, signal: 'SIGTERM' }],
    ['SIGKILL', 'kill -KILL $$', { outcome: 'signalled', exit: null, signal: 'SIGKILL' }],
    ['SIGSEGV', 'kill -SEGV $$', { outcome: 'signalled', exit: null, signal: 'SIGSEGV' }],
    ['a command that is missing', 'no-such-command-here', { outcome: 'exited', exit: 127, signal: null }],
  ])('%s', async (_, script, expected) => {
    expect(await session.run(script)).toMatchObject(expected)
  })

  // With a time limit the supervisor has a second job, and on a busy machine a script has ended before it is waited for.
  test('is told the same way beside a time limit, however early it ends', { timeout: 30_000 }, async () => {
    const limited = { timeoutMs: 30_000 }
    const ends = await Promise.all(
      Array.from({ length: 60 }, (_, i) => session.run(i % 2 === 0 ? 'kill -TERM $$' : 'exit 143', limited)),
    )
    expect(ends.map(end => end.outcome)).toEqual(ends.map((_, i) => (i % 2 === 0 ? 'signalled' : 'exited')))
  })

  test('how long it took', async () => {
    const { ended } = await session.run('sleep 0.2')
    expect(ended.ms).toBeGreaterThanOrEqual(200)
    expect(ended.ms).toBeLessThan(10_000)
  })
})

describe('a child that is left behind', () => {
  test('does not hold its block; what it says shortly after is recorded', async () => {
    const before = performance.now()
    const result = await session.run(`${PROGRAMS}/leaves-a-child 0.05 600`)
    // The child stays for ten minutes.
    expect(performance.now() - before).toBeLessThan(20_000)
    expect(result.exit).toBe(0)
    expect(result.out).toMatch(/^child \d+\nlate\n$/)
    const pid = Number(/\d+/.exec(result.out)?.[0])
    expect(isAlive(pid)).toBe(true)
    process.kill(pid, 'SIGKILL')
  })
})

describe('an order', () => {
  test('is started once, however often it is run', async () => {
    const order = session.order('echo x >>started; echo done')
    const results = await Promise.all([1, 2, 3].map(() => collect(report => session.executor.run(order, report))))
    results.push(await collect(report => session.again().executor.run(order, report)))
    expect(readFileSync(join(session.folder, 'started'), 'utf8')).toBe('x\n')
    for (const result of results) expect(result).toMatchObject({ out: 'done\n', exit: 0 })
  })

  test('that was never run is absent, and one that was forgotten too', async () => {
    const order = session.order('echo hi')
    expect(await session.executor.find(order)).toBe('absent')
    await collect(report => session.executor.run(order, report))
    expect(await session.executor.find(order)).toBe('ended')
    await session.executor.forget(order.id)
    expect(await session.executor.find(order)).toBe('absent')
    expect(readdirSync(join(session.stateDir, 'claims'))).toEqual([])
  })

  test('of an earlier boot is lost, whether its claim is there or not', async () => {
    writeFileSync(join(session.stateDir, 'boot'), 'an earlier boot')
    expect(await session.again().executor.find(session.order('echo hi'))).toBe('lost')
  })
})

test('everything in the state folder is private, whatever the umask', async () => {
  const before = process.umask(0)
  try {
    const open = openSession()
    await open.run('umask; export SECRET=x')
    const modes = (path: string): number[] =>
      readdirSync(path, { withFileTypes: true }).flatMap(entry => {
        const child = join(path, entry.name)
        const mode = statSync(child).mode & 0o077
        return entry.isDirectory() ? [mode, ...modes(child)] : [mode]
      })
    expect(statSync(open.stateDir).mode & 0o777).toBe(0o700)
    expect(new Set(modes(open.stateDir))).toEqual(new Set([0]))
    expect((await open.run('umask')).out).toBe('0000\n')
    open.end()
  } finally {
    process.umask(before)
  }
})

test('a state folder that cannot be made is said', () => {
  writeFileSync(join(session.folder, 'file'), '')
  const stateDir = join(session.folder, 'file', 'state')
  expect(() => createLocalExecutor({ stateDir, environment: {} })).toThrow(
    expect.objectContaining({ code: 'STATE_UNWRITABLE' }),
  )
})

describe('secrets', () => {
  test('reach the steps that name them by environment, and are masked in their output', async () => {
    session.executor.keepSecret('TOKEN', 'hunter2-hunter2')
    const named = await session.run('echo "$TOKEN" | cut -c1-7; echo "[$TOKEN]"; printf %s "$TOKEN" | base64', {
      secrets: ['TOKEN'],
    })
    expect(named.out).toMatch(/^hunter2\n\[\*\*\*\]\n\*\*\*.{0,3}\n$/)
    expect(named.ended.end.streams[0]).toMatchObject({ masked: 2, sha256: sha256(named.out) })
    expect((await session.run('echo "${TOKEN-none}"')).out).toBe('none\n')
    expect(session.executor.mask('x hunter2-hunter2 y')).toBe('x *** y')
  })

  test('are not written into the state', async () => {
    session.executor.keepSecret('TOKEN', 'hunter2-hunter2')
    const order = session.order('true', { secrets: ['TOKEN'] })
    await collect(report => session.executor.run(order, report))
    await session.executor.forget(order.id)
    const files = readdirSync(session.stateDir, { recursive: true, withFileTypes: true }).filter(entry =>
      entry.isFile(),
    )
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) expect(readFileSync(join(file.parentPath, file.name), 'utf8')).not.toContain('hunter2')
  })
})

describe('describe', () => {
  test('names the shell, the folder and the variables a script will see', async () => {
    session.executor.keepSecret('TOKEN', 'hunter2-hunter2')
    const first = session.order('mkdir "a b"; cd "a b"; export ADDED=1; unset LANG', {
      env: { TAG: 'v1' },
      secrets: ['TOKEN'],
    })
    const own = ['SIGNOFF', 'SIGNOFF_ATTEMPT', 'SIGNOFF_RUN', 'SIGNOFF_STEP']
    expect(session.executor.describe(first)).toEqual({
      shell: 'bash',
      cwd: session.folder,
      env: ['HOME', 'LANG', 'PATH', ...own, 'TAG', 'TOKEN'],
    })
    await collect(report => session.executor.run(first, report))
    const next = session.executor.describe(session.order(':'))
    expect(next.cwd).toBe(join(session.folder, 'a b'))
    expect(next.env).toEqual(['ADDED', 'HOME', 'PATH', ...own, 'TAG'])
  })
})

describe('check', () => {
  test.each([
    ['bash', 'echo ok\nfi\n', "line 31: syntax error near unexpected token `fi'"],
    ['bash', 'echo "open', 'line 30: unexpected EOF while looking for matching'],
    ['sh', 'echo ok\nfi\n', '31: Syntax error: "fi" unexpected'],
  ] as const)('%s names the line of the runbook', async (shell, script, said) => {
    const message = await session.executor.check(session.order(script, { shell, line: 30 }))
    expect(message).toContain(said)
    expect(message).not.toContain('bash: ')
  })

  test('lets good scripts pass, extended patterns too, and runs nothing', async () => {
    const script = 'touch ran; [[ $x == !(a|b) ]]\ncat <<E\n$(touch ran)\nE'
    expect(await session.executor.check(session.order(script))).toBeNull()
    expect(readdirSync(session.folder)).toEqual([])
  })

  test('a shell that is missing is named', async () => {
    const bare = openSession({ environment: { PATH: '/nonexistent' } })
    await expect(bare.executor.check(bare.order('true'))).rejects.toMatchObject({ code: 'SHELL_MISSING' })
    const order = bare.order('true')
    await expect(bare.executor.run(order, async () => undefined)).rejects.toMatchObject({ code: 'SHELL_MISSING' })
    expect(await bare.executor.find(order)).toBe('absent')
    bare.end()
  })
})
