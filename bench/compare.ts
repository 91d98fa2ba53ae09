import { spawnSync } from 'node:child_process'

/** One line of the table: two things timed in turn in this run, and how much longer the first may take. */
export interface Row {
  readonly what: string
  readonly against: string
  readonly ratio: number
  readonly budget: number
}

/** Work to be timed; what it resolves to is thrown away. */
export type Work = () => unknown

/** How many times as long the first takes as the second: least of the first by least of the second, run in turn. */
export async function ratioOf(first: Work, second: Work, runs: number): Promise<number> {
  const ours: number[] = []
  const theirs: number[] = []
  for (let run = 0; run < runs; run++) {
    ours.push(await msOf(first))
    theirs.push(await msOf(second))
  }
  // What else the machine does only ever adds to a time.
  return Math.min(...ours) / Math.min(...theirs)
}

export async function msOf(work: Work): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

/** A program run to its end, output thrown away. @throws {Error} if it ends with another code than expected. */
export function program(command: string, args: readonly string[], expected: readonly number[] = [0]): Work {
  // A set NODE_EXTRA_CA_CERTS makes every start of node slower, and the ratios look better than they are.
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env
  return () => {
    const { status, error, stderr } = spawnSync(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
    if (error !== undefined) throw error
    if (status === null || !expected.includes(status))
      throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`)
  }
}
