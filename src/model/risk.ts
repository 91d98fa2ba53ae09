/** What a script may do to what it is run on, from the least to the most. */
export const RISKS = ['view', 'safe', 'change', 'danger'] as const
export type Risk = (typeof RISKS)[number]
