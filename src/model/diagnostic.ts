import type { Diagnostic, DiagnosticLevel } from './diagnostic-schema.ts'

/**
 * Every finding code: its level where no rule says otherwise, its name in frames, and its meaning.
 * The names and numbers are stable: people grep for them and CI configurations hold them.
 */
export const FINDINGS = {
  SO001: ['error', 'unclosed-fence', 'a fence is never closed; all behind it is text'],
  SO002: ['error', 'fence-mismatch', 'a shell or untagged block holds another fence; it is text'],
  SO003: ['error', 'not-text', 'bytes that are not UTF-8, NUL, or a carriage return that ends no line'],
  SO004: ['warning', 'double-encoded', 'encoded twice; titles are shown repaired'],
  SO005: ['error', 'unbalanced-template', 'a template conditional has no end'],
  SO006: [
    'warning',
    'number-twice',
    'two headings or items bear one number, or one is missing; positions were made unique',
  ],
  SO007: ['warning', 'looks-like-a-record', 'a report of something done, not a procedure'],
  SO008: ['info', 'not-linear', 'a catalog (choose a section) or a reference (nothing to walk)'],
  SO009: ['info', 'shown-not-run', 'diagram, output, data, example, code of another kind: text'],
  SO010: ['info', 'inert', 'boxes or fences inside comments or `markdown` fences'],
  SO011: ['warning', 'shell-tag-on-text', 'tagged as shell, but prose, table, log or another language: manual'],
  SO012: [
    'error',
    'does-not-parse',
    'bash rejects the script even with its values: manual; outside the flows a warning',
  ],
  SO013: ['info', 'untagged-shell', 'an untagged block is taken for a script, and why'],
  SO014: ['warning', 'mixed-prompts', 'prompts of several hosts or a console, or output without a prompt: manual'],
  SO015: [
    'warning',
    'lost-continuation',
    'a line ends in an option that wants a value, and no command begins the next: manual',
  ],
  SO016: ['info', 'text-for-a-file', 'assignments that nothing reads, or the content of a file to be created: manual'],
  SO017: ['warning', 'work-in-comment', 'a comment among commands names work that no command does: manual step'],
  SO018: ['warning', 'redirect-placeholder', 'bash would read the placeholder as a redirection; the value is asked'],
  SO019: ['warning', 'sample-value', 'looks filled in, is a sample: asked whether to keep it'],
  SO020: ['warning', 'unset-variable', 'read, and set by nothing that is walked before: its value is asked'],
  SO021: ['error', 'literal-secret', 'a password, token or key in the text: masked everywhere, take it out'],
  SO022: ['warning', 'unfinished', '`...`, `a|b|c`, TODO, TBD in a script or an option: not to be run as it is'],
  SO023: ['warning', 'one-machine-only', 'a path of the author’s machine'],
  SO024: ['error', 'gate-without-owner', 'a gate names nobody who decides'],
  SO025: ['warning', 'unclear-choice', 'alternatives that cannot be told apart, or both in one group'],
  SO026: ['warning', 'recovery-without-steps', 'a rollback heading with nothing to do'],
  SO027: ['warning', 'no-way-back', 'a change or danger in production with no recovery flow'],
  SO028: ['warning', 'remote-steps', 'these lines are for another machine'],
  SO029: ['warning', 'endless-step', 'does not end by itself'],
  SO030: ['info', 'criterion-without-check', 'a criterion without number or command: a person’s tick'],
  SO031: ['warning', 'advisory-expectation', 'similarity cannot decide; say exact, contains, regex or json'],
  SO032: ['error', 'bad-marker', 'unknown word, missing target, an id given twice, or a marker that would loosen'],
  SO033: ['warning', 'unresolved-link', '"see X" finds no heading; another file is not followed'],
  SO034: ['error', 'bad-front-matter', 'the front matter is not YAML'],
  SO035: ['error', 'nothing-to-read', 'the file is empty'],
  SO036: ['info', 'no-owner', 'a phase that changes production names nobody who owns it'],
  SO037: ['warning', 'go-without-gate', 'a GO / NO-GO is named, and no step became a gate'],
  SO038: ['info', 'jump', 'a sentence sends people to another place of the page: nothing goes there by itself'],
  SO039: ['warning', 'other-markup', 'markup of another tool (Confluence, Jira, Org, HTML): what it holds is no step'],
  SO040: ['warning', 'other-language', 'the prose is not in English: conditions, waits and gates in it are not read'],
} as const satisfies Record<string, readonly [DiagnosticLevel, string, string]>

export type FindingCode = keyof typeof FINDINGS

/** One finding with the level of its code, unless the rule that found it says otherwise. */
export function diagnostic(
  code: FindingCode,
  place: { readonly line: number; readonly column: number },
  message: string,
  help = '',
  level: DiagnosticLevel = FINDINGS[code][0],
): Diagnostic {
  return { code, level, message, line: place.line, column: place.column, help }
}
