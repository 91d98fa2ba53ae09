import type { Plugin } from 'rolldown'

/**
 * Writes what is not ASCII as escapes. V8 keeps a text with one other character at two bytes each, and decodes it several times
 * slower: of the parser, which names all entities of HTML, that is 1.5 MB at each start.
 */
export function asciiChunks(): Plugin {
  return {
    name: 'ascii-chunks',
    renderChunk(code) {
      // Of a raw template the escape itself would be the text.
      const raw = /String\.raw`[^`]*[^\x00-\x7f][^`]*`/.exec(code)
      if (raw !== null) throw new Error(`a raw template cannot be written in ASCII: ${raw[0]}`)
      return code.replace(/[^\x00-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    },
  }
}
