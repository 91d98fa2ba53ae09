export { hasClaim, isOurStateFolder, type RunProcess, runProcesses } from './claims/run-processes.ts'
export { type RunningProcess, runningProcess } from './claims/running-process.ts'
export { stopRunning } from './claims/stop-running.ts'
export { detachWriter, finishDetaching } from './files/detach-writer.ts'
export { type JournalFile, type JournalOptions, type LineChain, openJournal } from './files/journal-file.ts'
export {
  holderText,
  type Lock,
  type LockHolder,
  lockedError,
  mayLive,
  readLock,
  type TakeOver,
  takeLock,
} from './files/lock.ts'
export { runbookFile } from './files/runbook-file.ts'
export { accountName, nameOfAccount, ownerOf } from './machine/account.ts'
export { systemClock } from './machine/clock.ts'
export { randomIds, randomToken, uuidv7 } from './machine/ids.ts'
export { freeBytes, hasProgram, isWritable, sshVersion } from './machine/machine.ts'
export { matchesInTime } from './machine/matches.ts'
export { readDescriptor } from './machine/read-descriptor.ts'
export { copyByProgram } from './programs/clipboard.ts'
export { editInEditor } from './programs/editor.ts'
export { convertsLineEnds, type GitFacts, gitFacts, isCommitted } from './programs/git-facts.ts'
export { gitConfig, gitDefaultKey, gitPath, gitPaths } from './programs/git-settings.ts'
export { notifyPerson } from './programs/notify-person.ts'
export { checkTimestampToken, makeTimestampQuery } from './programs/openssl.ts'
export { askSecretCommand, type CommandSecret } from './programs/secret-command.ts'
export { agentKeys } from './programs/ssh-agent.ts'
export { type KeyForSshKeygen, makeSshKey, runSshKeygen, signWithSshKeygen } from './programs/ssh-keygen.ts'
export { createLocalExecutor, type LocalExecutor, type LocalExecutorOptions } from './scripts/local-executor.ts'
export { hideInput } from './terminal/hide-input.ts'
export type { Handover, LentTerminal, PersonsTerminal } from './terminal/persons-terminal.ts'
export type { TerminalSize } from './terminal/pty-pair.ts'
export { TtyOutput } from './terminal/tty-output.ts'
export { openTtyInput, openTtyOutput } from './terminal/tty-stream.ts'
