import { type Html, html, prose } from './html-text.ts'

/** A heading with its number; a position that is only made of the title is not shown beside it. */
export function named({ position, title }: { readonly position: string; readonly title: string }): Html {
  const isNumber = /^[0-9A-Z][0-9A-Za-z.]*$/.test(position) && /^.?$|[0-9.]/.test(position)
  return html`${isNumber && html`<span class="pos">${position}</span> `}${prose(title)}`
}
