/** Text that looks filled in and is a sample (R13): a range, and the name it is asked by. */
export interface Sample {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** Samples whatever stands around them: hosts below example.com, `X.Y.Z`, `1.xx`, `YYYY-MM-DD`, `[Your team]`. */
export function samplesIn(text: string): Sample[] {
  return Array.from(text.matchAll(SAMPLE), match => {
    const { host, brackets } = match.groups ?? {}
    return { name: nameOfSample(host ?? brackets ?? match[0]), start: match.index, end: match.index + match[0].length }
  }).filter(({ start, end }) => !isGlobOrIndex(text, start, end))
}

/** Version tags, `v1.2.3` or `:1.2.3`; they count only in commands that build, tag, push or roll out. */
export function versionTagsIn(text: string): Sample[] {
  return Array.from(
    text.matchAll(
      /(?<![\w.-])v\d{1,6}\.\d{1,6}(?:\.\d{1,6})?(?:-[0-9A-Za-z.]{1,40})?(?![\w.])|(?<=[\w]:)\d{1,6}\.\d{1,6}\.\d{1,6}(?:-[0-9A-Za-z.]{1,40})?(?![\w.])/g,
    ),
    match => ({
      name: match[0],
      start: match.index,
      end: match.index + match[0].length,
    }),
  )
}

const SAMPLE =
  /(?:(?<![\w.-])|(?<=>\.))(?<host>(?:[\w.+-]{1,64}@)?(?:[a-z0-9-]{1,63}\.){0,8}example\.(?:com|org|net))(?![\w-])|(?:(?<=\bv)|(?<![A-Za-z0-9]))[XMN]\.[YXm](?:\.[ZXp](?:-rcN)?)?(?![A-Za-z0-9]|\.[Xx]\b)|(?<![\w.])(?:\d{1,3}\.){0,3}(?:x\.){0,3}x\.x(?:\.x)?(?![\w.])|(?<![\w.])(?:\d{1,3}\.){3}x(?![\w.])|(?<![A-Za-z0-9_])(?:[a-z]{1,8}-)?x{4,40}(?![A-Za-z0-9_])|(?<![\w-])\d{4}-XX(?:-XX)?(?![\w-])|(?<![\w.-])(?:release[-/])?v?\d{1,3}\.\d{1,3}\.x(?![\w.])|(?<![A-Za-z])YY\.MM(?:\.(?:MICRO|PATCH|DD|x))?(?![\w.])|(?<![\w.])\d{1,3}\.x{1,2}(?:\.x{1,2})?(?![\w.])|(?<![A-Za-z])YYYY(?:[-_./]?MM(?:[-_./]?DD)?)(?![A-Za-z])|(?<=[\s="':/]|^)\[(?<brackets>[A-Z][A-Za-z]{2,30}(?:[ /_-][A-Za-z0-9]{1,30}){0,5}|[a-z]{3,30}(?:[ _-][a-z0-9]{2,30}){1,5})\](?=[\s"',;:/]|$)/gim

function nameOfSample(text: string): string {
  return text.trim().replace(/\s+/g, '-')
}

function isGlobOrIndex(text: string, start: number, end: number): boolean {
  const written = text.slice(start, end)
  return written.startsWith('[') && (text[end] === '(' || /^\[(?:[a-z]-[a-z])/i.test(written))
}
