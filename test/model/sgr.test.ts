import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Pen, PLAIN_PEN, readTerminalText, toSgr, withSgr } from '../../src/model/index.ts'

describe('a pen of a terminal', () => {
  const after = (...sequences: string[]): Pen => sequences.reduce(withSgr, PLAIN_PEN)

  it('is set by the sixteen, the 256 and true colours, in both spellings', () => {
    expect(after('31')).toMatchObject({ foreground: 1, background: null })
    expect(after('97;103')).toMatchObject({ foreground: 15, background: 11 })
    expect(after('38;5;208')).toMatchObject({ foreground: 208 })
    expect(after('48;2;1;2;255')).toMatchObject({ background: '#0102ff' })
    expect(after('38:5:208')).toMatchObject({ foreground: 208 })
    expect(after('38:2::255:0:16')).toMatchObject({ foreground: '#ff0010' })
    expect(after('38:2:255:0:16')).toMatchObject({ foreground: '#ff0010' })
  })

  it('takes the numbers of a colour for no codes of their own', () => {
    expect(after('38;5;1;4')).toMatchObject({ foreground: 1, bold: false, underline: true })
    expect(after('38;2;1;2;3;9')).toMatchObject({ foreground: '#010203', bold: false, dim: false, struck: true })
  })

  it('goes back by parts and as a whole', () => {
    expect(after('1;2;3;4;7;8;9;31;42', '22;23;24;27;28;29;39;49')).toEqual(PLAIN_PEN)
    expect(after('1;31', '')).toEqual(PLAIN_PEN)
    expect(after('4', '4:0')).toEqual(PLAIN_PEN)
  })

  it('is not changed by what is no colour and no known code', () => {
    for (const odd of ['38;5;256', '38;2;1;2;300', '38;5', '38', '38;7;1', '5', '1000', '-1', 'x', '38;5;1.5'])
      expect(after('1;32', odd), odd).toMatchObject({ bold: true, foreground: 2 })
  })

  it('is the same again behind the sequence that writes it', () => {
    const code = fc.constantFrom(
      '1',
      '2',
      '3',
      '4',
      '7',
      '8',
      '9',
      '22',
      '31',
      '94',
      '41',
      '38;5;99',
      '48;2;9;8;7',
      '0',
    )
    fc.assert(
      fc.property(fc.array(code, { maxLength: 8 }), codes => {
        const pen = after(codes.join(';'))
        expect(withSgr(after('1;31;44;9'), toSgr(pen).slice(2, -1))).toEqual(pen)
      }),
    )
  })
})

describe('the text of a terminal with its colours', () => {
  const red = toSgr(withSgr(PLAIN_PEN, '31'))
  const plain = toSgr(PLAIN_PEN)

  it('has a sequence where the pen changes, and ends each line with the plain one', () => {
    expect(readTerminalText('a\u001b[31mbc\r\nd\u001b[0me', 'kept')).toBe(`a${red}bc${plain}\n${red}d${plain}e`)
  })

  it('keeps colours with the characters that move', () => {
    expect(readTerminalText('\u001b[31mxx\u001b[0myy\r\u001b[2P', 'kept')).toBe('yy')
    expect(readTerminalText('a\u001b[31mb\u001b[0m\r\u001b[1@', 'kept')).toBe(` a${red}b${plain}`)
    expect(readTerminalText('\u001b[41mlong\u001b[0m\r\u001b[Kab', 'kept')).toBe('ab')
  })

  it('holds no other control sequence, and the same characters as without colours', () => {
    const piece = fc.constantFrom(
      '\u001b[31m',
      '\u001b[0m',
      '\u001b]0;t\u0007',
      '\r',
      '\b',
      '\n',
      'ab',
      ' ',
      '\u001b[K',
      '\u001b[3C',
      '\u001b[P',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), pieces => {
        const kept = readTerminalText(pieces.join(''), 'kept')
        const bare = kept.replace(/\u001b\[[0-9;]*m/g, '')
        expect(bare).not.toContain('\u001b')
        const trimmed = (text: string) => text.split('\n').map(line => line.trimEnd())
        expect(trimmed(bare)).toEqual(trimmed(readTerminalText(pieces.join(''))))
      }),
      { numRuns: 2000 },
    )
  })
})
