import { isFolder } from '../front-matter/folder.ts'
import { findSpan } from '../text/duration.ts'

/** What stands behind the tag of a fence (rule R3): Runme's JSON or Pandoc's braces. Unknown attributes are let be. */
export interface FenceAttributes {
  readonly id: string | null
  readonly manual: boolean
  readonly terminal: boolean
  readonly endless: boolean
  /** `ignore` or `no_run`: the block is text. */
  readonly ignored: boolean
  /** Of the palette only, in no flow. */
  readonly paletteOnly: boolean
  readonly timeoutText: string | null
  readonly cwd: string | null
  readonly environment: string | null
  readonly risk: string | null
}

export function fenceAttributes(meta: string | null): FenceAttributes {
  const text = meta ?? ''
  const json = readJson(text)
  const values = new Map<string, string>(json ?? [...pairs(text)])
  const words = new Set(json === null ? bareWords(text) : [])
  const flag = (name: string) => values.get(name)?.toLowerCase() === 'true'
  return {
    id: values.get('name') ?? values.get('id') ?? /(?:^|[{\s])#([\w.-]+)/.exec(json === null ? text : '')?.[1] ?? null,
    manual: words.has('manual'),
    terminal: words.has('terminal') || flag('interactive'),
    endless: words.has('endless') || flag('background'),
    ignored: words.has('ignore') || words.has('no_run'),
    paletteOnly: flag('excludeFromRunAll'),
    timeoutText: values.get('timeout') ?? null,
    cwd: values.get('cwd') ?? null,
    environment: values.get('environment') ?? null,
    risk: values.get('risk') ?? null,
  }
}

/** What is wrong with attributes that would be followed: a time that is none, a risk that is none, a folder that is none. */
export function wrongAttributes({ timeoutText, risk, cwd }: FenceAttributes): string[] {
  return [
    ...(timeoutText !== null && findSpan(timeoutText) === null ? [`"timeout=${timeoutText}" names no time`] : []),
    ...(risk !== null && !/^(?:view|safe|change|danger)$/.test(risk) ? [`"risk=${risk}" is no risk`] : []),
    ...(cwd !== null && !isFolder(cwd) ? [`"cwd=${cwd}" is no folder as it stands`] : []),
  ]
}

function readJson(text: string): Map<string, string> | null {
  if (!/^\s*\{\s*"/.test(text)) return null
  try {
    const read: unknown = JSON.parse(text)
    if (typeof read !== 'object' || read === null) return null
    return new Map(Object.entries(read).map(([key, value]) => [key, String(value)]))
  } catch {
    return null
  }
}

function* pairs(text: string): Generator<[string, string]> {
  for (const found of text.matchAll(/([A-Za-z][\w-]*)=(?:"([^"]*)"|'([^']*)'|([^\s{}"']+))/g))
    yield [found[1] ?? '', found[2] ?? found[3] ?? found[4] ?? '']
}

function bareWords(text: string): string[] {
  return [...text.matchAll(/(?:^|[\s{,])\.?(manual|terminal|endless|ignore|no_run)(?=[\s},]|$)/g)].map(
    found => found[1] ?? '',
  )
}
