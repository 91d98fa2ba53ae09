import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runProgram } from '../../src/cli/arguments/program.ts'
import { reportFailure } from '../../src/cli/failure.ts'
import type { Io } from '../../src/cli/io.ts'
import { safeText } from '../../src/cli/safe-text.ts'
import { sha256Hex } from '../../src/transcript/encoding/hash.ts'
import { releaseFolder } from '../../src/transcript/encoding/release-folder.ts'
import * as run from '../transcript/helpers/run.ts'

/** Escape sequences of 7 and of 8 bits, a bell, next line, bidi controls, what has no width, a tag, DEL and a line separator. */
const EVIL = '\u001b]0;owned\u0007\u009b31m\u0085\u202eevil\u2066\u200b\u{e0041}\u007f\u2028'
/** As {@link EVIL}, as far as a name of a file or a folder may be. */
const NAME = `release${EVIL.replaceAll('/', '')}.md`
/** What may be in no output: everything of it, apart from line feeds. */
const ACTING = /[^\P{C}\n]|[\u2028\u2029]|\p{Default_Ignorable_Code_Point}/u

const IDS = ['01a203bc-45c0-7d3b-9f52-6a1c0de9b001', '01a203bc-45c0-7d3b-9f52-6a1c0de9b002'] as const
const [SEALED, OPEN] = IDS
const RUNBOOK = [
  `---\nowner: ${EVIL.replaceAll(/[\u0000-\u001f\u007f\u0085]/g, '')}\n---\n`,
  `# Release ${EVIL}\n\n## Deploy ${EVIL}\n\n**Owner**: Kim ${EVIL}\n`,
  `1. Deploy ${EVIL} to <org-${EVIL}>\n\n   \`\`\`bash\n   echo '${EVIL}' <target-org>\n   \`\`\`\n`,
  `- [ ] Error rate below 1% ${EVIL}\n\n\`\`\`${EVIL}\ntext\n\`\`\`\n\n\`\`\`bash\nif true ${EVIL}\n\`\`\`\n`,
].join('\n')

let folder = ''
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'signoff-hostile-')))
  mkdirSync(join(folder, '.signoff'))
  writeFileSync(join(folder, '.signoff', 'allowed_signers'), run.SIGNERS)
  writeFileSync(join(folder, NAME), RUNBOOK)
  for (const [index, id] of IDS.entries()) {
    const writer = hostileRun(id, index)
    const at = join(folder, '.signoff', 'transcripts', releaseFolder(`v1${EVIL}`), id)
    mkdirSync(at, { recursive: true })
    if (id === SEALED) {
      writer.add(run.runEnd(writer, 'failed'))
      writeFileSync(join(at, 'transcript.intoto.jsonl'), await run.sealed(writer))
    }
    writeFileSync(join(at, 'journal.jsonl'), writer.bytes())
  }
  // One that cannot be read, of a name that nobody should look at.
  mkdirSync(join(folder, '.signoff', 'transcripts', `v2${EVIL}`, `${EVIL}`), { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A run in which every text that a person, a runbook or a script may give is hostile. */
function hostileRun(id: string, index: number): run.Writer {
  const writer = run.createWriter()
  const step = (name: string) => `${name}-${EVIL}`
  const by = `op${EVIL}@example.com`
  const titles = { title: `Title ${index} ${EVIL}`, phase: 'one' }
  const text = `# ${index} ${EVIL}\n`
  writer.add(
    run.runStart({
      run: id,
      release: `v1${EVIL}`,
      env: `production${EVIL}`,
      runbook: { path: NAME, sha256: sha256Hex(text), gitBlob: null, text },
      host: { name: `h${EVIL}`, user: `u${EVIL}`, os: EVIL },
    }),
    {
      kind: 'run.plan',
      phases: [{ id: 'one', position: '1', title: `Phase ${EVIL}`, role: 'main' }],
      steps: [
        run.planned(step('ask'), 'confirmation', titles),
        run.planned(step('deploy'), 'task', titles),
        run.planned(step('gate'), 'gate', { ...titles, approvers: [{ role: `Lead${EVIL}`, principal: null }] }),
      ],
    },
    { kind: 'param', name: `org${EVIL}`, value: `${index}${EVIL}`, masked: false, how: 'typed', by, source: null },
    { ...run.confirm(step('ask')), ask: EVIL, by, note: `${index}${EVIL}` },
    ...run.script(step('deploy'), [], `needle ${EVIL}\n`),
    { kind: 'note', step: step('deploy'), text: `needle ${EVIL}`, by },
    { ...run.REQUEST, step: step('gate'), ask: EVIL, need: [{ role: `Lead${EVIL}`, from: [by] }] },
    { kind: 'block', step: step('gate'), reason: EVIL, by },
    { kind: 'step.skip', step: step('gate'), why: 'person', reason: EVIL, by },
  )
  return writer
}

/** What one command writes, on either stream, as the program itself would. */
async function signoff(...args: string[]) {
  const said: string[] = []
  const written: string[] = []
  const io: Io = {
    environment: { HOME: folder, PATH: process.env.PATH ?? '' },
    cwd: folder,
    write: text => void written.push(text),
    pour: async piece => void written.push(String(piece)),
    say: line => void said.push(`${line}\n`),
    interactive: false,
    ask: async () => '',
    confirm: async () => false,
    nowMs: () => Date.parse('2026-11-22T15:00:00.000Z'),
  }
  const exitCode = await runProgram(args, io).catch(error => reportFailure(error, text => said.push(safeText(text))))
  return { exitCode, stdout: written.join(''), stderr: said.join('') }
}

/** Words of a command line, with those that stand for what no title of a test should hold. */
function argsOf(words: string): string[] {
  const stand: Record<string, string> = { FILE: join(folder, NAME), SEALED, OPEN, EVIL, 'EVIL.md': `${EVIL}.md` }
  return words.split(' ').map(word => stand[word] ?? word)
}

test.each([
  ['plan FILE', [0, 1]],
  ['plan FILE --markdown', [0, 1]],
  ['lint FILE', [0, 1]],
  ['doctor FILE', [0, 1]],
  ['list', [0]],
  ['list --quiet', [0]],
  ['status OPEN', [0]],
  ['status SEALED', [0]],
  ['search needle', [0]],
  ['search needle --all', [0]],
  ['diff SEALED OPEN', [1]],
  ['show SEALED', [0]],
  ['show SEALED --output', [0]],
  ['show SEALED --full', [0]],
  ['verify SEALED', [4]],
  ['verify OPEN', [3]],
  ['verify --all', [8]],
  ['verify SEALED --release EVIL', [4]],
  ['verify EVIL', [8]],
  ['plan EVIL.md', [65]],
  ['lint EVIL.md', [65]],
  ['show EVIL', [8]],
  ['diff EVIL EVIL', [8]],
  ['status EVIL', [8]],
  ['search EVIL', [0]],
])('signoff %s writes nothing that acts on a terminal or turns a text round', async (words, codes) => {
  const { exitCode, stdout, stderr } = await signoff(...argsOf(words))
  expect(codes, stdout + stderr).toContain(exitCode)
  expect(stderr).not.toContain('our bug')
  expect(`${stdout}${stderr}`).toMatch(/\w/)
  expect(acting(stdout + stderr)).toBeNull()
})

test.each([
  ['plan FILE --json', [0, 1]],
  ['lint FILE --json', [0, 1]],
  ['lint FILE --sarif', [0, 1]],
  ['doctor FILE --json', [0, 1]],
  ['list --json', [0]],
  ['status OPEN --json', [0]],
  ['search needle --json', [0]],
  ['diff SEALED OPEN --json', [1]],
  ['show SEALED --json', [0]],
  ['verify SEALED --json', [4]],
  ['verify --all --json', [8]],
])('signoff %s writes it as escapes, which give the text as it was', async (words, codes) => {
  const { exitCode, stdout } = await signoff(...argsOf(words))
  expect(codes, stdout).toContain(exitCode)
  expect(acting(stdout)).toBeNull()
  const documents = /^(?:search|show) /.test(words) ? stdout.trimEnd().split('\n') : [stdout]
  expect(
    documents
      .map(text => JSON.parse(text))
      .flatMap(textsIn)
      .join(),
  ).toContain('\u009b31m')
})

/** The first place that acts on a terminal, to be read where a test fails. */
function acting(text: string): string | null {
  const at = text.search(ACTING)
  return at < 0 ? null : JSON.stringify(text.slice(Math.max(0, at - 60), at + 20))
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : []
}
