import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Interpreters } from '../parser/index.ts'
import { findWorkspace } from './workspace.ts'

/**
 * The interpreters that the project of a runbook names for blocks of other languages.
 * @throws {SignoffError} `CONFIG_INVALID` with line and column.
 */
export async function interpretersFor(runbook: string, environment: NodeJS.ProcessEnv): Promise<Interpreters> {
  const workspace = findWorkspace(dirname(runbook))
  // Most projects have no configuration, and `plan` is to be quick: what reads YAML is loaded only where there is some.
  if (!existsSync(workspace.config)) return {}
  const { readConfig } = await import('./config.ts')
  return (await readConfig(workspace, environment)).interpreters
}
