import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'
import { signoffFile } from '../helpers/world/signoff.ts'

const STEPS = 60
/** After so many kills the run is left alone, so that it ends. */
const KILLS = 24
const SEED = 20261125

/** Each block tells the ledger, which only it writes to, that it began and that it ended, under the name of its order. */
const RUNBOOK = `# Sixty steps

## Steps

${Array.from(
  { length: STEPS },
  (_, index) => `${index + 1}. Do number ${index + 1}

    \`\`\`bash
    echo "start $SIGNOFF_STEP $SIGNOFF_ATTEMPT" >> "$LEDGER"
    N=$((N + 1)); echo "number ${index + 1}"; sleep 0.${index % 4}
    echo "end $SIGNOFF_STEP $SIGNOFF_ATTEMPT" >> "$LEDGER"
    \`\`\`
`,
).join('\n')}`

interface Line {
  readonly kind: string
  readonly step?: string
  readonly attempt?: number
  readonly outcome?: string
  readonly choice?: string
}

let world: World
let ledger: string

beforeAll(async () => {
  world = await makeWorld({ files: { 'sixty.md': RUNBOOK } })
  ledger = world.file('ledger', '')
})

afterAll(() => world.remove())

test('sixty steps under kills of Signoff and of supervisors: nothing starts twice for one order, nothing is lost, each unknown is said', {
  timeout: 300_000,
}, async () => {
  const random = seeded(SEED)
  let kills = 0
  let resolved = 0
  let args = ['run', 'sixty.md', '--release', 'v1', '--set', 'N=0']
  for (let round = 0; round < 3 * KILLS; round++) {
    const process = start(args)
    const code = await (kills < KILLS ? killed(process, random, round === 0) : exited(process))
    if (code === 0) break
    if (code === null) kills++
    args = ['resume']
    const unknown = code === null ? null : unknownStep()
    // Both answers of a person: it was done, or it is to be done once more.
    if (unknown !== null)
      args.push('--resolve', `${unknown}=${resolved++ % 2 === 0 ? 'passed' : 'rerun'}`, '--reason', 'looked at it')
  }

  expect(kills).toBe(KILLS)
  const lines = journalOf().map(line => JSON.parse(line) as Line)
  const of = (kind: string) => lines.filter(line => line.kind === kind)
  const orders = of('step.start').map(({ step, attempt }) => `${step} ${attempt}`)
  const told = readFileSync(ledger, 'utf8').trim().split('\n')
  const starts = told.flatMap(line => /^start (.*)$/.exec(line)?.[1] ?? [])
  expect(lines.at(-1)).toMatchObject({ kind: 'run.end', result: 'passed' })
  expect(new Set(starts).size, 'no script ran twice for one order').toBe(starts.length)
  expect(
    starts.filter(order => !orders.includes(order)),
    'no script ran that is not on record',
  ).toEqual([])
  expect(new Set(orders).size, 'no order was recorded twice').toBe(orders.length)
  const ends = of('step.end')
  expect(ends.map(({ step, attempt }) => `${step} ${attempt}`).sort(), 'each start has one end').toEqual(orders.sort())
  const unknown = ends.filter(({ outcome }) => outcome === 'unknown')
  expect(unknown.length, 'supervisors were killed in time').toBeGreaterThan(0)
  expect(of('step.decide').map(({ step, attempt }) => `${step} ${attempt}`)).toEqual(
    unknown.map(({ step, attempt }) => `${step} ${attempt}`),
  )
  // What is recorded as ended did end: its own last line stands in the ledger.
  for (const { step, attempt } of ends.filter(({ outcome }) => outcome === 'exited'))
    expect(told).toContain(`end ${step} ${attempt}`)
  const verified = await world.signoff(['verify', world.transcript('v1').folder])
  expect(verified, verified.stdout + verified.stderr).toMatchObject({ exitCode: 0 })
})

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [signoffFile(), ...args], {
    cwd: world.repository.clone,
    env: { ...world.env, SIGNOFF_KEY: world.operator.keyFile, LEDGER: ledger },
    stdio: 'ignore',
  })
}

function exited(child: ChildProcess): Promise<number | null> {
  return new Promise(resolve => child.once('exit', resolve))
}

/**
 * Kills it at some moment: a while after it was started, or after it has begun some more steps; and sometimes first the
 * supervisor of what it runs. Null once it was killed, else its exit code.
 *
 * @param isFirst a run that was killed before its first lines is none, so those are waited for.
 */
async function killed(child: ChildProcess, random: () => number, isFirst: boolean): Promise<number | null> {
  const end = exited(child)
  const before = begun()
  const more = isFirst ? 1 : Math.floor(random() * 3)
  for (let tries = 0; more > 0 && child.exitCode === null && tries < 1500 && begun() < before + more; tries++)
    await sleep(20)
  const ended = await Promise.race([end, sleep(random() * (more === 0 ? 1500 : 250), 'late' as const)])
  if (ended !== 'late') return ended
  if (random() < 0.4) for (const pid of supervisors()) kill(pid)
  child.kill('SIGKILL')
  return end
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended just now.
  }
}

/** Processes that hold a script now, by the claims that lie in the state folder. */
function supervisors(): number[] {
  return readdirSync(world.root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name === 'started' && entry.parentPath.includes('/claims/'))
    .flatMap(entry => Number(readFileSync(join(entry.parentPath, entry.name), 'utf8').split('\n')[0]) || [])
}

/** How many scripts are on record as started; none while there is no journal. */
function begun(): number {
  try {
    return journalOf().filter(line => line.includes('"kind":"step.start"')).length
  } catch {
    return 0
  }
}

function unknownStep(): string | null {
  const lines = journalOf().map(line => JSON.parse(line) as Line)
  const last = lines.findLastIndex(({ kind }) => kind === 'step.end')
  const end = lines[last]
  const decided = lines.slice(last).some(({ kind }) => kind === 'step.decide')
  return end?.outcome === 'unknown' && !decided ? (end.step ?? null) : null
}

function journalOf(): string[] {
  const text = readFileSync(join(world.transcript('v1').folder, 'journal.jsonl'), 'utf8')
  // A line that was being written when the writer was killed is no line yet.
  return text.slice(0, text.lastIndexOf('\n')).split('\n')
}

/** The same numbers each time, from 0 to 1: what varies between runs is only what the machine does meanwhile. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
