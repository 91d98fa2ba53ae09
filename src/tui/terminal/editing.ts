import type { EditorAnswer } from '../../model/index.ts'

/**
 * Opens a text in the person's editor, which has the terminal until it ends.
 *
 * @param name of the step, for the file's name.
 */
export type EditScript = (script: string, name: string) => Promise<EditorAnswer>

/** Where a front end was given no editor to open. */
export const NO_EDITOR: EditorAnswer = { kind: 'problem', why: 'no editor can be opened here' }
