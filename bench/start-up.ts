import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { program, type Row, ratioOf } from './compare.ts'

const SIGNOFF = fileURLToPath(new URL('../bin/signoff.js', import.meta.url))
const RUNBOOKS = ['../runbooks/release.md', '../../shared/runbooks/avocat-release.md']

/** `signoff` with a warm compile cache against a node that does nothing. */
export async function startUp(): Promise<Row[]> {
  const bare = program(process.execPath, ['-e', '0'])
  const version = program(process.execPath, [SIGNOFF, '--version'])
  version()
  const rows: Row[] = [
    { what: 'signoff --version', against: 'node -e 0', ratio: await ratioOf(version, bare, 15), budget: 1.5 },
  ]
  for (const name of RUNBOOKS) {
    const url = new URL(name, import.meta.url)
    if (!existsSync(url)) continue
    // 1 says that the runbook has findings of level error, which is no matter here.
    const plan = program(process.execPath, [SIGNOFF, 'plan', fileURLToPath(url)], [0, 1])
    plan()
    const ratio = await ratioOf(plan, bare, 10)
    rows.push({ what: `signoff plan ${name.split('/').at(-1)}`, against: 'node -e 0', ratio, budget: 5 })
  }
  return rows
}
