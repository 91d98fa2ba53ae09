/**
 * The name of the folder that holds the runs of a release: every byte outside `A-Z a-z 0-9 . _ + -`, and a leading `.` or `-`, as
 * `%XX`; at most 120 characters. It can lead nowhere else, whatever the release is.
 */
export function releaseFolder(release: string): string {
  const escaped = [...Buffer.from(release)]
    .map((byte, index) => {
      const text = String.fromCharCode(byte)
      const plain = /[A-Za-z0-9_+]/.test(text) || (index > 0 && /[.-]/.test(text))
      return plain ? text : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
  return escaped.slice(0, FOLDER_CHARACTERS)
}

/** The release that such a folder is named for, as far as its name goes. */
export function releaseOfFolder(folder: string): string {
  const bytes = folder.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

const FOLDER_CHARACTERS = 120
