import type { ApprovalRecord, Step } from '../../model/index.ts'
import { criteriaOf, decisionText, standingOfGate, standingText } from '../scene/approvals.ts'
import { positionOf, type Scene, shortRun } from '../scene/walk.ts'
import { cleanText } from '../text/clean.ts'
import { clockText } from '../text/time-text.ts'

/** The criteria, then who has decided and who is missing: what is said last stands nearest to the question. */
export function gateLines(scene: Scene, step: Step): string[] {
  const standing = standingOfGate(scene, step)
  const { given, missing, earlier, askedAgain } = standing
  return [
    ...criteriaOf(scene, step).map(({ id, word, value }) => {
      const title = scene.walk.steps.get(id)?.title ?? ''
      return `Criterion ${positionOf(scene.walk, id)} ${title}: ${word}${value === '' ? '' : `, ${value}`}.`
    }),
    ...earlier.map(one => `An earlier request got ${decisionLine(one)}. It counts no more.`),
    ...(askedAgain === null ? [] : [`It was ${askedAgain}.`]),
    ...given.map(one => `${decisionLine(one)}.`),
    ...missing.map(
      ({ name, role, people }) =>
        `${name}${role === null || people.length === 0 ? '' : ` (${people.join(' or ')})`}: no answer yet.`,
    ),
    ...(standing.isOpen
      ? [`${standingText(standing)}.`, `They run: signoff approve ${shortRun(scene.state)} ${step.position}`]
      : []),
  ].map(line => `  ${cleanText(line)}`)
}

function decisionLine(one: ApprovalRecord): string {
  const { role, principal } = one.event
  return `${decisionText(one)} by ${principal}${role === null ? '' : `, ${role}`}, ${clockText(one.atMs)}`
}
