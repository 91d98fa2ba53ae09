import type xterm from '@xterm/headless'

type Terminal = InstanceType<typeof xterm.Terminal>

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

/** @param title read by those who do not see it. */
export function toSvg(terminal: Terminal, title: string): string {
  const { cols, rows } = terminal
  const width = Math.ceil(cols * CELL.width + 24)
  const height = rows * CELL.height + 24
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family='${FONT}' font-size="14">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${PAPER}"/>`,
  ]
  const buffer = terminal.buffer.active
  for (let row = 0; row < rows; row++) {
    const line = buffer.getLine(buffer.viewportY + row)
    if (line === undefined) continue
    for (const run of runsOf(line, cols)) {
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

type Line = NonNullable<ReturnType<Terminal['buffer']['active']['getLine']>>

/** Neighbouring cells that look alike. */
function runsOf(line: Line, cols: number): Run[] {
  const runs: Run[] = []
  for (let column = 0; column < cols; column++) {
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
