import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Interpreters } from '../../parser/index.ts'
import { findWorkspace, type Workspace } from './workspace.ts'

/**
 * The interpreters that the project of a runbook names for blocks of other languages.
 * @throws {SignoffError} `CONFIG_INVALID` with line and column.
 */
export function interpretersFor(runbook: string, environment: NodeJS.ProcessEnv): Promise<Interpreters> {
  return interpretersOf(findWorkspace(dirname(runbook)), environment)
}

/** Those of a project that was found already. @throws {SignoffError} `CONFIG_INVALID`. */
export async function interpretersOf(workspace: Workspace, environment: NodeJS.ProcessEnv): Promise<Interpreters> {
  // Most projects have no configuration, and `plan` is to be quick: what reads YAML is loaded only where there is some.
  if (!existsSync(workspace.config)) return {}
  const { readConfig } = await import('./config.ts')
  return (await readConfig(workspace, environment)).interpreters
}
