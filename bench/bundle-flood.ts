import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { pageAssets } from '../scripts/page-assets.ts'

/** Bundles `output-flood.ts` as the program is bundled: what takes the types off in memory would count as ours. Returns its path. */
export async function bundleFlood(folder: string): Promise<string> {
  const file = join(folder, 'flood.mjs')
  const input = join(import.meta.dirname, 'output-flood.ts')
  const bundle = await rolldown({ input, platform: 'node', plugins: [pageAssets()], logLevel: 'silent' })
  await bundle.write({ file, format: 'esm', codeSplitting: false })
  await bundle.close()
  return file
}
