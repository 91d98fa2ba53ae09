export { accountName, nameOfAccount, ownerOf } from './account.ts'
export { copyByProgram } from './clipboard.ts'
export { systemClock } from './clock.ts'
export { detachWriter, finishDetaching } from './detach-writer.ts'
export { editInEditor } from './editor.ts'
export { convertsLineEnds, type GitFacts, gitFacts, isCommitted } from './git-facts.ts'
export { gitConfig, gitDefaultKey, gitPath, gitPaths } from './git-settings.ts'
export { hideInput } from './hide-input.ts'
export { randomIds, randomToken, uuidv7 } from './ids.ts'
export { type JournalFile, type JournalOptions, type LineChain, openJournal } from './journal-file.ts'
export { createLocalExecutor, type LocalExecutor, type LocalExecutorOptions } from './local-executor.ts'
export {
  holderText,
  type Lock,
  type LockHolder,
  lockedError,
  mayLive,
  readLock,
  type TakeOver,
  takeLock,
} from './lock.ts'
export { freeBytes, hasProgram, isWritable, sshVersion } from './machine.ts'
export { matchesInTime } from './matches.ts'
export { notifyPerson } from './notify-person.ts'
export { checkTimestampToken, makeTimestampQuery } from './openssl.ts'
export type { Handover, LentTerminal, PersonsTerminal } from './persons-terminal.ts'
export type { TerminalSize } from './pty-pair.ts'
export { readDescriptor } from './read-descriptor.ts'
export { hasClaim, isOurStateFolder, type RunProcess, runProcesses } from './run-processes.ts'
export { runbookFile } from './runbook-file.ts'
export { type RunningProcess, runningProcess } from './running-process.ts'
export { askSecretCommand, type CommandSecret } from './secret-command.ts'
export { agentKeys } from './ssh-agent.ts'
export { type KeyForSshKeygen, makeSshKey, runSshKeygen, signWithSshKeygen } from './ssh-keygen.ts'
export { stopRunning } from './stop-running.ts'
export { TtyOutput } from './tty-output.ts'
export { openTtyInput, openTtyOutput } from './tty-stream.ts'
