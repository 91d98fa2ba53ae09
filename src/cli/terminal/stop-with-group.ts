/** Longer than a stop takes to arrive; a group that nobody could continue (no shell above it) is not stopped by the kernel at all. */
const ARRIVES_MS = 100

/**
 * Stops this process with its group, as Ctrl-Z does where a terminal sends it, and resolves once it goes on: the shell above is told by
 * its own job. Scripts are not stopped: they have sessions of their own.
 */
export async function stopWithGroup(): Promise<void> {
  const continued = Promise.withResolvers<void>()
  process.once('SIGCONT', continued.resolve)
  const timer = setTimeout(continued.resolve, ARRIVES_MS)
  try {
    process.kill(0, 'SIGTSTP')
    await continued.promise
  } finally {
    clearTimeout(timer)
    process.off('SIGCONT', continued.resolve)
  }
}
