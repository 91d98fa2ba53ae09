import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunEvent } from '../src/model/index.ts'
import { buildSealStatement, createChain, createFactGatherer, decodeLine, toEnvelope } from '../src/transcript/index.ts'
import { program, type Row, ratioOf } from './compare.ts'
import { beginning } from './verifying.ts'

const SIGNOFF = fileURLToPath(new URL('../bin/signoff.js', import.meta.url))
const RUNS = 10_000
const RUN = '01a203bc-45c0-7d3b-9f52-000000000000'

/**
 * Lists and searches ten thousand records of some 40 KB: against reading all seals, and against grep over all journals. A word that is in
 * every record is searched for until the limit, and then to the end, which is what a script would do by `--json`. On two cores that do nothing else
 * a search takes some three seconds.
 */
export async function searching(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'signoff-bench-'))
  try {
    const transcripts = join(folder, '.signoff', 'transcripts')
    writeRuns(transcripts)
    const cd = (command: string) => program('sh', ['-c', `cd '${folder}' && ${command}`], [0, 1])
    const ours = `'${process.execPath}' '${SIGNOFF}'`
    const grep = cd(`grep -rliF 'connection refused by' --include=journal.jsonl .signoff/transcripts`)
    const common = cd(`grep -riF 'connection' --include=journal.jsonl .signoff/transcripts`)
    const seals = cd(`find .signoff/transcripts -name transcript.intoto.jsonl -exec cat {} +`)
    const all = `${RUNS.toLocaleString('en')} runs`
    return [
      {
        what: `signoff list, ${all}`,
        against: 'cat of all seals',
        ratio: await ratioOf(cd(`${ours} list`), seals, 3),
        budget: 10,
      },
      {
        what: `signoff search, ${all}`,
        against: 'grep -rliF',
        ratio: await ratioOf(cd(`${ours} search 'connection refused by'`), grep, 3),
        budget: 5,
      },
      {
        what: `a word of each of ${all}`,
        against: 'grep -rliF of another',
        ratio: await ratioOf(cd(`${ours} search connection`), grep, 3),
        budget: 1,
      },
      {
        // Each of its places is a line that is parsed, and told with its step.
        what: `the same, --json: 200,000 places`,
        against: 'grep -riF',
        ratio: await ratioOf(cd(`${ours} search connection --json`), common, 1),
        budget: 30,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * One run is made in earnest; the others are that one under other names. Neither command checks a record, and making ten thousand seals
 * would take longer than all that is measured.
 */
function writeRuns(transcripts: string): void {
  const { journal, statement } = aRun()
  const payload = JSON.stringify(statement)
  for (let number = 0; number < RUNS; number++) {
    const run = `${RUN.slice(0, -12)}${String(number).padStart(12, '0')}`
    const release = `v1.${Math.floor(number / 10)}`
    const folder = join(transcripts, release, run)
    mkdirSync(folder, { recursive: true })
    // What is looked for is in one of a hundred.
    const text = number % 100 === 0 ? journal.replaceAll('connection opened to', 'connection refused by') : journal
    writeFileSync(join(folder, 'journal.jsonl'), text.replace(RUN, run))
    const sealed = Buffer.from(payload.replace(RUN, run).replace('v1.4.2', release))
    writeFileSync(join(folder, 'transcript.intoto.jsonl'), `${toEnvelope(sealed, 'SHA256:kim', 'no signature')}\n`)
  }
}

function aRun() {
  const chain = createChain()
  const facts = createFactGatherer()
  const lines: string[] = []
  for (const event of events()) {
    const { line } = chain.append(event, {
      atMs: 1_795_000_000_000 + lines.length,
      monoMs: lines.length,
      salt: 'A'.repeat(22),
    })
    lines.push(line)
    const decoded = decodeLine(line.trimEnd())
    if (decoded.ok) facts.add(decoded.line)
  }
  return { journal: lines.join(''), statement: buildSealStatement(facts.facts(), chain.summary()) }
}

function events(): RunEvent[] {
  const text = '# Release\n\nMake it, look at it, tell people of it.\n'.repeat(200)
  const start = beginning().map(
    (event): RunEvent =>
      event.kind === 'run.start' ? { ...event, run: RUN, runbook: { ...event.runbook, text } } : event,
  )
  const output = Array.from({ length: 20 }, (_, i): RunEvent => {
    const said = `connection opened to host ${i}, ${'and one more line of what a build says\n'.repeat(20)}`
    return { kind: 'output', step: 'deploy', attempt: 1, fd: 'out', at: i * said.length, text: said }
  })
  const steps = { passed: 0, failed: 0, skipped: 0, unknown: 0, open: 1 }
  return [...start, ...output, { kind: 'run.end', result: 'partial', steps }]
}
