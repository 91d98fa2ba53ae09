import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Executor, ScriptOrder, ScriptReport } from '../../../src/runner/ports.ts'

/** What a driver hands to the contract: an executor over something that later processes find again. */
export interface ExecutorUnderTest {
  readonly executor: Executor
  /** An order of this run; `script` is bash. Each call has a step of its own, unless it is given one. */
  order(script: string, change?: Partial<ScriptOrder>): ScriptOrder
  /** The executor that another process of the same run would have, as after a kill of this one. */
  again(): Executor
  end(): void | Promise<void>
}

type Ended = Extract<ScriptReport, { kind: 'ended' }>

/**
 * What every executor promises, whatever stands behind it. Scripts here are bash and touch nothing but their own streams,
 * their shell's state and the folder they start in.
 */
export function executorContract(name: string, open: () => ExecutorUnderTest): void {
  describe(`${name} keeps the contract of an executor`, () => {
    let under: ExecutorUnderTest
    beforeEach(() => {
      under = open()
    })
    afterEach(() => under.end())

    const take = (reports: ScriptReport[]) => async (report: ScriptReport) => void reports.push(report)

    async function run(script: string, change: Partial<ScriptOrder> = {}): Promise<ScriptReport[]> {
      const reports: ScriptReport[] = []
      await under.executor.run(under.order(script, change), take(reports))
      return reports
    }

    test('the end comes once and last, with the true code, and with counts and digest of all output', async () => {
      const reports = await run('echo out; echo err >&2; exit 3')
      expect(reports.filter(report => report.kind === 'ended')).toHaveLength(1)
      const end = endOf(reports)
      expect(end).toMatchObject({ outcome: 'exited', exit: 3, signal: null })
      expect(end.end.streams.map(({ fd, bytes, kept, lost }) => ({ fd, bytes, kept, lost }))).toEqual([
        { fd: 'out', bytes: 4, kept: 4, lost: 0 },
        { fd: 'err', bytes: 4, kept: 4, lost: 0 },
      ])
      expect(end.end.streams[0]?.sha256).toBe(createHash('sha256').update('out\n').digest('hex'))
      expect(textOf(reports, 'out')).toBe('out\n')
      expect(textOf(reports, 'err')).toBe('err\n')
    })

    test('reports come one after the other: the next one is made when the one before was taken', async () => {
      let taking = 0
      let most = 0
      await under.executor.run(under.order('head -c 500000 /dev/zero; head -c 500000 /dev/zero >&2'), async () => {
        most = Math.max(most, ++taking)
        await new Promise(resolve => setImmediate(resolve))
        taking--
      })
      expect(most).toBe(1)
    })

    test('that a report is refused rejects the run, and the script is none the worse', async () => {
      const order = under.order('echo x; exit 4')
      await expect(
        under.executor.run(order, async () => {
          throw new Error('the journal is full')
        }),
      ).rejects.toThrow('the journal is full')
      const reports: ScriptReport[] = []
      await under.again().attach(order, { out: 0, err: 0 }, take(reports))
      expect(endOf(reports)).toMatchObject({ exit: 4 })
    })

    test('what was made ready is not started by it, runs once when it is run, and is nothing to a later process until then', async () => {
      const [first, second] = [under.order('echo "$RANDOM$RANDOM"; exit 3'), under.order('exit 4')]
      for (const order of [first, second]) {
        expect(await under.executor.check(order)).toBeNull()
        under.executor.makeReady(order)
        // It may do so a little later.
        await new Promise(resolve => setImmediate(resolve))
      }
      expect(await under.again().find(second)).toBe('absent')
      // Made ready anew, as for an answer that is given twice.
      under.executor.makeReady(first)
      await new Promise(resolve => setImmediate(resolve))
      const reports: ScriptReport[] = []
      await under.executor.run(first, take(reports))
      await under.executor.run(first, take(reports))
      expect(new Set(reports.flatMap(report => (report.kind === 'output' ? [report.event.text] : []))).size).toBe(1)
      expect(endOf(reports)).toMatchObject({ exit: 3 })
      const others: ScriptReport[] = []
      await under.executor.run(second, take(others))
      expect(endOf(others)).toMatchObject({ exit: 4 })
    })

    test('what was made ready is started as its order says now', async () => {
      const order = under.order('exit 3')
      under.executor.makeReady(order)
      await new Promise(resolve => setImmediate(resolve))
      const reports: ScriptReport[] = []
      await under.executor.run({ ...order, script: 'exit 5' }, take(reports))
      expect(endOf(reports)).toMatchObject({ exit: 5 })
    })

    test('an order is started once, however often and by whomever it is run', async () => {
      const order = under.order('echo "$RANDOM$RANDOM$RANDOM"')
      const all = await Promise.all(
        [under.executor, under.executor, under.again()].map(async executor => {
          const reports: ScriptReport[] = []
          await executor.run(order, take(reports))
          return textOf(reports, 'out')
        }),
      )
      expect(new Set(all).size).toBe(1)
    })

    test('find tells what became of an order: absent, running, ended, absent again once forgotten', async () => {
      const order = under.order('echo ready; sleep 600')
      expect(await under.executor.find(order)).toBe('absent')
      let found = ''
      await under.executor.run(order, async report => {
        if (report.kind !== 'output') return
        found = await under.again().find(order)
        void under.executor.stop(order.id, 'SIGKILL', null)
      })
      expect(found).toBe('running')
      expect(await under.again().find(order)).toBe('ended')
      await under.executor.forget(order.id)
      expect(await under.executor.find(order)).toBe('absent')
    })

    test('attach goes on where the record stops, with no gap and no duplicate', async () => {
      const order = under.order('printf abcdef')
      await under.executor.run(order, async () => undefined)
      for (let at = 0; at <= 6; at++) {
        const reports: ScriptReport[] = []
        await under.again().attach(order, { out: at, err: 0 }, take(reports))
        expect(textOf(reports, 'out')).toBe('abcdef'.slice(at))
        expect(endOf(reports).end.streams[0]).toMatchObject({ bytes: 6, kept: 6 })
      }
    })

    test('attach without the secrets of a run reads nothing, and says how much that is', async () => {
      const order = under.order('printf abcdef')
      await under.executor.run(order, async () => undefined)
      const reports: ScriptReport[] = []
      const sha256 = createHash('sha256').update('ab').digest('hex')
      await under.again().attach(order, { out: 2, err: 0 }, take(reports), { out: sha256, err: sha256 })
      expect(textOf(reports, 'out')).toBe('')
      expect(endOf(reports).end.streams[0]).toEqual({ fd: 'out', bytes: 2, sha256, kept: 2, masked: 0, lost: 4 })
    })

    test('a stop is told before it works, and who asked for it', async () => {
      const order = under.order('echo ready; sleep 600')
      const kinds: string[] = []
      let end: Ended | undefined
      let stopped: Promise<void> | undefined
      await under.executor.run(order, async report => {
        kinds.push(report.kind)
        if (report.kind === 'output') stopped = under.executor.stop(order.id, 'escalate', 'kim@example.com')
        if (report.kind === 'stopping') expect(report.event).toMatchObject({ why: 'person', by: 'kim@example.com' })
        if (report.kind === 'ended') end = report
      })
      await stopped
      expect(kinds).toEqual(['output', 'stopping', 'ended'])
      expect(end).toMatchObject({ outcome: 'cancelled' })
    })

    test('a stop that is asked for at once is told as well, and works', async () => {
      const order = under.order('sleep 600')
      const reports: ScriptReport[] = []
      const running = under.executor.run(order, take(reports))
      await under.executor.stop(order.id, 'escalate', 'kim@example.com')
      await running
      expect(reports[0]).toMatchObject({ kind: 'stopping', event: { signal: 'SIGINT', by: 'kim@example.com' } })
      expect(endOf(reports)).toMatchObject({ outcome: 'cancelled' })
    })

    test('a time limit ends a silent script, and says so', async () => {
      const end = endOf(await run('sleep 600', { timeoutMs: 200 }))
      expect(end.outcome).toBe('timed-out')
    })

    test('secrets reach the steps that name them, and nothing that is reported or masked holds one', async () => {
      under.executor.keepSecret('TOKEN', 'hunter2-hunter2')
      const named = await run('echo "[$TOKEN] ${#TOKEN}"', { secrets: ['TOKEN'] })
      expect(textOf(named, 'out')).toBe('[***] 15\n')
      expect(textOf(await run('echo "${TOKEN-none}"'), 'out')).toBe('none\n')
      expect(under.executor.mask('a hunter2-hunter2 b')).toBe('a *** b')
    })

    test('what one block leaves behind the next one of its session finds, and no other', async () => {
      await run('export A=1; b=2; f() { echo "f $b"; }')
      expect(textOf(await run('f; echo "$A"'), 'out')).toBe('f 2\n1\n')
      expect(textOf(await run('echo "${b-none}"', { session: 'recovery-x' }), 'out')).toBe('none\n')
    })

    test('describe tells the variables that a script sees, by name, as they are for the script', async () => {
      const order = under.order('compgen -e | sort', { env: { TAG: 'v1' } })
      const { env, shell } = under.executor.describe(order)
      const reports: ScriptReport[] = []
      await under.executor.run(order, take(reports))
      const seen = textOf(reports, 'out').trim().split('\n')
      expect(shell).toBe('bash')
      expect(env).toContain('TAG')
      // What the shell itself adds is not ours to tell.
      const ofTheShell = ['PWD', 'OLDPWD', 'SHLVL', '_']
      expect(seen.filter(name => !ofTheShell.includes(name))).toEqual(env.filter(name => !ofTheShell.includes(name)))
    })

    test('check runs nothing, and finds what would end a block half way', async () => {
      expect(await under.executor.check(under.order('echo "$(exit 9)"; exit 9', { line: 3 }))).toBeNull()
      expect(await under.executor.check(under.order('echo ok\nfi', { line: 30 }))).toContain('line 31')
    })

    test('what others say into its pipes after the end comes late, and is left when the run leaves it', async () => {
      const order = under.order('(while ((SECONDS < 100)); do echo on; sleep 0.05; done) & echo own; exit 0')
      const reports: ScriptReport[] = []
      await under.executor.run(order, take(reports))
      expect(reports.find(report => report.kind === 'left')).toMatchObject({ event: { open: ['out', 'err'] } })
      await expect.poll(() => reports.some(report => report.kind === 'late')).toBe(true)
      const rest = await under.executor.leave()
      expect(rest.at(-1)).toMatchObject({ kind: 'output.late.end', why: 'left' })
      const taken = reports.length
      await new Promise(resolve => setTimeout(resolve, 200))
      expect(reports.length).toBe(taken)
    })
  })
}

function endOf(reports: readonly ScriptReport[]): Ended {
  const end = reports.at(-1)
  if (end?.kind !== 'ended') throw new Error('the last report is not an end')
  return end
}

function textOf(reports: readonly ScriptReport[], fd: 'out' | 'err'): string {
  return reports
    .flatMap(report => (report.kind === 'output' && report.event.fd === fd ? [report.event.text ?? ''] : []))
    .join('')
}
