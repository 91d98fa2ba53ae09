import { execa } from 'execa'

/** The public keys that the person's agent holds, certificates among them, a line each; null without an agent to ask. */
export async function agentKeys(): Promise<string[] | null> {
  const result = await execa('ssh-add', ['-L'], { reject: false, stdin: 'ignore', timeout: 10_000 })
  if (result.exitCode === 0) return result.stdout.split('\n')
  // 1 is an agent that holds none.
  return result.exitCode === 1 ? [] : null
}
