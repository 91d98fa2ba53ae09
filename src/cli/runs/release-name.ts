import { SignoffError } from '../../model/index.ts'

/**
 * A release is a name, and part of a path: what could lead elsewhere or hide something is refused, not rewritten.
 * @throws {SignoffError} `RELEASE_INVALID`
 */
export function checkRelease(release: string): string {
  const wrong =
    release === ''
      ? 'it is empty'
      : /[/\\]/.test(release)
        ? 'it holds a slash'
        : release.includes('..')
          ? 'it holds ".."'
          : /[\s\p{C}]/u.test(release)
            ? 'it holds a space or a control character'
            : /^[.-]/.test(release)
              ? 'it begins with "." or "-"'
              : Buffer.byteLength(release) > 100
                ? 'it is longer than 100 bytes'
                : null
  if (wrong === null) return release
  throw new SignoffError(
    'RELEASE_INVALID',
    `--release ${JSON.stringify(release)}: ${wrong}; expected a name such as v1.4.2`,
    {
      advice: 'use the tag of the release',
    },
  )
}
