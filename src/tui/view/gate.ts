import type { Step } from '../../model/index.ts'
import { symbolOf } from '../scene/need-text.ts'
import { positionOf, shortRun } from '../scene/walk.ts'
import type { ScreenState } from '../state/screen-state.ts'
import { type Look, proseLines, safe, seg } from '../text/look.ts'
import type { Line } from '../text/theme.ts'
import { clockText, spokenDuration } from '../text/time-text.ts'

/** A gate: its criteria, who must sign, who has signed, and what they run. No key of the operator opens it. */
export function gateLines(look: Look, state: ScreenState, step: Step, width: number): Line[] {
  if (step.kind !== 'gate') return []
  const { scene } = state
  const gate = scene.state.gates.get(step.id)
  const criteria = (step.criteria ?? []).flatMap((id): Line[] => {
    const status = scene.state.steps.get(id)?.status.kind
    const met = status === 'passed'
    const word = met
      ? 'met'
      : status === 'not-applicable'
        ? 'not applicable'
        : status === 'failed'
          ? 'NOT met'
          : (status ?? 'pending')
    const symbol = symbolOf(met ? 'passed' : status === 'failed' ? 'failed' : 'pending', look.ascii)
    return [
      [
        seg('   '),
        seg(`${symbol} ${word}`, met ? 'passed' : status === 'failed' ? 'failed' : 'plain'),
        seg(`  ${positionOf(scene.walk, id)} ${safe(look, scene.walk.steps.get(id)?.title ?? '')}`),
      ],
    ]
  })
  const opened =
    gate === undefined
      ? []
      : [
          [
            seg(
              ` Opened ${clockText(gate.openedAtMs)}, ${spokenDuration(Math.max(0, state.nowMs - gate.openedAtMs))} ago`,
            ),
          ],
        ]
  const operator = scene.state.operator?.principal ?? 'The operator'
  return [
    ...opened,
    ...(criteria.length === 0 ? [] : [[seg(' Criteria', 'strong')], ...criteria]),
    [seg(' Approvals', 'strong')],
    ...approvalLines(look, state, step),
    ...(gate === undefined || gate.refused.length === 0
      ? []
      : [[seg(`   refused: ${gate.refused.join(', ')}`, 'failed')]]),
    [
      seg(' They run   '),
      seg(`signoff approve ${safe(look, shortRun(scene.state))} ${safe(look, step.position)}`, 'strong'),
    ],
    ...proseLines(look, `${operator} operates this run and cannot approve it.`, width, ' '),
  ]
}

/** Who has signed and who still may: as the request says it, since a role that is mapped to nobody is open to any signer. */
function approvalLines(look: Look, state: ScreenState, step: Step): Line[] {
  const gate = state.scene.state.gates.get(step.id)
  const given = gate?.approvals.map(({ event }) => event) ?? []
  const need =
    gate?.event.need ??
    (step.approvers ?? []).map(({ role, principal }) => ({ role, from: principal === null ? null : [principal] }))
  const open = need.filter(({ role }) => role !== null && !given.some(event => event.role === role))
  const anybody = need.filter(({ role }) => role === null)
  const missing = anybody.length - given.filter(event => event.role === null).length
  const from = anybody.flatMap(one => one.from ?? [])
  return [
    ...given.map(
      (event): Line => [
        seg(`   ${safe(look, event.role ?? 'signer')}  ${safe(look, event.principal)}  `),
        seg(event.decision === 'go' ? 'GO' : 'NO-GO', event.decision === 'go' ? 'passed' : 'failed'),
        seg('  signature verified'),
      ],
    ),
    ...open.map(
      ({ role, from: people }): Line => [
        seg(
          `   ${safe(look, role ?? '')}  ${people === null ? '' : `${safe(look, people.join(' or '))}  `}no answer yet`,
        ),
      ],
    ),
    ...(missing > 0
      ? [
          [
            seg(
              `   ${from.length > 0 ? safe(look, from.join(' or ')) : `any ${missing} ${missing === 1 ? 'signer' : 'signers'}`}  no answer yet`,
            ),
          ],
        ]
      : []),
  ]
}
