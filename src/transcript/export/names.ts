/** What `signoff export --format` takes, and in a few words what each is. Loads nothing, so that `--help` can list them. */
export const FORMAT_NAMES = ['md', 'html', 'json'] as const
export type FormatName = (typeof FORMAT_NAMES)[number]
