import type { Draft } from '../draft.ts'
import { interactionOf, riskOf } from '../shell/index.ts'

/**
 * Rule R19: a text that says how often to look, and to go on once something answers, is a wait without a time of its own: it is over
 * with the first poll that passes. Only where the command itself tells by its exit code: `kubectl get pods` succeeds whatever the pods
 * are like, and a person has to look.
 */
export function asPoll(step: Draft, text: string): Draft {
  const { kind, offer, everyMs } = step
  if (kind !== 'manual' || offer === null || everyMs === null) return step
  const said = text.replace(/`[^`]*`/g, '``')
  const only = riskOf(offer.text) === 'view' && interactionOf(offer.text) === 'none'
  return only && UNTIL_IT_PASSES.test(said) && !DENIES.test(said) && tellsByExit(offer.text)
    ? { ...step, kind: 'wait', rule: 'R19' }
    : step
}

const UNTIL_IT_PASSES =
  /\buntil\b[^.;]{0,80}?\b(?:answers?|responds?|succeeds?|pass(?:es)?|is (?:back )?up|(?:is|are) (?:ready|healthy|available|reachable|active)|comes? (?:back )?up|returns? (?:200|0|ok|success)|exits? (?:with )?0)\b/i
const DENIES = /\b(?:not|never|no longer|fails?|stops?|until (?:nobody|nothing|no))\b|n['’]t\b/i

/** One command, or the last of a pipe, that fails as long as what it asks for is not so. */
function tellsByExit(script: string): boolean {
  const lines = script.trim().split('\n')
  if (lines.length !== 1 || /[;&`]|\|\||\$\(/.test(script)) return false
  const last = script.split('|').at(-1)?.trim() ?? ''
  return TELLING.some(pattern => pattern.test(last))
}

const TELLING = [
  /^curl\s(?:.*\s)?(?:--fail(?:-with-body)?|-[A-Za-z]*f[A-Za-z]*)(?:\s|$)/,
  /^(?:grep|egrep|fgrep|test|\[|\[\[|cmp|diff|pg_isready|mysqladmin ping|redis-cli ping)(?:\s|$)/,
  /^nc\s(?:.*\s)?-[a-z]*z/,
  /^systemctl\s(?:.*\s)?is-(?:active|enabled)(?:\s|$)/,
  /^jq\s(?:.*\s)?(?:-[a-z]*e[a-z]*|--exit-status)(?:\s|$)/,
]
