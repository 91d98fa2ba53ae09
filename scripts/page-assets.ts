import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Plugin, rolldown } from 'rolldown'

/**
 * Gives what an HTML export carries as text: `import script from './main.ts?page'` is that file and all it imports, for a
 * browser, as one classic script; `import style from './page.css?page'` is a style sheet without its comments. The bundler and
 * vitest both use it, so that tests look at the page that is shipped.
 */
export function pageAssets(): Plugin {
  return {
    name: 'page-assets',
    resolveId(source, importer) {
      if (!source.endsWith(SUFFIX) || importer === undefined) return null
      // A name of its own, so that no plugin for style sheets takes it.
      return `${PREFIX}${resolve(dirname(importer), source.slice(0, -SUFFIX.length))}.js`
    },
    async load(id) {
      if (!id.startsWith(PREFIX)) return null
      const path = id.slice(PREFIX.length, -'.js'.length)
      const text = path.endsWith('.css') ? bareStyle(await readFile(path, 'utf8')) : await bundled(path)
      // Either would end the element that it stands in.
      if (/<\/(script|style)|<!--/i.test(text)) throw new Error(`${path} cannot stand in a page as it is`)
      return `export default ${JSON.stringify(text)}`
    },
  }
}

const SUFFIX = '?page'
const PREFIX = '\0page-asset:'

async function bundled(path: string): Promise<string> {
  const bundle = await rolldown({ input: path, platform: 'browser' })
  try {
    const { output } = await bundle.generate({ format: 'iife', minify: true, sourcemap: false, comments: false })
    if (output.length !== 1) throw new Error(`${path} does not fit one script`)
    return output[0].code.trim()
  } finally {
    await bundle.close()
  }
}

function bareStyle(css: string): string {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s*\n\s*/g, '\n')
    .replace(/ ?([{:;,>]) ?(?=[^\n])/g, '$1')
    .trim()
}
