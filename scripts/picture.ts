/**
 * Draws docs/walkthrough.svg and docs/screens/: a real walk of scripts/payments.md in real pseudo-terminals, read through a terminal
 * emulator and written down cell by cell. What the runbook calls are little programs that print what the real ones would. Run it after a
 * change to the screen, and look at what it drew.
 */
import { appendFileSync, chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { execa } from 'execa'
import { toSvg } from './terminal-svg.ts'

const ENTER = '\r'
const PHRASE = 'production v2.4.0'
/** The screen takes no answer in the first moments after a question was painted. */
const READ_MS = 500
const root = join(import.meta.dirname, '..')
const bin = join(root, 'bin', 'signoff.js')
const docs = join(root, 'docs')
const home = mkdtempSync(join(tmpdir(), 'signoff-picture-'))
const work = join(home, 'payments')
const env = {
  PATH: `${join(home, 'bin')}:${process.env.PATH ?? ''}`,
  HOME: home,
  TERM: 'xterm-256color',
  LANG: 'C.UTF-8',
  TMPDIR: home,
}

/** What the programs of the runbook print; `curl` fails the first time. */
const PROGRAMS: Readonly<Record<string, string>> = {
  kubectl: `case "$*" in
  *get*) printf 'NAME       READY   UP-TO-DATE   AVAILABLE   AGE\\npayments   6/6     6            6           214d\\n' ;;
  *set*) echo 'deployment.apps/payments image updated' ;;
  *status*) for ready in 2 4 5; do
      echo "Waiting for deployment \\"payments\\" rollout to finish: $ready of 6 updated replicas are available..."; sleep 0.3
    done; echo 'deployment "payments" successfully rolled out' ;;
  *) echo 'deployment.apps/payments rolled back' ;;
esac`,
  psql: "printf ' lag\\n-----\\n   2\\n(1 row)\\n'",
  curl: `if [ -e "$HOME/answers" ]; then echo '{"status":"ok"}'; else
  touch "$HOME/answers"; echo 'curl: (22) The requested URL returned error: 503' >&2; exit 22; fi`,
}

interface Walk {
  /** Waits until this stands there, and has been read; then sends keys. */
  at(shown: RegExp, ...keys: readonly string[]): Promise<void>
  resize(columns: number, rows: number): void
  draw(file: string, title: string): void
  end(): Promise<void>
}

async function prepare(): Promise<void> {
  for (const folder of [work, join(home, 'bin'), join(docs, 'screens')]) mkdirSync(folder, { recursive: true })
  for (const [name, body] of Object.entries(PROGRAMS)) {
    writeFileSync(join(home, 'bin', name), `#!/bin/bash\n${body}\n`)
    chmodSync(join(home, 'bin', name), 0o755)
  }
  cpSync(join(root, 'scripts', 'payments.md'), join(work, 'payments.md'))
  await signoff(['init', '--yes', '--principal', 'kim@example.com'])
  const signers = join(work, '.signoff', 'allowed_signers')
  for (const person of ['priya', 'omar']) {
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', person, '-f', join(home, person)])
    const { stdout } = await execa('cat', [join(home, `${person}.pub`)])
    const [type, key] = stdout.split(' ')
    appendFileSync(signers, `${person}@example.com namespaces="signoff-approval-v1" ${type} ${key}\n`)
  }
  writeFileSync(
    join(work, '.signoff', 'config.yaml'),
    'version: 1\nroles: { Release Manager: [priya@example.com], Platform Lead: [omar@example.com] }\n',
  )
}

async function signoff(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<void> {
  await execa(process.execPath, [bin, ...args], { cwd: work, env: { ...env, ...more }, extendEnv: false })
}

async function approve(person: string): Promise<void> {
  const [run = ''] = readdirSync(join(work, '.signoff', 'transcripts', 'v2.4.0'))
  await signoff(['approve', run, '2.2', '--go'], { SIGNOFF_KEY: join(home, person) })
}

function start(columns: number, rows: number, ...args: readonly string[]): Walk {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
  const child = spawn(process.execPath, [bin, ...args], { cols: columns, rows, cwd: work, env })
  child.onData(data => terminal.write(data))
  terminal.onData(reply => child.write(reply))
  const gone = new Promise<void>(resolve => {
    child.onExit(() => resolve())
  })
  const text = (): string => {
    const buffer = terminal.buffer.active
    const lines = Array.from({ length: terminal.rows }, (_, row) =>
      buffer.getLine(buffer.baseY + row)?.translateToString(true),
    )
    return lines.join('\n')
  }
  return {
    async at(shown, ...keys) {
      for (let tries = 0; !shown.test(text()); tries++) {
        if (tries > 200) throw new Error(`never shown: ${shown}\n${text()}`)
        await pause(50)
      }
      await pause(READ_MS)
      for (const key of keys) child.write(key)
      if (keys.length > 0) await pause(READ_MS)
    },
    resize(cols, lines) {
      terminal.resize(cols, lines)
      child.resize(cols, lines)
    },
    draw: (file, title) => writeFileSync(join(docs, file), toSvg(terminal, title)),
    async end() {
      child.kill('SIGTERM')
      await gone
    },
  }
}

async function walkFull(): Promise<void> {
  const flags = ['run', 'payments.md', '--release', 'v2.4.0', '--set', 'version=v2.4.0']
  const first = start(80, 24, ...flags)
  await first.at(/Enter starts the run/)
  first.draw('screens/start.svg', 'The start: what will be walked, by whom, and what is missing')
  await first.at(/Enter starts the run/, ENTER)
  await first.at(/READY {2}1\.1/, ENTER)
  await first.at(/NEEDS YOU {2}1\.2/, ' ')
  await first.at(/NEEDS YOU {2}1\.3/, 'u')
  await first.at(/1 row/, ' ')
  await first.at(/What was observed/, `2 s${ENTER}`)
  await first.at(/Phase 1 Prepare complete/, ENTER)
  await first.at(/NEEDS YOU {2}2\.1/, ' ')
  await first.at(/What was observed/, `0.2 %${ENTER}`)
  await first.at(/NEEDS APPROVAL/)
  await approve('priya')
  await first.at(/1 of 2 signed[\s\S]*Platform Lead.*no answer yet/)
  first.draw('screens/gate.svg', 'A gate: who has signed, who is missing, what they sign by, and the criteria')
  await approve('omar')
  await first.at(/Phase 2 GO\/NO-GO complete/, ENTER)
  await first.at(/READY {2}3\.1/, ENTER)
  await first.at(/Type {2}production v2\.4\.0/, PHRASE.slice(0, -2))
  first.draw('screens/review.svg', 'The review of a change in production, and the phrase that runs it')
  await first.at(/production v2\.4$/m, `${PHRASE.slice(-2)}${ENTER}`)
  await first.at(/READY {2}3\.2/, ENTER)
  await first.at(/READY {2}3\.3/)
  first.draw('walkthrough.svg', 'Signoff walking a release runbook')
  await first.end()

  const wide = start(120, 40, 'resume')
  await wide.at(/READY {2}3\.3/, ENTER)
  await wide.at(/FAILED/)
  wide.draw('screens/failure.svg', 'A step that has failed: its line, the ways on, the way back')
  await wide.at(/FAILED/, 'r')
  await wide.at(/Reason/, ENTER)
  await wide.at(/READY {2}3\.3/, ENTER)
  await wide.at(/WAITING {2}3\.4/)
  wide.draw('screens/wide.svg', 'The walk at 120 columns: the outline beside the step')
  await wide.end()
}

async function walkPlain(): Promise<void> {
  const plain = start(100, 30, 'run', 'payments.md', '--release', 'v2.4.1', '--set', 'version=v2.4.1', '--ui', 'plain')
  await plain.at(/An empty line runs it too|Type "run"/, 'run\n')
  await plain.at(/Step 1\.2, [\s\S]*Type "tick"/, 'tick\n')
  await plain.at(/Step 1\.3, [\s\S]*or "cannot"/, 'value 7 s\n')
  await plain.at(/NOT met/)
  plain.draw('screens/plain.svg', 'Plain mode: sentences below each other, and words instead of keys')
  await plain.end()
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

try {
  await prepare()
  await walkFull()
  await walkPlain()
} finally {
  rmSync(home, { recursive: true, force: true, maxRetries: 5 })
}
