export { systemClock } from './clock.ts'
export { randomIds, randomToken, uuidv7 } from './ids.ts'
export { createLocalExecutor, type LocalExecutor, type LocalExecutorOptions } from './local-executor.ts'
