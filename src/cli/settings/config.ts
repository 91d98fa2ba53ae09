import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { SignoffError } from '../../model/index.ts'
import { canHaveInterpreter, type Interpreters } from '../../parser/index.ts'
import { DEFAULT_KEYS, type KeyMap, keyMapOf } from '../../tui/index.ts'
import { isAbsent } from './read-if-there.ts'
import { configFolder, type Workspace } from './workspace.ts'

const time = z.string().regex(/^\d+(ms|s|m|h)$/, 'expected a time such as 30m')

/** What its owner wants of every transcript that `verify` looks at. */
const VerifySettings = z.strictObject({
  /** So many people must have approved. */
  approvals: z.int().nonnegative().optional(),
  /** The time must not be the writer's word alone. */
  strictTime: z.boolean().optional(),
  /** Certificates of the time-stamp authorities that are trusted, PEM; a relative path is one beside this file. */
  tsaCa: z.string().min(1).optional(),
})

/** `.signoff/config.yaml`: reviewed like code. It may tighten what a runbook demands, never loosen it. */
export const ProjectConfigSchema = z.strictObject({
  version: z.literal(1).default(1),
  /** Who may approve for a role that a runbook names: principals of allowed_signers. */
  roles: z.record(z.string(), z.array(z.string().min(1)).min(1)).default({}),
  /** What the keys of approvers must show: that somebody touched the token, or that it knew them by a PIN or a finger. */
  touch: z.enum(['presence', 'verified']).optional(),
  /** Time limit of a task that names none, such as `30m`. */
  timeout: time.optional(),
  verify: VerifySettings.optional(),
  notify: z
    .custom<undefined>(() => false, 'a repository may not name a command for notifications; your own configuration may')
    .optional(),
  secrets: z
    .custom<undefined>(() => false, 'a repository may not name commands for secrets; your own configuration may')
    .optional(),
  confirm: z
    .custom<undefined>(() => false, 'a repository may not make a confirmation easier; your own configuration may')
    .optional(),
  /** How long a running script may say nothing before that is pointed out, such as `5m`; it is never stopped for it. */
  silence: time.optional(),
  /** Commands that run blocks of other languages, by tag: `{ python: [python3] }`. Without one they are by hand. */
  interpreters: z
    .record(
      z.string().refine(canHaveInterpreter, 'expected the tag of a language, such as python; shells need none'),
      z
        .array(z.string().min(1))
        .min(1)
        .refine(
          ([program = '']) => !program.includes('/') || program.startsWith('/'),
          'expected a name or an absolute path',
        ),
    )
    .default({}),
})

/** The user's own configuration. Only here, by flag or by environment may a signing key be named. */
export const UserConfigSchema = z.strictObject({
  version: z.literal(1).default(1),
  signing: z.strictObject({ key: z.string().min(1), principal: z.string().min(1).optional() }).optional(),
  verify: VerifySettings.optional(),
  ui: z
    .strictObject({
      /** Draw with ASCII alone, as `--ascii` does. */
      ascii: z.boolean().default(false),
      /** Keys of the full screen, by the name of what they do: `{ skip: S }`. */
      keys: z
        .record(z.string(), z.string())
        .default({})
        .superRefine((moved, context) => {
          const keys = keyMapOf(moved)
          if (keys instanceof Map) return
          for (const { action, why } of keys as Exclude<typeof keys, KeyMap>)
            context.addIssue({ code: 'custom', path: [action], message: why })
        }),
    })
    .optional(),
  confirm: z
    .strictObject({
      /** A phrase may be pasted, for people who dictate. Enter is pressed all the same. */
      allowPaste: z.boolean().default(false),
    })
    .optional(),
  /** A command that tells you elsewhere that you are needed, such as in a chat: it gets the text as its last argument. */
  notify: z
    .array(z.string().min(1))
    .min(1)
    .refine(
      ([program = '']) => !program.includes('/') || program.startsWith('/'),
      'expected a name to be found on the PATH, or an absolute path',
    )
    .optional(),
  /** Commands that give secrets, by the name of the value. Only here: a repository must not name what runs on this machine unasked. */
  secrets: z
    .record(
      z.string(),
      z.strictObject({
        /** Program and arguments, started without a shell. */
        command: z
          .array(z.string().min(1))
          .min(1)
          .refine(([program = '']) => !program.includes('/') || program.startsWith('/'), {
            error: 'expected a name to be found on the PATH, or an absolute path',
          }),
        timeout: time.optional(),
        /** Folders whose runbooks may have it; all of them where it is left out. */
        projects: z.array(z.string().regex(/^[~/]/, 'expected an absolute path, or one below ~')).min(1).optional(),
      }),
    )
    .default({}),
})

export interface Config {
  readonly roles: Readonly<Record<string, readonly string[]>>
  /** What is asked of the keys of approvers. */
  readonly touch: 'none' | 'presence' | 'verified'
  readonly timeoutMs: number | null
  readonly silenceMs: number | null
  readonly interpreters: Interpreters
  readonly verify: VerifyConfig
  readonly signingKey: string | null
  readonly principal: string | null
  /** Draw with ASCII alone. */
  readonly ascii: boolean
  /** What each action of the full screen is done by. */
  readonly keys: KeyMap
  /** A phrase may be pasted. */
  readonly allowPaste: boolean
  /** The command that tells the person elsewhere; null without one. */
  readonly notify: readonly string[] | null
  /** By the name of the value. */
  readonly secrets: ReadonlyMap<string, SecretCommand>
  /** Where the user's own configuration lies, whether it is there or not. */
  readonly userPath: string
  /** sha256 of the project's file, null without one; recorded in every transcript. */
  readonly projectSha256: string | null
}

/** What `verify` asks of every transcript: the stricter of both configurations. */
export interface VerifyConfig {
  readonly approvals: number
  readonly strictTime: boolean
  /** Files of certificates, with absolute paths. */
  readonly tsaCa: readonly string[]
}

/** A command that gives a secret. */
export interface SecretCommand {
  readonly command: readonly string[]
  readonly timeoutMs: number | null
  readonly projects: readonly string[] | null
}

/** @throws {SignoffError} `CONFIG_INVALID` with line and column. */
export async function readConfig(workspace: Workspace, environment: NodeJS.ProcessEnv): Promise<Config> {
  const project = await readYaml(workspace.config, ProjectConfigSchema)
  const userPath = join(configFolder(environment), 'config.yaml')
  const user = await readYaml(userPath, UserConfigSchema)
  const secrets = Object.entries(user?.value.secrets ?? {}).map(([name, { command, timeout, projects }]) => {
    const entry = {
      command,
      timeoutMs: timeout === undefined ? null : milliseconds(timeout),
      projects: projects ?? null,
    }
    return [name, entry] as const
  })
  return {
    roles: project?.value.roles ?? {},
    touch: project?.value.touch ?? 'none',
    timeoutMs: project?.value.timeout === undefined ? null : milliseconds(project.value.timeout),
    silenceMs: project?.value.silence === undefined ? null : milliseconds(project.value.silence),
    interpreters: project?.value.interpreters ?? {},
    verify: strictest([
      { of: workspace.config, said: project?.value.verify },
      { of: userPath, said: user?.value.verify },
    ]),
    signingKey: user?.value.signing?.key ?? null,
    principal: user?.value.signing?.principal ?? null,
    ascii: user?.value.ui?.ascii ?? false,
    keys: keysOf(user?.value.ui?.keys ?? {}),
    allowPaste: user?.value.confirm?.allowPaste ?? false,
    notify: user?.value.notify ?? null,
    secrets: new Map(secrets),
    userPath,
    projectSha256: project?.sha256 ?? null,
  }
}

/** They were checked with the file. */
function keysOf(moved: Readonly<Record<string, string>>): KeyMap {
  const keys = keyMapOf(moved)
  return keys instanceof Map ? keys : DEFAULT_KEYS
}

function strictest(
  settings: readonly { readonly of: string; readonly said: z.infer<typeof VerifySettings> | undefined }[],
): VerifyConfig {
  return {
    approvals: Math.max(...settings.map(({ said }) => said?.approvals ?? 0)),
    strictTime: settings.some(({ said }) => said?.strictTime === true),
    tsaCa: settings.flatMap(({ of, said }) => (said?.tsaCa === undefined ? [] : [resolve(dirname(of), said.tsaCa)])),
  }
}

async function readYaml<T>(
  path: string,
  schema: z.ZodType<T>,
): Promise<{ readonly value: T; readonly sha256: string } | null> {
  const bytes = await readFile(path).catch(async (error: NodeJS.ErrnoException) => {
    if (await isAbsent(path, error)) return null
    throw new SignoffError('CONFIG_INVALID', `${path}: ${error.message}`, { cause: error })
  })
  if (bytes === null) return null
  // Many have no configuration, and nothing else of them is YAML.
  const { parseYaml } = await import('./yaml-file.ts')
  const { value } = parseYaml(bytes.toString('utf8'), path, schema, 'CONFIG_INVALID')
  return { value, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** `30m` as milliseconds; the pattern of the schema holds already. */
export function milliseconds(text: string): number {
  const found = /^(\d+)(ms|s|m|h)$/.exec(text)
  if (found === null) throw new SignoffError('USAGE', `"${text}" is no time; expected one such as 30s, 10m or 2h`)
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[found[2] ?? ''] ?? 1
  return Number(found[1]) * unit
}
