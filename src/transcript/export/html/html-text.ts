import { ACTING_IN_LINES, visible } from '../../encoding/visible.ts'

/**
 * A piece of a page. {@link html} and {@link preformatted} make one of text, so that no text of a record ever becomes markup;
 * `trusted` is for what is ours: the style sheet, the script, the policy over them.
 */
export class Html {
  readonly #markup: string
  private constructor(markup: string) {
    this.#markup = markup
  }
  static trusted(markup: string): Html {
    return new Html(markup)
  }
  toString(): string {
    return this.#markup
  }
}

/** What may stand in a template: text is escaped; null, false and undefined are nothing; lists are their parts. */
export type Part = Html | string | number | null | undefined | false | readonly Part[]

/**
 * A template of markup in which every value is text: escaped, and with the characters that act on a reader made visible.
 * Attributes are to be written with double quotes.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let markup = strings[0] ?? ''
  for (const [index, part] of parts.entries()) markup += markupOf(part) + (strings[index + 1] ?? '')
  return Html.trusted(markup)
}

/** Text whose lines and tabs stay, for a `<pre>`. Characters that act are set apart from text that only looks like their escapes. */
export function preformatted(text: string): Html {
  return Html.trusted(markedControls(text))
}

/** A line of prose of the runbook: what stands between backticks is code there, as its readers know it. */
export function prose(text: string): Html {
  const parts = text.split('`')
  if (parts.length % 2 === 0) return html`${text}`
  return joined(parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`)))
}

/** Pieces of markup, joined; an empty one counts as a piece. */
export function joined(parts: readonly Part[], separator: Html | '' = ''): Html {
  return Html.trusted(parts.map(markupOf).join(String(separator)))
}

/** Whether anything is in it. */
export function isEmpty(piece: Html): boolean {
  return String(piece) === ''
}

function markupOf(part: Part): string {
  if (part === null || part === undefined || part === false) return ''
  if (part instanceof Html) return String(part)
  if (typeof part === 'object') return part.map(markupOf).join('')
  return escaped(visible(String(part)))
}

/** Each stretch of characters that act becomes one marked element; what lies between is escaped. */
function markedControls(text: string): string {
  let markup = ''
  let from = 0
  for (const { 0: found, index } of text.matchAll(ACTING_IN_LINES)) {
    markup += `${escaped(text.slice(from, index))}<span class="ctl">${escaped(visible(found))}</span>`
    from = index + found.length
  }
  return markup + escaped(text.slice(from))
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, character => ENTITIES[character] ?? '')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
