import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { beforeEach, expect, test, vi } from 'vitest'

const CORPUS = new URL('../../../shared/corpus/', import.meta.url)
const RUNBOOKS = new URL('../../runbooks/', import.meta.url)
const SHELL = '# Release\n\n```bash\nmake deploy\n```\n'

/** The parser as it is before anything was loaded: the setup of the tests loads it all. */
let parser: typeof import('../../src/parser/index.ts')
beforeEach(async () => {
  vi.resetModules()
  parser = await import('../../src/parser/index.ts')
})

const bytesOf = (text: string) => new TextEncoder().encode(text)

test('a text whose parts were not loaded is refused loudly, never read without them', async () => {
  expect(() => parser.parseRunbook(bytesOf(SHELL), 'a.md')).toThrow('was not loaded')
  expect(() => parser.parseRunbook(bytesOf('---\ntitle: x\n---\n# A\n'), 'a.md')).toThrow('was not loaded')
  const { runbook } = await parser.loadAndParse(bytesOf(SHELL), 'a.md')
  expect(parser.parseRunbook(bytesOf(SHELL), 'a.md').runbook).toEqual(runbook)
})

test('a text without code needs no grammar of the shell, whatever its words are', () => {
  let read = 0
  for (const text of textsOf(RUNBOOKS).concat(existsSync(CORPUS) ? textsOf(CORPUS) : [])) {
    const { diagnostics } = parser.parseRunbook(bytesOf(withoutCode(text)), 'a.md')
    if (diagnostics.every(({ code }) => code !== 'SO003')) read++
  }
  expect(read).toBeGreaterThan(1)
}, 60_000)

test.each([
  '---\nsignoff: { mode: linear }\n---\n# A\n',
  '---\n"\\x73ignoff": { mode: linear }\n---\n# A\n',
  '---\n"sign\\\noff": { mode: linear }\n---\n# A\n',
  '---\nsignoff: *x\n---\n# A\n',
  '---\n? signoff\n: 3\n---\n# A\n',
  '# A\n\n`ls`\n',
  '# A\n\n- [ ] `scripts/x.sh`\n',
  '# A\n\n- [ ] `"make"`\n',
  '# A\n\n- [ ] `./x`\n',
  '# A\n\n    make deploy\n',
  '# A\n\n~~~\n$ make deploy\n~~~\n',
  '# A\n\n| Check | Command |\n| --- | --- |\n| up | `kubectl get pods` |\n',
  '> 1. ```yaml\n>    a: $HOME\n>    ```\n',
  '<!-- signoff task -->\n```text\nmake\n```\n',
  '',
  '\u0000',
])('everything that is needed is loaded for %j', async text => {
  await expect(parser.loadAndParse(bytesOf(text), 'a.md')).resolves.toBeDefined()
})

function textsOf(folder: URL): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
  return names
    .filter(entry => entry.isFile() && entry.name.endsWith('.md'))
    .map(entry => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8'))
}

/** The words of a text alone: no fence, no inline or indented code, no front matter. */
function withoutCode(text: string): string {
  return text
    .replace(/^---\n.*?\n---\n/s, '')
    .replace(/[`~]/g, "'")
    .replace(/^[ \t]+/gm, '')
    .replace(/^((?:[-*+]|\d+[.)]|>)[ \t]?)[ \t]+/gm, '$1')
}
