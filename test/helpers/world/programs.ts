import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** One call of a recording program, as it happened. */
export interface Call {
  readonly program: string
  readonly argv: readonly string[]
  readonly cwd: string
  /** Those of the watched variables that were set. */
  readonly env: Readonly<Record<string, string>>
}

/** What a program answers to one command line; without it, nothing is printed and the exit code is 0. */
export interface ProgramReply {
  readonly stdout?: string
  readonly stderr?: string
  readonly exit?: number
}

export interface Programs {
  /** The folder to put first on PATH. */
  readonly folder: string
  /** All calls so far, in the order they began. */
  calls(): Call[]
  /** The same as command lines, `pnpm db:migrate`: what most tests compare. */
  commandLines(): string[]
  /** From now on, what exactly this command line answers. */
  reply(commandLine: string, reply: ProgramReply): void
}

const RECORDED = ['pnpm', 'vercel', 'docker', 'kubectl']

/**
 * Small programs that write down how they were called, and succeed unless told otherwise. `node` is one of them
 * for `node scripts/…` alone; every other call of it reaches the real one.
 *
 * @param root a folder of our own.
 * @param watched names of environment variables to record.
 */
export function makePrograms(root: string, watched: readonly string[]): Programs {
  const folder = join(root, 'bin')
  const log = join(root, 'calls.jsonl')
  const repliesFile = join(root, 'replies.bash')
  mkdirSync(folder, { recursive: true })
  writeFileSync(repliesFile, '')
  const program = (name: string, before: string): void => {
    const file = join(folder, name)
    writeFileSync(file, recorder(name, before, log, repliesFile, watched))
    chmodSync(file, 0o755)
  }
  for (const name of RECORDED) program(name, '')
  program('node', `case \${1-} in scripts/*) ;; *) exec ${quote(process.execPath)} "$@" ;; esac\n`)

  const replies = new Map<string, ProgramReply>()
  const calls = (): Call[] =>
    existsSync(log)
      ? readFileSync(log, 'utf8')
          .split('\n')
          .filter(line => line !== '')
          .map(line => JSON.parse(line) as Call)
      : []
  return {
    folder,
    calls,
    commandLines: () => calls().map(call => [call.program, ...call.argv].join(' ')),
    reply(commandLine, reply) {
      replies.set(commandLine, reply)
      writeFileSync(repliesFile, [...replies].map(replyCase).join(''))
    },
  }
}

/** JSON is written by bash itself, in one `printf`, so that calls at the same time do not mix their lines. */
function recorder(name: string, before: string, log: string, repliesFile: string, watched: readonly string[]): string {
  return `#!/usr/bin/env bash
${before}json() {
  local text=$1
  text=\${text//\\\\/\\\\\\\\}
  text=\${text//\\"/\\\\\\"}
  text=\${text//$'\\n'/\\\\n}
  text=\${text//$'\\t'/\\\\t}
  printf '"%s"' "$text"
}
argv=
for argument in "$@"; do argv+=\${argv:+,}$(json "$argument"); done
env=
for variable in ${watched.join(' ')}; do
  if [ -n "\${!variable+set}" ]; then env+=\${env:+,}$(json "$variable"):$(json "\${!variable}"); fi
done
printf '{"program":"%s","argv":[%s],"cwd":%s,"env":{%s}}\\n' ${name} "$argv" "$(json "$PWD")" "$env" >> ${quote(log)}
call="${name}\${*:+ $*}"
. ${quote(repliesFile)}
`
}

function replyCase([commandLine, reply]: [string, ProgramReply]): string {
  return [
    `if [ "$call" = ${quote(commandLine)} ]; then`,
    `  printf %s ${quote(reply.stdout ?? '')}`,
    `  printf %s ${quote(reply.stderr ?? '')} >&2`,
    `  exit ${reply.exit ?? 0}`,
    'fi\n',
  ].join('\n')
}

/** One word of shell text. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
