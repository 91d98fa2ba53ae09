import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

export interface CliResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url))

/** The installed command as a user has it: `bin/signoff.js` over the built files, without a terminal. */
export async function runSignoff(
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<CliResult> {
  const result = await execa(process.execPath, [signoffFile(), ...args], {
    cwd: options.cwd,
    env: options.env,
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    timeout: 110_000,
    stripFinalNewline: false,
  })
  if (result.exitCode === undefined)
    throw new Error(`signoff ${args.join(' ')} did not end by itself:\n${result.stderr}`)
  if (args.includes('--json')) await holdToSchemas(result.stdout)
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr }
}

/** Whatever a test is about: a document that says of which schema it is, is of it. */
async function holdToSchemas(stdout: string): Promise<void> {
  const isMany = /^\{.*\}\n\{/.test(stdout)
  const documents = (isMany ? stdout.trimEnd().split('\n') : [stdout]).filter(text => /^\s*\{\s*"schema":/.test(text))
  if (documents.length === 0) return
  const { asItSays } = await import('../stated-schema.ts')
  for (const text of documents) asItSays(text)
}

/** The file that the command is. @throws where the project was not built. */
export function signoffFile(): string {
  if (!existsSync(`${PROJECT}dist/signoff.cjs`)) throw new Error('dist/signoff.cjs is missing: npm run build makes it')
  return `${PROJECT}bin/signoff.js`
}
