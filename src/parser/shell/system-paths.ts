/**
 * Whether a path belongs to the machine and not to the person at work: writing there is no local, repeatable thing.
 * What only the shell knows (`$DIR/x`) and what lies below the home or a temporary folder does not.
 */
export function isSystemPath(path: string): boolean {
  if (
    /^\/dev\/(?:null|zero|tty|std(?:in|out|err)|fd\/|shm(?:\/|$))|^\/var\/(?:tmp|folders|backups?)(?:\/|$)/.test(path)
  )
    return false
  return path === '/' || /^\/(?:etc|usr|s?bin|lib(?:64)?|boot|proc|sys|dev|opt|srv|var|root)(?:\/|$)/.test(path)
}

/** A disk or a switch of the kernel: what is written there is not written back. */
export function isDevice(path: string): boolean {
  return /^\/dev\/(?:(?:sd|hd|vd|xvd|nvme|mmcblk|loop|md|dm-)[a-z0-9]+|disk\d?|mapper\/)|^\/proc\/sysrq-trigger/.test(
    path,
  )
}

/** What a command writes to by its arguments, as far as the program is known: `tee`, `cp`, `tar -C` and their kin. */
export function writtenPaths(name: string, words: readonly string[]): readonly string[] {
  const plain = words.slice(1).filter(word => !word.startsWith('-'))
  if (WRITES_ALL.has(name)) return plain
  if (WRITES_LAST.has(name)) return [...plain.slice(-1), ...behind(words, /^(?:-t|--target-directory)$/)]
  if (name === 'sed' || name === 'perl') return plain
  if (name === 'tar') return behind(words, /^(?:-C|--directory)$/)
  if (name === 'unzip') return behind(words, /^-d$/)
  if (name === 'curl' || name === 'wget')
    return behind(words, /^-[A-Za-z]*[oOP]$|^--(?:output|output-document|output-dir)$/)
  return name === 'sort' || name === 'openssl' ? behind(words, /^-[a-z]*o$|^-out$|^--output$/) : []
}

const WRITES_ALL: ReadonlySet<string> = new Set(
  'tee touch mkdir chmod gzip gunzip bzip2 bunzip2 xz unxz truncate'.split(' '),
)
const WRITES_LAST: ReadonlySet<string> = new Set('cp ln install rsync split csplit'.split(' '))

function behind(words: readonly string[], option: RegExp): string[] {
  return words.flatMap((word, index) => {
    const joined = /^(--[\w-]+)=(.+)$/.exec(word)
    if (joined !== null) return option.test(joined[1] ?? '') ? [joined[2] ?? ''] : []
    return index > 0 && option.test(word) ? [words[index + 1] ?? ''] : []
  })
}
