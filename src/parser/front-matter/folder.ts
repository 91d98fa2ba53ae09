/**
 * Whether a text names a folder as it stands: relative to the runbook, or absolute. Nothing fills in a value there, and no shell
 * reads it, so `$HOME`, `~` and `<app>` would be folders of that very name.
 */
export function isFolder(text: string): boolean {
  return text.trim() !== '' && !/[<>$`{}\n\0]|^~/.test(text)
}
