import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Paths, relative to a folder, of all files below it that hold a text; every file holds the empty one. Sorted. */
export function filesHolding(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => statSync(join(folder, path)).isFile())
    .filter(path => readFileSync(join(folder, path)).includes(text))
    .sort()
}
