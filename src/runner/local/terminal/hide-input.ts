import { execa } from 'execa'

/** Runs something while what is typed at the terminal is not shown; the terminal is restored whatever happens. */
export async function hideInput<T>(work: () => Promise<T>): Promise<T> {
  await execa('stty', ['-echo'], { stdin: 'inherit', reject: false })
  try {
    return await work()
  } finally {
    await execa('stty', ['echo'], { stdin: 'inherit', reject: false })
  }
}
