import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encode } from '../../src/transcript/encoding/canonical.ts'
import { createChain } from '../../src/transcript/journal/chain.ts'
import { decodeLine, LINE_BYTES } from '../../src/transcript/journal/line.ts'
import * as run from './helpers/run.ts'

const COMMON = `"prev":"${'0'.repeat(64)}","t":"2026-11-22T14:50:00.000Z","mono":0`
const SALT = `"salt":"${'A'.repeat(22)}"`
const line = (rest: string, seq = '5') => `{"seq":${seq},${COMMON},${rest}}`
const note = (text: string) => line(`"kind":"note","step":null,"text":${text},"by":"a@b",${SALT}`)
const why = (text: string) => {
  const answer = decodeLine(text)
  return answer.ok ? null : answer.why
}

describe('a canonical line', () => {
  it('is printable ASCII for any text, and reads back as that text', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const { line, entry } = createChain().append(
          { kind: 'note', step: null, text, by: 'a@b' },
          { atMs: 0, monoMs: 0, salt: 'A'.repeat(22) },
        )
        expect(line).toMatch(/^[\x20-\x7e]*\n$/)
        expect(entry.event).toMatchObject({ text })
        expect(decodeLine(line.slice(0, -1))).toMatchObject({ ok: true, line: { entry } })
      }),
    )
  })

  it('escapes DEL and C1, which JSON leaves raw', () => {
    expect(encode('\u007f\u009b\u00e9\ud83d\ude80\u0000\n')).toBe('"\\u007f\\u009b\\u00e9\\ud83d\\ude80\\u0000\\n"')
  })

  it('is the one way to write it', () => {
    expect(why(note('"x"'))).toBeNull()
    expect(why(note('"\\u0078"'))).toContain('canonical')
    expect(why(note('"\\/"'))).toContain('canonical')
    expect(why(note('"\\u00E9"'))).toContain('canonical')
    expect(why(note('"x"').replace('"text":', '"text": '))).toContain('canonical')
    expect(why(`${note('"x"')} `)).toContain('canonical')
    expect(why(note('"x","text":"x"'))).toContain('canonical')
    expect(why(note('"\u00e9"'))).toContain('ASCII')
    expect(why(`${note('"x"')}\r`)).toContain('CRLF')
    for (const seq of ['-0', '5.0', '5e0', '05', '1e400', '9007199254740992']) {
      const text = line(`"kind":"note","step":null,"text":"x","by":"a@b",${SALT}`, seq)
      expect(decodeLine(text).ok, seq).toBe(false)
    }
  })

  it('has its fields, all of them, no other, in their order', () => {
    expect(why(line(`"kind":"note","step":null,"text":"x",${SALT}`))).toContain('by')
    expect(why(line(`"kind":"note","step":null,"text":"x","by":"a","more":1,${SALT}`))).toContain('more')
    expect(why(line(`"kind":"note","text":"x","step":null,"by":"a",${SALT}`))).toContain('canonical')
    expect(why(line('"kind":"note","step":null,"text":"x","by":"a"'))).toContain('salt')
    expect(why(line('"kind":"note","step":null,"text":"x","by":"a","salt":"short"'))).toContain('salt')
    expect(why(line(`"kind":"note","step":null,"text":"x","by":"a","salt":"${'A'.repeat(21)}B"`))).toContain('salt')
    expect(why(line('"kind":"journal.full","errno":"ENOSPC"'))).toBeNull()
    expect(why(line(`"kind":"journal.full","errno":"ENOSPC",${SALT}`))).toContain('salt')
    expect(why(note('"x"').replace('14:50:00.000Z', '14:50:00Z'))).toContain('t')
    expect(why(note('"x"').replace('11-22T', '02-30T'))).toBe('`t` is no time')
  })

  it('of output has text or b64, and only canonical base64', () => {
    const output = (rest: string) => line(`"kind":"output","step":"s","attempt":1,"fd":"out","at":0,${rest}${SALT}`)
    expect(why(output('"text":"x",'))).toBeNull()
    expect(why(output('"b64":"/w==",'))).toBeNull()
    expect(why(output(''))).toContain('exactly one')
    expect(why(output('"text":"x","b64":"/w==",'))).toContain('exactly one')
    expect(why(output('"b64":"/x==",'))).toContain('exactly one')
    expect(why(output('"b64":"_w==",'))).toContain('exactly one')
    expect(why(output('"text":"\\ud800",'))).toContain('exactly one')
  })

  it('of a kind that is not known is chained, and changes nothing', () => {
    const answer = decodeLine(line('"kind":"weather","sky":[{"colour":"blue"}]'))
    expect(answer).toMatchObject({ ok: true, line: { kind: 'weather', entry: null, seq: 5 } })
    expect(why(line('"kind":"weather","x":1.5'))).toContain('integer')
    expect(why(line('"kind":"weather","b":1,"1":2'))).toContain('canonical')
    // In its place among its like it would read back as it was written, and only there.
    expect(why(line('"kind":"weather","days":[{"1":"sun","2":"rain"}]'))).toContain('looks like a number')
    expect(decodeLine(line('"kind":"weather","days":[["1","sun"],["2","rain"]]'))).toMatchObject({ ok: true })
    expect(why(`{"kind":"weather","seq":5,${COMMON}}`)).toContain('canonical')
  })

  it('has limits of length and nesting', () => {
    const nested = (depth: number) => line(`"kind":"deep","x":${'['.repeat(depth)}${']'.repeat(depth)}`)
    expect(why(nested(15))).toBeNull()
    expect(why(nested(16))).toContain('nested')
    expect(why(nested(200_000))).toContain('nested')
    expect(why(note(`"${'x'.repeat(LINE_BYTES)}"`))).toContain('longer')
    const long = { kind: 'note', step: null, text: 'x'.repeat(LINE_BYTES), by: 'a' } as const
    const stamp = { atMs: 0, monoMs: 0, salt: 'A'.repeat(22) }
    const chain = createChain()
    chain.append(long, stamp)
    chain.append(long, stamp)
    expect(() => chain.append(long, stamp)).toThrow(expect.objectContaining({ code: 'JOURNAL_INVALID' }))
    expect(chain.lines).toBe(2)
  })

  it('gives the number of what was once a line, for telling a torn write from tampering', () => {
    expect(decodeLine('{"seq":7}')).toMatchObject({ ok: false, seq: 7 })
    for (const text of ['', '{"seq":"7"}', '[7]', 'null', '{"seq":7'])
      expect(decodeLine(text)).toMatchObject({ ok: false, seq: null })
  })
})

describe('the writer', () => {
  it('puts the keys in order, and refuses what is no event', () => {
    const chain = createChain()
    const stamp = { atMs: 0, monoMs: 0, salt: 'A'.repeat(22) }
    const reversed = Object.fromEntries(Object.entries(run.confirm('x')).toReversed()) as never
    expect(decodeLine(chain.append(reversed, stamp).line.slice(0, -1)).ok).toBe(true)
    const wrong = { kind: 'note', step: null, text: 'x' } as never
    expect(() => chain.append(wrong, stamp)).toThrow(expect.objectContaining({ code: 'BUG' }))
    expect(chain.lines).toBe(1)
  })
})
