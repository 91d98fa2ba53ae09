/** What became of a text that was opened in an editor. */
export type EditorAnswer =
  | { readonly kind: 'edited'; readonly script: string }
  | { readonly kind: 'unchanged' }
  /** No editor, or one that failed; a sentence for the person who asked. */
  | { readonly kind: 'problem'; readonly why: string }

/**
 * Opens a text in the person's editor, which has the terminal until it ends.
 *
 * @param name of the step, for the file's name.
 */
export type EditScript = (script: string, name: string) => Promise<EditorAnswer>

/** Where a front end was given no editor to open. */
export const NO_EDITOR: EditorAnswer = { kind: 'problem', why: 'no editor can be opened here' }
