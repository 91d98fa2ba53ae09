import { describe, expect, it } from 'vitest'
import { FORMATS } from '../../../src/transcript/export/formats.ts'
import { FORMAT_NAMES } from '../../../src/transcript/export/names.ts'
import { ed25519RawSigner } from '../../../src/transcript/ssh/signer.ts'
import { eventfulRun } from '../helpers/eventful-run.ts'
import { exportedBytes, exportedFolder, sourceOf } from '../helpers/export.ts'
import { privateKeyText } from '../helpers/keys.ts'
import * as run from '../helpers/run.ts'

const eventful = eventfulRun()
const bundle = await run.sealed(eventful)
const report = await run.verify(eventful.bytes(), bundle)
const key = ed25519RawSigner(privateKeyText(Buffer.from(Array.from({ length: 32 }, (_, i) => i))))

/** All that a format writes, a folder's files behind each other. */
async function whole(name: (typeof FORMAT_NAMES)[number], source: ReturnType<typeof sourceOf>): Promise<Buffer> {
  const format = FORMATS[name]
  if (format.kind === 'document') return exportedBytes(format, source)
  return Buffer.concat([...(await exportedFolder(format, source))].flat().map(one => Buffer.from(one)))
}

/** The first line that somebody reads: of a page the first in its body, whatever stands in its head. */
function firstLine(text: string): string | undefined {
  const shown = text.startsWith('<!doctype html>')
    ? text.replace(/^[\s\S]*?<body[^>]*>\s*/, '')
    : text.replaceAll('\0', '')
  return shown.split('\n')[0]
}

it('the run of these tests verifies, so that what is tested is exported in life too', () => {
  expect(report.findings.filter(({ exit }) => exit !== 0)).toEqual([])
})

describe.each(FORMAT_NAMES)('the export %s', name => {
  it('gives the same bytes for the same transcript, whatever pieces it is read in', async () => {
    const first = await whole(name, sourceOf(eventful, bundle, report, key))
    const source = sourceOf(eventful, bundle, report, key)
    const again = await whole(name, { ...source, journal: () => run.stream(eventful.bytes(), 7) })
    expect(again.equals(first)).toBe(true)
    expect(first.length).toBeGreaterThan(100)
  })

  it.skipIf(name === 'sigstore')('names its seal and says that it is derived', async () => {
    const text = (await whole(name, sourceOf(eventful, bundle, report, key))).toString()
    expect(text).toContain(report.seal?.sha256)
    expect(text).toMatch(/Derived from the transcript, which is what is signed; seal sha256/)
    expect(text).not.toContain('NOT SEALED')
  })

  it.skipIf(name === 'sigstore')('says in the first line of what people open that it is not sealed', async () => {
    const format = FORMATS[name]
    const open = run.atGate()
    const source = sourceOf(open, null, await run.verify(open.bytes(), null))
    const opened =
      format.kind === 'folder'
        ? [...(await exportedFolder(format, source))].filter(([path]) => /CHECK|report/.test(path)).map(([, b]) => b)
        : [await exportedBytes(format, source)]
    expect(opened.length).toBeGreaterThan(0)
    for (const bytes of opened) expect(firstLine(bytes.toString())).toContain('NOT SEALED: nothing protects')
  })
})
