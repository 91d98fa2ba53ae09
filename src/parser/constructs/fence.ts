import { type Diagnostic, diagnostic, type FindingCode, type Risk } from '../../model/index.ts'
import type { FenceBlock } from '../blocks.ts'
import { readCondition } from '../conditions.ts'
import { type At, type Draft, draft, type Reading, type Rule, reading } from '../draft.ts'
import { isFolder } from '../front-matter/folder.ts'
import { directive } from '../markers/directives.ts'
import {
  bodyIsShell,
  lostContinuation,
  parseShell,
  riskOf,
  setsVariables,
  shellLooking,
  transcriptOf,
} from '../shell/index.ts'
import { saysInOtherLanguage } from '../text/other-languages.ts'
import { plainTitle } from '../text/words.ts'
import { EXPECTS, expectKind, withDecidingComments, wrongExpectation } from './expected-output.ts'
import { fenceAttributes, wrongAttributes } from './fence-attributes.ts'
import { fenceKind, isProgramText, isShellTag } from './fence-kind.ts'
import { forcedScript } from './forced-script.ts'
import { itemTitle, leadIn, leadSentence, leadTitle } from './lead.ts'
import { paletteOf } from './palette.ts'
import { underWait } from './probe.ts'
import { program } from './program.ts'
import { stepsOfScript } from './script-block.ts'
import { isElsewhere } from './session.ts'
import { placeInScript, placeOf, scriptOfLines, sliceScript } from './text.ts'

/** Rule R1 comes before all: what is broken is text, whatever stands around it. */
export const brokenFence: Rule = {
  rule: 'R1',
  name: 'broken fence',
  read: at => (at.block.kind === 'fence' ? broken(at, at.block) : null),
}

/** Rules R10, R11 and R14: a fence is a script, a manual step, an expectation, or text; always a step or a finding. */
export const fence: Rule = {
  rule: 'R10',
  name: 'fence',
  read(at) {
    const { block } = at
    if (block.kind !== 'fence') return null
    const made =
      notForUs(at, block) ??
      otherLanguage(at, block) ??
      program(at, block) ??
      withDecidingComments(block.directives, shell(at, block))
    const wrong = wrongAttributes(fenceAttributes(block.meta)).map(message =>
      note(at, block, 'SO032', message, 'mend it, or take it out'),
    )
    const forced = directive(block.directives, 'task') === null ? made : forcedScript(at, block, made)
    return wrong.length === 0 ? forced : { ...forced, findings: [...forced.findings, ...wrong] }
  },
}

/** R1. */
function broken(at: At, block: FenceBlock): Reading | null {
  if (!block.closed)
    return finding(
      at,
      block,
      'SO001',
      'this fence is never closed: all behind it is text',
      'close it with a line of its own',
    )
  const nested = mayBeScript(block) ? /^[ \t]*(?:`{3,}|~{3,})[ \t]*[\w{]/m.exec(block.text) : null
  if (nested === null) return null
  return finding(
    at,
    block,
    'SO002',
    'this block holds the fence of another one: it is text',
    'close the first fence before the second opens',
  )
}

/** R10 (a) and (b): what is shown, and what a step before is expected to print. */
function notForUs(at: At, block: FenceBlock): Reading | null {
  const attributes = fenceAttributes(block.meta)
  if (attributes.ignored) return finding(at, block, 'SO009', 'marked as not to be run: shown as text')
  if (block.text.trim() === '') return finding(at, block, 'SO009', 'an empty block is text')
  const kind = fenceKind(block.language)
  const lead = leadIn(at)
  const marked = directive(block.directives, 'expect')
  const leads = /\b(?:by running|by executing|run(?:ning)?|execute|command)\b[^.]*:$/i.test(lead)
  const output =
    /\b(?:(?:example|sample|expected|typical) (?:output|response|result)|output(?: is| looks like| similar to)?|you (?:should|will|would) see|(?:should|will) (?:look|return|print|show|output)|^results?:?$|results? in|returns|responds with|looks (?:something )?like)\b[^.]*:?$/i.test(
      lead,
    )
  const stores = /\b(?:store|save|set|export|record|keep|use|copy|put)\b[^.]*\b(?:as|in|into|to)\b[^.]*:$/i.test(lead)
  const isOutput = output && !leads && !stores && kind !== 'inert' && !(namesOutputOnly(lead) && beginsAsScript(block))
  // Before a script that says in its comments what is to be expected, the marker is for those.
  const isForComments = marked !== null && kind === 'shell' && EXPECTS.test(block.text)
  if ((marked !== null && !isForComments) || isOutput) {
    const text = directive(block.directives, 'pattern') ?? block.text
    const shown = finding(at, block, 'SO009', 'the output that the step before is expected to show')
    const findings = marked === null ? [] : wrongExpectation(at, block, text)
    return { ...shown, findings: [...shown.findings, ...findings], expect: { kind: expectKind(marked), text } }
  }
  if (kind !== 'inert' && (at.item?.example === true || isExample(leadSentence(lead))))
    return finding(at, block, 'SO009', 'an example is shown, not run')
  if (kind === 'inert')
    return /^\s*(?:[-*+]|\d+[.)])\s+\[[ xX]\]|^#{1,6} |^[ \t]*(?:`{3,}|~{3,})/m.test(block.text)
      ? finding(at, block, 'SO010', `what stands in a \`${block.language}\` block makes no step`)
      : finding(at, block, 'SO009', `a \`${block.language}\` block is shown as text`)
  if (kind === 'text' && !isForConsole(at, block) && program(at, block) === null)
    return finding(at, block, 'SO009', `a \`${block.language}\` block is shown as text`)
  return null
}

/** "For example:", "Example configuration": what follows is shown. An example of output is what a step shows. */
function isExample(lead: string): boolean {
  if (saysInOtherLanguage('example', lead)) return true
  return /^(?:(?:for|an?|the|here is an?) )?(?:example|instance)s?(?: (?!output|response|result)[\w-]+){0,2}\s*:?$/i.test(
    lead,
  )
}

/** "For example, to see the pods:" leads to a command with somebody else's values: a person sees whether it is theirs. */
function isForExample(lead: string): boolean {
  return /^(?:for (?:example|instance)|e\.g\.)[,:]?\s\S.*:$/i.test(lead)
}

/** "Verify the output:" over a command is no output. */
function namesOutputOnly(lead: string): boolean {
  return !/\b(?:example|sample|expected|typical) (?:output|response|result)|\byou (?:should|will|would) see\b|\b(?:should|will) (?:look|return|print|show|output)\b/i.test(
    lead,
  )
}

function beginsAsScript(block: FenceBlock): boolean {
  return mayBeScript(block) && shellLooking(block.text).shell
}

function mayBeScript({ language }: FenceBlock): boolean {
  const kind = fenceKind(language)
  return kind === 'shell' || kind === 'console' || kind === 'untagged'
}

/** Code behind the opener of a console that takes it. */
function isForConsole(at: At, block: FenceBlock): boolean {
  return isProgramText(block.language) && isElsewhere(at, block) !== null
}

/** R10 (e), (f), (g): for another program, by hand. */
function otherLanguage(at: At, block: FenceBlock): Reading | null {
  const directory = at.section.task?.directory ?? null
  if (directory !== null && !isFolder(directory))
    return byHand(at, block, 'R3', [
      diagnostic(
        'SO032',
        placeOf(at, block),
        `"Directory: ${directory}" is no folder as it stands, so it is by hand`,
        'write a path without values',
        'warning',
      ),
    ])
  const kind = fenceKind(block.language)
  if (at.page.foreign && mayBeScript(block))
    return byHand(at, block, 'R10', [note(at, block, 'SO039', 'a block among markup of another tool: by hand')])
  if (kind === 'query' || kind === 'windows' || hasWindowsPrompt(block)) return byHand(at, block, 'R10', [])
  if (isShellTag(block.language) && isForExample(leadSentence(leadIn(at)))) return byHand(at, block, 'R10', [])
  if (isForConsole(at, block))
    return byHand(
      at,
      block,
      'R15',
      [note(at, block, 'SO028', 'these lines are for another machine: by hand')],
      'remote',
    )
  const isFile = /^#!/.test(block.text) && /^\s*(?:function\s+\w+|\w+\s*\(\)\s*\{)/m.test(block.text)
  const saved =
    /\b(?:save (?:it |this |the following )?(?:as|to|in)|final state of|create (?:a|the) file|contents? of|add (?:this|the following)[^:]{0,40} to (?:the )?(?:file|`))\b/i.test(
      leadIn(at),
    )
  if ((kind === 'shell' || kind === 'untagged') && (isFile || saved))
    return byHand(at, block, 'R10', [note(at, block, 'SO016', 'the text of a file to be created: by hand')])
  return null
}

/** R10 (g) and R11: `PS C:\\> ` and `C:\\> ` are prompts of shells that are not ours. */
function hasWindowsPrompt(block: FenceBlock): boolean {
  return mayBeScript(block) && /^[ \t]*(?:PS(?: [A-Za-z]:[^>\n]*)?|[A-Z]:\\[^>\n]*)>[ \t]+\S/m.test(block.text)
}

/** R10 (c), (d), R11 and R14. */
function shell(at: At, block: FenceBlock): Reading {
  const kind = fenceKind(block.language)
  const findings: Diagnostic[] = []
  const transcript = transcriptOf(block.text)
  if (transcript === 'mixed')
    return byHand(at, block, 'R11', [
      note(
        at,
        block,
        'SO014',
        'prompts of several places, or output without a prompt: by hand',
        'one block for each place',
      ),
    ])
  if (kind === 'untagged' && transcript === null) {
    const looks = shellLooking(block.text)
    if (!looks.shell) return finding(at, block, 'SO009', `an untagged block is shown as text: ${looks.why}`)
    findings.push(
      note(at, block, 'SO013', `taken for a script: ${looks.why}`, 'tag it `bash`, or `text` if it is none'),
    )
  }
  if (transcript === null && kind !== 'untagged') {
    const body = bodyIsShell(block.text)
    if (!body.shell)
      return byHand(at, block, 'R10', [
        note(at, block, 'SO011', `tagged as shell, but ${body.why}: by hand`, 'tag it `text`'),
      ])
  }
  const script =
    transcript === null ? sliceScript(block, 0, block.text.length) : scriptOfLines(block, transcript.script)
  const syntax = parseShell(script.text)
  if (!syntax.ok)
    return byHand(at, block, 'R10', [...findings, doesNotParse(at, block, syntax.error?.message ?? 'syntax error')])
  const lost = lostContinuation(script.text)
  if (lost !== null)
    return byHand(at, block, 'R10', [
      ...findings,
      diagnostic(
        'SO015',
        placeInScript(script, lost.start),
        `\`${script.text.slice(lost.start, lost.end)}\` wants a value, and its line ends: by hand`,
        'write the value on the same line, or end the line in `\\`',
      ),
    ])
  if (isText(at, script.text))
    return byHand(at, block, 'R14', [
      ...findings,
      note(at, block, 'SO016', 'assignments that nothing reads: text for a configuration file, by hand'),
    ])
  if (transcript !== null && transcript.expect !== '')
    findings.push(
      note(
        at,
        block,
        'SO031',
        'a sample of output cannot decide whether the step passed',
        'say what must appear: `<!-- signoff expect=contains -->`',
      ),
    )
  const made =
    at.section.role === 'reference' && isElsewhere(at, block) === null
      ? paletteOf(at, block, script)
      : underWait(
          at,
          script,
          stepsOfScript(at, block, script, transcript === null || transcript.expect === '' ? null : transcript.expect),
        )
  return { ...made, findings: [...findings, ...made.findings] }
}

/** R14: only assignments, and nothing on the page reads one of them. */
function isText(at: At, script: string): boolean {
  const { commands } = parseShell(script)
  if (commands.length === 0 || commands.some(command => command.words.length > 0)) return false
  return !setsVariables(script).some(name => at.page.read.has(name))
}

function byHand(
  at: At,
  block: FenceBlock,
  rule: string,
  findings: readonly Diagnostic[],
  interaction: Draft['interaction'] = 'none',
): Reading {
  const comment = /^\s*(?:#(?!!)|--)\s*(\S.*)$/.exec(block.text.split('\n')[0] ?? '')?.[1]
  const title = itemTitle(at) ?? comment ?? leadTitle(at)
  return reading(
    [
      draft({
        kind: 'manual',
        title: plainTitle(title),
        rule,
        line: block.line,
        endLine: block.endLine,
        printed: at.item?.printed ?? null,
        language: block.language,
        original: block.text,
        detail: block.text.split('\n'),
        interaction,
        blockRisk: findings.some(one => one.code === 'SO016' || one.code === 'SO011') ? null : riskOfBlock(block),
        when: readCondition(title).when,
      }),
    ],
    { findings },
  )
}

/** R16: a block that a person runs has its risk; what we cannot read is a change. */
function riskOfBlock(block: FenceBlock): Risk {
  return mayBeScript(block) ? riskOf(block.text) : 'change'
}

function doesNotParse(at: At, block: FenceBlock, message: string): Diagnostic {
  const inFlow = at.section.role !== 'reference' && at.section.role !== 'cleanup' && !at.section.troubleshooting
  const text = `bash would reject this script: ${message}`
  return diagnostic('SO012', placeOf(at, block), text, 'mend it, or tag it `text`', inFlow ? 'error' : 'warning')
}

function finding(at: At, block: FenceBlock, code: FindingCode, message: string, help = ''): Reading {
  return reading([], { findings: [note(at, block, code, message, help)] })
}

function note(at: At, block: FenceBlock, code: FindingCode, message: string, help = ''): Diagnostic {
  return diagnostic(code, placeOf(at, block), message, help)
}
