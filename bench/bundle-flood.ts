import { join } from 'node:path'
import { rolldown } from 'rolldown'

/** Bundles `output-flood.ts` as the program is bundled: what takes the types off in memory would count as ours. Returns its path. */
export async function bundleFlood(folder: string): Promise<string> {
  const file = join(folder, 'flood.mjs')
  const input = join(import.meta.dirname, 'output-flood.ts')
  const bundle = await rolldown({ input, platform: 'node', logLevel: 'silent' })
  await bundle.write({ file, format: 'esm', codeSplitting: false })
  await bundle.close()
  return file
}
