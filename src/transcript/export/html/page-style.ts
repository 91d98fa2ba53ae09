import type { Pen } from '../../../model/index.ts'
import { drawnColours } from './colours.ts'

/** The classes of coloured output, made as they are met: a page may hold no style attribute, so its one style sheet has them all. */
export interface PenClasses {
  /** The class for a pen; null where nothing sets it apart from plain output. */
  classOf(pen: Pen): string | null
  /** The rules of all classes so far. */
  rules(): string
}

export function createPenClasses(): PenClasses {
  const classes = new Map<string, string>()
  return {
    classOf(pen) {
      const declarations = declarationsOf(pen)
      if (declarations === '') return null
      const known = classes.get(declarations)
      if (known !== undefined) return known
      const name = `o${classes.size}`
      classes.set(declarations, name)
      return name
    },
    rules: () => [...classes].map(([declarations, name]) => `.out .${name}{${declarations}}`).join('\n'),
  }
}

function declarationsOf(pen: Pen): string {
  const { text, background } = drawnColours(pen)
  const lines = [...(pen.underline ? ['underline'] : []), ...(pen.struck ? ['line-through'] : [])]
  return [
    ...(text === null ? [] : [`color:${text}`]),
    ...(background === null ? [] : [`background:${background}`]),
    ...(pen.bold ? ['font-weight:700'] : []),
    ...(pen.italic ? ['font-style:italic'] : []),
    ...(lines.length === 0 ? [] : [`text-decoration:${lines.join(' ')}`]),
    // Nothing of a record is hidden: what asked not to be seen is seen, and framed.
    ...(pen.concealed ? ['outline:1px dotted'] : []),
  ].join(';')
}
