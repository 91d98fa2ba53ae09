import { fileURLToPath } from 'node:url'
import { defineConfig } from 'rolldown'
import { asciiChunks } from './scripts/ascii-chunks.ts'
import { pageAssets } from './scripts/page-assets.ts'
import { quickLibraries } from './scripts/quick-libraries.ts'

export default defineConfig({
  input: { signoff: 'src/cli/main.ts' },
  platform: 'node',
  // Set here and never in process.env: scripts inherit that one, and npm would then leave out development packages.
  transform: {
    define: { 'process.env.NODE_ENV': '"production"' },
    // Ink and its libraries ask for clusters as well as we do.
    inject: { 'Intl.Segmenter': [fileURLToPath(new URL('src/tui/text/segmenter.ts', import.meta.url)), 'Segmenter'] },
  },
  // Importing one of our modules does nothing, so those that a chunk takes nothing from are left out of it.
  treeshake: { moduleSideEffects: [{ test: /[\\/]src[\\/](?!cli[\\/]main\.ts)/, sideEffects: false }] },
  plugins: [pageAssets(), quickLibraries(), asciiChunks()],
  external: ['@lydell/node-pty'],
  output: {
    dir: 'dist',
    format: 'cjs',
    // Node prints a warning, into whatever it is asked at, where code that was compiled by hand imports something by `import()`.
    dynamicImportInCjs: false,
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name]-[hash].cjs',
    minify: false,
    comments: false,
    cleanDir: true,
  },
})
