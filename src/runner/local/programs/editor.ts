import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { EditorAnswer } from '../../../model/index.ts'

/**
 * Opens a script in `$VISUAL`, else `$EDITOR`, as git does: the variable is a command for the shell, the file its last argument.
 * The file is readable by its owner alone, lies in the state folder of the run, and is gone afterwards, whatever happened.
 */
export async function editInEditor(
  script: string,
  name: string,
  options: {
    readonly stateDir: string
    readonly environment: NodeJS.ProcessEnv
  },
): Promise<EditorAnswer> {
  const editor = [options.environment.VISUAL, options.environment.EDITOR].find(text => (text ?? '').trim() !== '')
  if (editor === undefined)
    return { kind: 'problem', why: 'no editor is named: set VISUAL or EDITOR, for example EDITOR=vi' }
  await mkdir(options.stateDir, { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(options.stateDir, 'edit-'))
  try {
    const file = join(folder, `${name.replace(/[^\w.-]/g, '_')}.sh`)
    // Editors end their last line; a script of the runbook may have none, and that alone is no change.
    const ended = script.endsWith('\n')
    await writeFile(file, ended ? script : `${script}\n`, { mode: 0o600 })
    const run = await execa('sh', ['-c', `${ON_THE_TERMINAL}\n${editor} "$@"`, editor, file], {
      stdio: 'inherit',
      env: options.environment,
      extendEnv: false,
      reject: false,
    })
    if (run.failed) {
      const how = run.exitCode === undefined ? (run.signal ?? run.shortMessage) : `exit ${run.exitCode}`
      return { kind: 'problem', why: `the editor "${editor}" failed (${how}); nothing was changed` }
    }
    const text = (await readFile(file, 'utf8')).replace(/\r\n/g, '\n')
    return answerFrom(script, ended ? text : text.replace(/\n$/, ''))
  } catch (error) {
    return { kind: 'problem', why: `the editor "${editor}" gave no text: ${String(error)}; nothing was changed` }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The editor draws on the terminal whatever our standard output is; without one of its own it has what we have. */
const ON_THE_TERMINAL = 'if (: </dev/tty) 2>/dev/null; then exec </dev/tty >/dev/tty 2>/dev/tty; fi'

function answerFrom(script: string, text: string): EditorAnswer {
  return text === script ? { kind: 'unchanged' } : { kind: 'edited', script: text }
}
