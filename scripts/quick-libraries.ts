import { readFileSync } from 'node:fs'
import type { Plugin } from 'rolldown'
import { ONE_CELL_EACH } from '../src/tui/text/width.ts'

/**
 * Libraries that do while they are loaded what no start should wait for, changed as they are bundled. Each change names the text
 * that it stands for, and the build ends where a library no longer has it: then look whether the change is still needed.
 */
export function quickLibraries(): Plugin {
  return {
    name: 'quick-libraries',
    transform(code, id) {
      const library = LIBRARIES.find(({ file }) => id.endsWith(file))
      if (library === undefined) return null
      return library.changes(id).reduce((text, [from, to]) => {
        if (text.split(from).length !== 2) throw new Error(`${id} has changed: it does not hold, once: ${from}`)
        return text.replace(from, () => to)
      }, code)
    },
  }
}

interface Library {
  readonly file: string
  /** What stands in the module of this path, and what is to stand there. */
  readonly changes: (id: string) => readonly (readonly [from: string, to: string])[]
}

const LIBRARIES: readonly Library[] = [
  {
    // All emoji of Unicode, as an expression, take 7 ms before the first text is measured; hardly any text needs them.
    file: '/string-width/index.js',
    changes: () => [
      [
        'const rgiEmojiRegex = /^\\p{RGI_Emoji}$/v;',
        'let emoji; const rgiEmojiRegex = { test: text => (emoji ??= /^\\p{RGI_Emoji}$/v).test(text) };',
      ],
      ['if (/^[\\u0020-\\u007E]*$/.test(string))', `if (/${ONE_CELL_EACH.source}/.test(string))`],
    ],
  },
  {
    // The layout of Ink waits for its WebAssembly while it is imported, which a chunk that is required cannot; before that it
    // turns 90 KB into bytes one by one.
    file: '/yoga-layout/dist/src/index.js',
    changes: id => [
      [
        'const Yoga = wrapAssembly(await loadYoga());',
        `const assembly = {
  instantiateWasm(imports, done) {
    done(new WebAssembly.Instance(new WebAssembly.Module(Buffer.from('${layoutCode(id)}', 'base64')), imports));
    return {};
  },
};
loadYoga(assembly);
const Yoga = wrapAssembly(assembly);`,
      ],
    ],
  },
  {
    file: '/yoga-layout/dist/binaries/yoga-wasm-base64-esm.js',
    changes: id => [[layoutCode(id), '']],
  },
  {
    // The same, for tools that help to develop a screen: they are no part of the program.
    file: '/ink/build/reconciler.js',
    changes: () => [
      ["await import('./devtools.js');", ''],
      ['await loadPackageJson()', 'packageInfo'],
    ],
  },
]

/** The WebAssembly of the layout, in base64. */
function layoutCode(id: string): string {
  const text = readFileSync(id.replace(/dist\/.*$/, 'dist/binaries/yoga-wasm-base64-esm.js'), 'utf8')
  const code = /data:application\/octet-stream;base64,([\w+/=]+)/.exec(text)?.[1]
  if (code === undefined) throw new Error(`${id} has changed: its WebAssembly is not where it was`)
  return code
}
