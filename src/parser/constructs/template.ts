import { diagnostic } from '../../model/index.ts'
import type { FenceBlock } from '../blocks.ts'
import { type At, draft, type Rule, reading } from '../draft.ts'
import { plainTitle } from '../text/words.ts'
import { isShellTag } from './fence-kind.ts'
import { fieldsIn } from './form-fields.ts'
import { placeOf, textOf, writtenText } from './text.ts'

const TEMPLATE = /\b(?:templates?|announcement|hand-?off(?: (?:note|message))?)\b/i
/** A message is a form where somebody is told to send it; those of alerts, commits and programs are shown. */
const MESSAGE = /\bmessages?\b/i
const SENDS =
  /\b(?:send|post|write|reply|paste|leave|comment|announce|publish|share|use|fill in|copy|tell|inform|notify|sample)\b/i
const NO_FORM =
  /\b(?:alert|errors?|warning|log|commit|status|exit|output|default)\b[^:]{0,20}\bmessages?\b|\bmessages?\b[^:]*\b(?:provides|indicates|shows|contains|reads|says|reported)\b|\bcommit title\b/i

/** True for labels that introduce a text to be filled in. */
export function isTemplateLabel(name: string): boolean {
  return /^(?:.*\btemplate|message|announcement|hand-?off(?: message)?)$/i.test(name)
}

/** Rule R21: a block introduced as a template, message, announcement or hand-off is a form. */
export const templateBlock: Rule = {
  rule: 'R21',
  name: 'template block',
  read(at) {
    const { block } = at
    if (block.kind !== 'fence' || !block.closed || isShellTag(block.language)) return null
    if (block.language !== null && !/^(?:text|txt|plaintext|markdown|md|slack)$/.test(block.language)) return null
    const lead = leadOf(at)
    if (lead === null) return null
    return reading([
      draft({
        kind: 'form',
        title: titleOf(lead.name, at),
        rule: 'R21',
        line: block.line,
        endLine: block.endLine,
        printed: at.item?.printed ?? null,
        language: block.language,
        original: block.text,
        detail: lead.note === null ? [] : [lead.note],
        fields: fieldsIn(block.text),
      }),
    ])
  },
}

/** A section that is a template as a whole is one form; its boxes are no steps. */
export const templateSection: Rule = {
  rule: 'R21',
  name: 'template section',
  read(at) {
    if (!at.section.template || at.index > 0 || at.item !== null) return null
    const last = at.blocks.at(-1) ?? at.block
    const only = at.blocks.filter(block => block.kind !== 'rule')
    const fence = only.find((block): block is FenceBlock => block.kind === 'fence')
    const end = last.kind === 'rule' ? (only.at(-1) ?? last) : last
    const original =
      fence === undefined ? writtenText(at.page.source, { start: at.block.start, end: end.end }) : fence.text
    const form = draft({
      kind: 'form',
      title: at.section.title,
      rule: 'R21',
      line: fence?.line ?? at.block.line,
      endLine: fence?.endLine ?? end.endLine,
      original,
      fields: fieldsIn(original),
      detail: fence === undefined ? [] : textOf(at.blocks),
    })
    const boxes = /^\s*(?:[-*+]|\d+[.)])\s+\[[ xX]\]/m.test(
      writtenText(at.page.source, { start: at.block.start, end: end.end }),
    )
    const findings = boxes
      ? [diagnostic('SO010', placeOf(at, at.block), 'the boxes of a template are no steps of this runbook')]
      : []
    const others = only
      .filter((block): block is FenceBlock => block.kind === 'fence' && block !== fence)
      .map(block => diagnostic('SO009', placeOf(at, block), 'a further block of a template is shown as text'))
    return reading([form], { used: at.blocks.length - at.index, findings: [...findings, ...others] })
  },
}

function leadOf(at: At): { readonly name: string; readonly note: string | null } | null {
  const { before } = at
  if (at.label !== null && (before === at.label || before?.kind === 'paragraph') && labelsForm(at.label.name))
    return { name: at.label.name, note: at.label.note }
  if (before?.kind === 'paragraph' && /:$/.test(before.text) && leadsToForm(before.text))
    return { name: before.text, note: null }
  if (at.item !== null && /:$/.test(at.item.title) && leadsToForm(at.item.title))
    return { name: at.item.title, note: null }
  return null
}

function labelsForm(name: string): boolean {
  return (TEMPLATE.test(name) || MESSAGE.test(name)) && !NO_FORM.test(name)
}

function leadsToForm(text: string): boolean {
  return TEMPLATE.test(text) || (MESSAGE.test(text) && SENDS.test(text) && !NO_FORM.test(text))
}

/** "Template" alone says less than the section it stands in. */
function titleOf(name: string, at: At): string {
  const plain = plainTitle(name)
  return /^(?:template|message|announcement|example)$/i.test(plain) ? at.section.title : plain
}
