import { describe, expect, it } from 'vitest'
import * as run from '../helpers/run.ts'
import { bundle, journal, lines, smallest, trusted } from '../helpers/sealed-run.ts'

describe('threat 1: the tail is cut', () => {
  it('at any line, and at any byte', { timeout: 60_000 }, async () => {
    for (let at = 0; at < journal.length; at += at % 97 === 0 ? 1 : 13) {
      const report = await run.verify(journal.subarray(0, at), bundle)
      expect(report.exitCode, `cut at ${at}`).toBe(4)
    }
    let size = 0
    for (const line of lines.slice(0, -1)) {
      size += line.length + 1
      expect((await run.verify(journal.subarray(0, size), bundle)).exitCode).toBe(4)
    }
  })
})

describe('threat 2: the seal is deleted', () => {
  it('is never 0', async () => {
    expect(await run.verify(journal, null)).toMatchObject({ exitCode: 3, status: 'unsealed' })
    expect(await run.verify(journal, null, { lockHeld: true })).toMatchObject({ exitCode: 3, status: 'in-progress' })
  })

  it('leaves tampering visible', async () => {
    const changed = Buffer.from(
      journal.toString().replace('Tell support","answer":"yes"', 'Tell support","answer":"no"'),
    )
    expect((await run.verify(changed, null)).exitCode).toBe(4)
  })
})

describe('threat 3: lines reordered, dropped, doubled, spliced', () => {
  it('for all pairs of lines', { timeout: 60_000 }, async () => {
    for (let a = 0; a < lines.length; a++)
      for (let b = a + 1; b < lines.length; b++) {
        const swapped = lines.with(a, lines[b] ?? '').with(b, lines[a] ?? '')
        const report = await run.verify(Buffer.from(`${swapped.join('\n')}\n`), bundle)
        expect(report.exitCode, `${a} and ${b}`).toBe(4)
      }
  })

  it('dropped or doubled', async () => {
    for (let at = 0; at < lines.length; at++) {
      const dropped = Buffer.from(`${lines.toSpliced(at, 1).join('\n')}\n`)
      const doubled = Buffer.from(`${lines.toSpliced(at, 0, lines[at] ?? '').join('\n')}\n`)
      expect((await run.verify(dropped, bundle)).exitCode).toBe(4)
      expect((await run.verify(doubled, bundle)).exitCode).toBe(4)
      // Without the seal a dropped last line is what nothing can show.
      expect((await run.verify(doubled, null)).exitCode).toBe(4)
      const loose = (await run.verify(dropped, null)).exitCode
      expect(loose).toBe(at === lines.length - 1 ? 3 : at === 0 ? 8 : 4)
    }
  })

  it('spliced from a run of the same shape', async () => {
    const other = await run.wholeRun(run.runStart({ run: '01a203bc-45c0-7d3b-9f52-6a1c0de9b002' }))
    const others = other.bytes().toString().trimEnd().split('\n')
    expect(others).toHaveLength(lines.length)
    for (let at = 0; at < lines.length; at++) {
      const spliced = Buffer.from(`${lines.with(at, others[at] ?? '').join('\n')}\n`)
      expect((await run.verify(spliced, bundle)).exitCode).toBe(4)
    }
    expect((await run.verify(other.bytes(), bundle)).exitCode).toBe(4)
  })
})

describe('threat 4: bytes are flipped', () => {
  const MASKS = [0x01, 0x20, 0x80]
  const flip = (bytes: Buffer, at: number, mask: number) => {
    const flipped = Buffer.from(bytes)
    flipped[at] = (flipped[at] ?? 0) ^ mask
    return flipped
  }

  it('any byte of a small journal, with three masks, against the seal', { timeout: 60_000 }, async () => {
    for (const mask of MASKS)
      for (let at = 0; at < smallest.journal.length; at++) {
        const report = await run.verify(flip(smallest.journal, at, mask), smallest.bundle, trusted)
        expect(report.exitCode, `byte ${at}, mask ${mask}`).toBe(4)
      }
  })

  it('bytes all over a journal with approvals and output', { timeout: 60_000 }, async () => {
    for (const [index, mask] of MASKS.entries())
      for (let at = index; at < journal.length; at += 41)
        expect((await run.verify(flip(journal, at, mask), bundle)).exitCode, `byte ${at}, mask ${mask}`).toBe(4)
  })

  it('any byte of the bundle: 0 only in the hint of the key, which nobody trusts', { timeout: 60_000 }, async () => {
    const hint = smallest.bundle.indexOf('"keyid"')
    const sig = smallest.bundle.indexOf('"sig"')
    for (const mask of MASKS)
      for (let at = 0; at < smallest.bundle.length; at++) {
        const flipped = flip(Buffer.from(smallest.bundle), at, mask).toString('latin1')
        const { exitCode } = await run.verify(smallest.journal, flipped, trusted)
        const isHint = at >= hint && at < sig
        expect(isHint ? [0, 8] : [5, 8], `byte ${at}, mask ${mask}`).toContain(exitCode)
      }
  })

  it('the digest of a stream is held against its chunks', async () => {
    const writer = run.createWriter()
    writer.add(run.runStart(), { ...run.PLAN, steps: [run.planned('deploy', 'task')] })
    const [start, output, end, stop] = run.script('deploy', [])
    if (start === undefined || output?.kind !== 'output' || end === undefined || stop === undefined) throw new Error()
    writer.add(start, { ...output, text: 'One\n````\ntwo\n' }, end, stop)
    writer.add(run.runEnd(writer))
    const report = await run.verify(writer.bytes(), await run.sealed(writer))
    expect(report.exitCode).toBe(4)
    expect(report.findings.map(({ check }) => check)).toContain('output')
  })
})

describe('threat 19: a torn write', () => {
  it('is 3 at every offset of an unsealed journal', { timeout: 60_000 }, async () => {
    const open = run.atGate().bytes()
    for (let at = 0; at < open.length; at++) {
      const report = await run.verify(open.subarray(0, at), null)
      expect(report.exitCode, `cut at ${at}`).toBe(3)
      const atLine = at > 0 && open[at - 1] === 10
      expect(report.status).toBe(atLine || at === 0 ? 'unsealed' : 'torn')
    }
  })
})
