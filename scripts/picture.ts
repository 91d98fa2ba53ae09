/**
 * Draws docs/walkthrough.svg: a real walk of the quickstart runbook in a real pseudo-terminal, read through a terminal
 * emulator and written down cell by cell. Run it after a change to the screen, and look at what it drew.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { execa } from 'execa'

const ENTER = '\r'
/** What row 2 says when a step is reached, and the keys that it then gets: the way to the tag. */
const KEYS: readonly (readonly [shown: string, keys: readonly string[]])[] = [
  ['1.1.1', [ENTER]],
  ['1.1.2', [ENTER, 'y']],
  ['1.2.1', [ENTER]],
  ['1.2.2', [ENTER]],
  ['1.2.3', [ENTER]],
  ['1.2.4', [ENTER]],
  ['1.2.5', [ENTER]],
  ['2.1.1', ['2', ENTER]],
  ['2.1.1b.1', [ENTER]],
  ['2.2.1', [ENTER, 'y']],
]
const LAST = '2.2.2'
const COLUMNS = 80
const ROWS = 24
const root = join(import.meta.dirname, '..')

/** Walks, and draws before it leaves: afterwards the terminal has its normal screen again. */
async function walk(): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'signoff-picture-'))
  const work = join(home, 'shop')
  mkdirSync(join(work, 'runbooks'), { recursive: true })
  cpSync(join(root, 'runbooks'), join(work, 'runbooks'), { recursive: true })
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    SIGNOFF_KEY: '',
    TMPDIR: home,
  }
  const bin = join(root, 'bin', 'signoff.js')
  await execa(process.execPath, [bin, 'init', '--yes', '--principal', 'kim@example.com'], {
    cwd: work,
    env,
    extendEnv: false,
  })
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true })
  const child = spawn(process.execPath, [bin, 'run', 'runbooks/quickstart.md', '--release', 'v2.4.0'], {
    cols: COLUMNS,
    rows: ROWS,
    cwd: work,
    env,
  })
  child.onData(data => terminal.write(data))
  child.onExit(() => undefined)
  try {
    // Each step of the way: what row 2 says when it is reached, and the keys that it then gets.
    for (const [shown, keys] of KEYS) {
      await until(terminal, shown)
      for (const key of keys) {
        // The screen takes no answer in the first moments after a question was painted.
        await pause(450)
        child.write(key)
      }
    }
    await until(terminal, LAST)
    await pause(300)
    return toSvg(terminal)
  } finally {
    child.kill('SIGTERM')
    await pause(700)
    rmSync(home, { recursive: true, force: true })
  }
}

function lines(terminal: InstanceType<typeof xterm.Terminal>): string[] {
  const buffer = terminal.buffer.active
  return Array.from({ length: ROWS }, (_, row) => buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? '')
}

async function until(terminal: InstanceType<typeof xterm.Terminal>, shown: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (lines(terminal).slice(0, 3).join('\n').includes(shown)) return
    await pause(50)
  }
  throw new Error(`never shown: ${shown}\n${lines(terminal).join('\n')}`)
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

const FONT = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace'
const CELL = { width: 8.4, height: 18 }
const INK = '#d8dee9'
const PAPER = '#14181f'
const PALETTE = [
  '#3b4252',
  '#e06c75',
  '#98c379',
  '#e5c07b',
  '#61afef',
  '#c678dd',
  '#56b6c2',
  '#d8dee9',
  '#6b7386',
  '#ff7b86',
  '#b5e890',
  '#ffd68a',
  '#82c4ff',
  '#e2a1f5',
  '#7fdbe6',
  '#ffffff',
]

function toSvg(terminal: InstanceType<typeof xterm.Terminal>): string {
  const width = Math.ceil(COLUMNS * CELL.width + 24)
  const height = ROWS * CELL.height + 24
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family='${FONT}' font-size="14">`,
    `<title>Signoff walking a release runbook</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${PAPER}"/>`,
  ]
  const buffer = terminal.buffer.active
  for (let row = 0; row < ROWS; row++) {
    const line = buffer.getLine(buffer.viewportY + row)
    if (line === undefined) continue
    for (const run of runsOf(line)) {
      const x = 12 + run.column * CELL.width
      const y = 12 + row * CELL.height
      if (run.paper !== PAPER)
        out.push(
          `<rect x="${x.toFixed(1)}" y="${y}" width="${(run.text.length * CELL.width).toFixed(1)}" height="${CELL.height}" fill="${run.paper}"/>`,
        )
      if (run.text.trim() === '') continue
      const weight = run.bold ? ' font-weight="bold"' : ''
      const length = (run.text.length * CELL.width).toFixed(1)
      out.push(
        `<text x="${x.toFixed(1)}" y="${y + 13.5}" fill="${run.ink}"${weight} textLength="${length}" xml:space="preserve">${escapeXml(run.text)}</text>`,
      )
    }
  }
  out.push('</svg>')
  return `${out.join('\n')}\n`
}

interface Run {
  readonly column: number
  readonly ink: string
  readonly paper: string
  readonly bold: boolean
  text: string
}

type Line = NonNullable<ReturnType<InstanceType<typeof xterm.Terminal>['buffer']['active']['getLine']>>

/** Neighbouring cells that look alike. */
function runsOf(line: Line): Run[] {
  const runs: Run[] = []
  for (let column = 0; column < COLUMNS; column++) {
    const cell = line.getCell(column)
    if (cell === undefined || cell.getWidth() === 0) continue
    const plainInk = cell.isFgDefault() ? INK : (PALETTE[cell.getFgColor()] ?? INK)
    const plainPaper = cell.isBgDefault() ? PAPER : (PALETTE[cell.getBgColor()] ?? PAPER)
    const [ink, paper] = cell.isInverse() !== 0 ? [plainPaper, plainInk] : [plainInk, plainPaper]
    const bold = cell.isBold() !== 0
    const text = cell.getChars() || ' '
    const last = runs.at(-1)
    if (last !== undefined && last.ink === ink && last.paper === paper && last.bold === bold) last.text += text
    else runs.push({ column, ink, paper, bold, text })
  }
  return runs
}

function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}

writeFileSync(join(root, 'docs', 'walkthrough.svg'), await walk())
