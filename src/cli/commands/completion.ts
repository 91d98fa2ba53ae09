import type { Command } from 'commander'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { completionTable } from '../completion/table.ts'
import { zshCompletion } from '../completion/zsh.ts'
import type { Io } from '../io.ts'

export const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const

/** Prints what a shell has to read so that Tab completes commands, flags, their values, files and runs. */
export function completion(shell: keyof typeof SHELLS, program: Command, io: Io): number {
  io.write(SHELLS[shell](completionTable(program)))
  return 0
}
