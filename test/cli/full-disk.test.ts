import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'

const project = join(import.meta.dirname, '../..')

/** A mount namespace of our own, so that nothing is left mounted whatever happens. */
const UNSHARE = process.getuid?.() === 0 ? ['unshare', '--mount'] : ['unshare', '--user', '--map-root-user', '--mount']
const canMount = (() => {
  try {
    const [program = '', ...args] = UNSHARE
    execFileSync(program, [...args, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

const RUNBOOK = `# Release

## Phase 1: Flood

1. Print more than the disk holds, then wait to be told:
   \`\`\`bash
   trap 'echo told > "$MARKER"; told=yes' TERM
   for i in $(seq 1 2000); do printf '%01000d\\n' "$i"; done
   until [[ \${told-} == yes || SECONDS -gt 100 ]]; do sleep 0.1 || true; done
   exit 3
   \`\`\`

2. Tell support
`

describe.skipIf(!canMount)('a journal that cannot be written', () => {
  let world: World
  beforeAll(async () => {
    world = await makeWorld({ files: { 'release.md': RUNBOOK } })
    writeFileSync(join(world.root, 'answers.yaml'), 'version: 1\nby: kim\nanswers:\n  - { step: "1.2", answer: yes }\n')
  }, 30_000)
  afterAll(() => world.remove())

  test('ends with 74, tells the running script, and loses nothing: resume records the rest', async () => {
    const { clone } = world.repository
    const marker = join(world.root, 'marker')
    const script = `
      set -u
      mkdir -p .signoff/transcripts
      mount -t tmpfs -o size=700k tmpfs .signoff/transcripts
      signoff() { "$NODE" "$BIN" "$@"; }
      signoff run release.md --release v1 --answers "$ANSWERS"; echo "run $?" >&3
      mount -o remount,size=20m .signoff/transcripts
      id=$(ls .signoff/transcripts/v1)
      signoff resume "$id" --answers "$ANSWERS"; echo "resume $?" >&3
      signoff resume "$id" --answers "$ANSWERS" --resolve 1.1=passed --reason "the disk was full"; echo "resolved $?" >&3
      signoff verify "$id"; echo "verify $?" >&3
      cp -r .signoff/transcripts "$KEEP"
    `
    const [program = '', ...args] = UNSHARE
    const result = await execa(program, [...args, 'bash', '-c', script], {
      cwd: clone,
      env: {
        ...world.env,
        SIGNOFF_KEY: world.operator.keyFile,
        NODE: process.execPath,
        BIN: join(project, 'bin/signoff.js'),
        ANSWERS: join(world.root, 'answers.yaml'),
        MARKER: marker,
        KEEP: join(world.root, 'kept'),
      },
      extendEnv: false,
      reject: false,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      timeout: 60_000,
    })
    expect(result.stdio[3], withoutFlood(result.stderr)).toBe('run 74\nresume 1\nresolved 0\nverify 0')
    expect(readFileSync(marker, 'utf8')).toBe('told\n')
    expect(result.stderr).toContain('help: ')

    const [run = ''] = readdirSync(join(world.root, 'kept/v1'))
    const lines = readFileSync(join(world.root, 'kept/v1', run, 'journal.jsonl'), 'utf8')
      .trim()
      .split('\n')
    const events = lines.map(line => JSON.parse(line) as Record<string, unknown>)
    const output = events.filter(event => event.kind === 'output' && event.fd === 'out').map(event => event.text)
    const printed = Array.from({ length: 2000 }, (_, i) => `${String(i + 1).padStart(1000, '0')}\n`).join('')
    expect(output.join('')).toBe(printed)
    expect(events.find(event => event.kind === 'step.end')).toMatchObject({ exit: 3, result: 'failed' })
    expect(events.filter(event => event.kind === 'step.start')).toHaveLength(1)
    // What was printed later follows behind it, by the process that resumed.
    const full = events.findIndex(event => event.kind === 'journal.full')
    expect(events.slice(full, full + 2)).toMatchObject([{ errno: 'ENOSPC' }, { kind: 'run.resume', tornBytes: 0 }])
    expect(existsSync(join(world.env.XDG_STATE_HOME ?? '', 'signoff', run))).toBe(false)
  }, 90_000)
})

/** What Signoff said, without what the script printed. */
function withoutFlood(text: string): string {
  return text.replace(/^\d{1000}\n/gm, '')
}
