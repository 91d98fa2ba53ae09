import { isNumbered } from '../heading-text.ts'
import { type Html, html, prose } from './html-text.ts'

/** A heading with its number; a position that is only made of the title is not shown beside it. */
export function named({ position, title }: { readonly position: string; readonly title: string }): Html {
  return html`${isNumbered(position) && html`<span class="pos">${position}</span> `}${prose(title)}`
}
