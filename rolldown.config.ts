import { defineConfig } from 'rolldown'
import { pageAssets } from './scripts/page-assets.ts'

export default defineConfig({
  input: { signoff: 'src/cli/main.ts' },
  platform: 'node',
  // Set here and never in process.env: scripts inherit that one, and npm would then leave out development packages.
  // Signoff uses no network. Ink's layout engine would take its own code, which is in the bundle, by `fetch`: that loads all of Node's
  // HTTP client, a third of the time until the first frame.
  transform: { define: { 'process.env.NODE_ENV': '"production"', fetch: 'undefined' } },
  // Importing one of our modules does nothing, so those that a chunk takes nothing from are left out of it.
  treeshake: { moduleSideEffects: [{ test: /[\\/]src[\\/](?!cli[\\/]main\.ts)/, sideEffects: false }] },
  plugins: [pageAssets()],
  external: ['@lydell/node-pty', 'react-devtools-core'],
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    minify: false,
    cleanDir: true,
  },
})
