import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as shell from '../../../src/parser/shell/index.ts'

const CORPUS = join(import.meta.dirname, '../../../../shared/corpus')

/** Every function that takes a text; each must answer for any. */
const ALL: readonly ((text: string) => unknown)[] = [
  shell.parseShell,
  shell.commentGroups,
  shell.splitBlock,
  shell.statementsOf,
  shell.findValues,
  shell.findTextValues,
  shell.setsVariables,
  shell.readsVariables,
  shell.firstSets,
  text => shell.exportsVariable(text)('X'),
  shell.riskOf,
  shell.interactionOf,
  shell.sessionOpener,
  shell.environmentOf,
  shell.unfinishedIn,
  shell.literalSecretsIn,
  shell.lostContinuation,
  shell.shellLooking,
  shell.bodyIsShell,
  shell.commandShaped,
  shell.transcriptOf,
]

const shellText = fc
  .array(
    fc.constantFrom(
      ...[
        '\n',
        '\n\n',
        ' ',
        '# ',
        '# 1. ',
        '# Or ',
        '# Option 1: ',
        'ls',
        'git push',
        '<x>',
        '{{x}}',
        '${',
        '$(',
        ')',
        '`',
        '"',
        "'",
        "$'",
      ],
      ...[
        '<<EOF\n',
        '\nEOF\n',
        '<<-',
        '((',
        '))',
        '[[',
        ']]',
        '{',
        '}',
        '&&',
        '|',
        ';',
        '\\',
        '\\\n',
        '=',
        'A=',
        '$A',
        'for i in a; do ',
        ' done',
      ],
      ...[
        'if ',
        ' then ',
        ' fi',
        'case x in ',
        'a) ',
        ';;',
        ' esac',
        '$ ',
        '...',
        'a|b|c',
        'sudo ',
        'env ',
        'xargs ',
        'bash -c ',
        'ssh h ',
        'constructor',
        '__proto__',
        '\0',
        '🚀',
      ],
    ),
    { maxLength: 30 },
  )
  .map(parts => parts.join(''))

describe('any text', () => {
  test('is answered by every function, equally each time', () => {
    fc.assert(
      fc.property(fc.oneof(shellText, fc.string({ maxLength: 60 })), text => {
        for (const ask of ALL) expect(ask(text)).toEqual(ask(text))
      }),
      { numRuns: 400 },
    )
  })

  test('has no piece of nothing behind a heredoc that is never closed', () => {
    for (const text of ['<<EOF\n# 1. \n\n', 'if \n<<EOF\n'])
      for (const { start, end } of [...shell.splitBlock(text), ...shell.statementsOf(text)])
        expect(end).toBeGreaterThan(start)
  })

  test('gives places that lie inside it, in order and apart', () => {
    fc.assert(
      fc.property(shellText, text => {
        for (const places of [
          shell.findValues(text),
          shell.findTextValues(text),
          shell.splitBlock(text),
          shell.statementsOf(text),
          shell.commentGroups(text),
          shell.literalSecretsIn(text),
        ]) {
          let from = 0
          for (const { start, end } of places) {
            expect(start).toBeGreaterThanOrEqual(from)
            expect(end).toBeGreaterThan(start)
            from = end
          }
          expect(from).toBeLessThanOrEqual(text.length)
        }
      }),
      { numRuns: 400 },
    )
  })

  test('loses no command line when it is split, and none comes from a comment', () => {
    const codeOf = (piece: shell.Piece, text: string): string[] =>
      piece.kind === 'commands'
        ? text.slice(piece.code.start, piece.code.end).split('\n')
        : piece.kind === 'choice'
          ? piece.options.flatMap(option => option.pieces.flatMap(inner => codeOf(inner, text)))
          : []
    const line = fc.constantFrom(
      'make',
      'git push',
      '',
      '# Build',
      '# 2. Push',
      '# Or by hand',
      '# Option 1: x',
      '# tell Bob',
      '# Expected: y',
      'for i in a; do',
      'done',
      'cat <<E',
      'E',
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 14 }), lines => {
        const text = lines.join('\n')
        const kept = shell.splitBlock(text).flatMap(piece => codeOf(piece, text))
        const isCode = (candidate: string): boolean => candidate !== '' && !candidate.startsWith('#')
        expect(kept.filter(isCode)).toEqual(lines.filter(isCode))
        if (!text.includes('for') && !text.includes('cat'))
          expect(kept.some(candidate => candidate.startsWith('# Build'))).toBe(false)
      }),
    )
  })

  test.each([
    ['angle brackets', '<'.repeat(60_000)],
    ['open placeholders', '<a'.repeat(30_000)],
    ['comments', '# Initial a\n'.repeat(5_000)],
    ['commands', 'git push origin v1.2.3 <x> # change this\n'.repeat(3_000)],
    ['one pipe', `${'a | '.repeat(15_000)}b`],
    ['one word', 'a'.repeat(100_000)],
    ['braces', '{a'.repeat(30_000)],
    ['words of titles', '# Or build\nmake build\n'.repeat(3_000)],
    ['dashes', '-'.repeat(100_000)],
    ['bars', 'a|b|c'.repeat(20_000)],
    ['blanks', ' \n'.repeat(50_000)],
    ['dots of hosts', 'a.'.repeat(40_000)],
    ['quotes', `"'`.repeat(30_000)],
    ['substitutions', '$('.repeat(20_000)],
  ])('of many %s is read in time that grows with its length', { timeout: 60_000 }, (_, text) => {
    const half = text.slice(0, text.length / 2)
    const msOf = (input: string): number => {
      // Processor time and not the clock's: what else the machine is doing must not decide.
      const from = process.cpuUsage()
      for (const ask of ALL) ask(input)
      return process.cpuUsage(from).user / 1000
    }
    msOf(half.slice(0, 2_000))
    const halfMs = msOf(half)
    // Twice the text may take four times as long on a busy machine, never the square of a big number.
    expect(msOf(text)).toBeLessThan(Math.max(1_500, 6 * halfMs))
  })
})

describe.skipIf(!existsSync(CORPUS))('the shell blocks of public runbooks', () => {
  const blocks = existsSync(CORPUS) ? shellBlocks(CORPUS) : []

  test('are found shell where bash finds them shell', { timeout: 60_000 }, () => {
    expect(blocks.length).toBeGreaterThan(500)
    // Every third is enough to hold the agreement, and bash takes 2 ms each.
    const disagreed = blocks
      .filter((_, index) => index % 3 === 0)
      .filter(
        text =>
          (spawnSync('bash', ['-O', 'extglob', '-n'], { input: text }).status === 0) !== shell.parseShell(text).ok,
      )
    expect(disagreed.filter(text => shell.findValues(text).every(value => value.kind === 'env'))).toEqual([])
  })

  test('are answered by every function', { timeout: 60_000 }, () => {
    for (const text of blocks) for (const ask of ALL) expect(() => ask(text)).not.toThrow()
  })
})

function shellBlocks(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.md'))
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
    .flatMap(path => {
      const found = readFileSync(path, 'utf8').matchAll(/^```(?:bash|sh|shell)\b.*\n([\s\S]*?)^```\s*$/gm)
      return Array.from(found, match => match[1] ?? '')
    })
}
