/** What `signoff export --format` takes. Loads nothing, so that `--help` can list them. */
export const FORMAT_NAMES = ['md', 'html', 'json', 'cast', 'junit', 'ctrf', 'tar', 'audit', 'sigstore'] as const
export type FormatName = (typeof FORMAT_NAMES)[number]
