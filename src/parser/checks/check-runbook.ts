import type { Root } from 'mdast'
import { type Diagnostic, diagnostic, type Runbook } from '../../model/index.ts'
import { literalSecretsIn } from '../shell/index.ts'
import { placeAt, type Source } from '../text/source.ts'
import { goWithoutGate } from './go-without-gate.ts'
import { namedSections } from './named-sections.ts'
import { otherLanguage } from './other-language.ts'
import { otherMarkup } from './other-markup.ts'
import { ownerMissing } from './owner-missing.ts'
import { pageLinks } from './page-links.ts'
import { firstProductionChanges } from './production-changes.ts'
import { recoveryEmpty } from './recovery-empty.ts'
import { stepsIn } from './steps-in.ts'
import { unclearChoices } from './unclear-choices.ts'
import { unfinishedText } from './unfinished-text.ts'

/** Findings that need the whole runbook: gates without people, changes without a way back, secrets, paths of one machine. */
export function checkRunbook(runbook: Runbook, source: Source, root: Root): Diagnostic[] {
  return [
    ...gatesWithoutOwner(runbook),
    ...goWithoutGate(runbook, root),
    ...noWayBack(runbook),
    ...recoveryEmpty(runbook),
    ...ownerMissing(runbook),
    ...unclearChoices(runbook),
    ...unfinishedText(runbook, source),
    ...pageLinks(root),
    ...namedSections(runbook),
    ...otherMarkup(root),
    ...otherLanguage(runbook, root),
    ...literalSecrets(source),
    ...oneMachineOnly(runbook, source),
  ]
}

function gatesWithoutOwner(runbook: Runbook): Diagnostic[] {
  return runbook.phases
    .flatMap(stepsIn)
    .flatMap(step =>
      step.kind === 'gate' && (step.approvers ?? []).length === 0
        ? [
            diagnostic(
              'SO024',
              { line: step.line, column: 1 },
              `gate "${step.title}" names nobody who decides; expected the roles that decide`,
              'add "**Approvers**: Release Manager + Platform Lead"',
            ),
          ]
        : [],
    )
}

/** One finding a phase: its first change in production that nothing leads back from. */
function noWayBack(runbook: Runbook): Diagnostic[] {
  return firstProductionChanges(runbook, step => step.recovery === null).map(({ step }) => {
    const message = `"${step.title}" changes production, and no rollback leads back from it`
    return diagnostic('SO027', { line: step.line, column: 1 }, message, 'add a "**Rollback Plan**" to its section')
  })
}

function literalSecrets(source: Source): Diagnostic[] {
  return literalSecretsIn(source.text).map(found =>
    diagnostic(
      'SO021',
      placeAt(source, found.start),
      `this looks like a secret (${found.name}) in the text`,
      'take it out of the file and its history, and name a variable instead',
    ),
  )
}

const ONE_MACHINE =
  /(?:\/Users\/(?!Shared\b)|\/home\/(?!runner\b|ubuntu\b|app\b|node\b|user\b|ec2-user\b|\$|<|\{))[A-Za-z][\w.-]*|[A-Z]:\\Users\\[A-Za-z][\w.-]*/g

function oneMachineOnly(runbook: Runbook, source: Source): Diagnostic[] {
  return runbook.phases.flatMap(stepsIn).flatMap(step => {
    // Each path once, where it is first written: in what runs, and in what a person is offered to run.
    const found = [...`${step.script ?? ''}\n${step.offer ?? ''}`.matchAll(ONE_MACHINE)].map(match => match[0])
    return [...new Set(found)].flatMap(path => {
      const below = source.lines.slice(step.line - 1, step.endLine).findIndex(line => line.includes(path))
      const row = below === -1 ? -1 : step.line - 1 + below
      const line = row === -1 ? step.line : row + 1
      const column = row === -1 ? 1 : (source.lines[row]?.indexOf(path) ?? 0) + 1
      return [diagnostic('SO023', { line, column }, `${path} is a path of one machine`, 'write a <placeholder> for it')]
    })
  })
}
