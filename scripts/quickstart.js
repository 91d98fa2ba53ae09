// The README's first command: a key if there is none, the quickstart runbook walked from start to seal, and the transcript
// verified. With a terminal a person is asked; without one the answers beside the runbook are used.
import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const runbook = join('runbooks', 'quickstart.md')
const attended = process.stdin.isTTY === true

const signoff = (args, stdio = 'inherit') =>
  new Promise((done, fail) => {
    console.error(`\n$ signoff ${args.join(' ')}`)
    const child = spawn(process.execPath, [join(root, 'bin', 'signoff.js'), ...args], { cwd: root, stdio })
    let out = ''
    child.stdout?.on('data', chunk => {
      out += chunk
    })
    child.on('error', fail)
    child.on('close', (code, signal) => done({ code: code ?? 128, signal, out }))
  })

// A terminal sends Ctrl-C to both of us; the walk decides what it means.
process.on('SIGINT', () => {})

const made = await signoff(['init', '--yes'])
if (made.code !== 0) process.exit(made.code)

const answers = attended ? [] : ['--answers', join('runbooks', 'quickstart.answers.yaml')]
const walked = await signoff(
  ['run', runbook, '--release', 'v1.0.0', '--json', ...answers],
  ['inherit', 'pipe', 'inherit'],
)
const result = walked.out.trim() === '' ? null : JSON.parse(walked.out)
if (result === null || result.seal === null) process.exit(walked.code)

const verified = await signoff(['verify', result.transcript, '--runbook', runbook, '--release', 'v1.0.0'])
process.exit(walked.code === 0 ? verified.code : walked.code)
