import type { Parameter } from '../../model/index.ts'
import { valueProblem } from '../../model/index.ts'
import type { Scene } from '../scene/walk.ts'
import { sampleLines, suggestionFor } from './step-acts.ts'

/** One value of the run as its form shows it; nothing of a secret but that it is there. */
export interface ValueRow {
  readonly name: string
  readonly secret: boolean
  /** What it is now; null where it is not given, or secret. */
  readonly value: string | null
  /** Where that came from: `--set`, `default`, `typed`; `not given` where it is missing. */
  readonly source: string
  /** `release.md:42`, where it is used. */
  readonly uses: readonly string[]
  /** What the author says of it, and what it must match. */
  readonly about: readonly string[]
  /** Taken by Tab, never by itself. */
  readonly suggestion: string | null
  /** True where the question that stands waits for it. */
  readonly needed: boolean
}

/** Every value of the runbook, in its order. */
export function valueRows(scene: Scene): ValueRow[] {
  const { walk, state, need } = scene
  const names = need.kind === 'values' ? need.names : 'offer' in need ? (need.offer?.missing ?? []) : []
  return walk.runbook.parameters.map(parameter => {
    const { name, secret } = parameter
    const known = state.values.get(name)
    return {
      name,
      secret: secret || known?.masked === true,
      value: known?.value ?? null,
      source: known === undefined ? 'not given' : SOURCES[known.how],
      uses: parameter.uses.map(({ line }) => `${fileOf(scene)}:${line}`),
      about: aboutOf(scene, parameter),
      suggestion: secret ? null : suggestionFor(scene, parameter),
      needed: names.includes(name),
    }
  })
}

/** Name of a value that the question which stands waits for; null where it waits for none. */
export function stillNeeded(scene: Scene): string | null {
  return valueRows(scene).find(({ needed }) => needed)?.name ?? null
}

/** Why a value would be refused, said while it is typed; null for none and for one that is not begun. */
export function liveProblem(scene: Scene, { name, secret }: ValueRow, typed: string): string | null {
  return typed === '' ? null : valueProblem(scene.walk.runbook, name, typed, secret ? 'hidden' : 'shown')
}

const SOURCES = {
  key: 'typed',
  typed: 'typed',
  flag: 'by flag',
  answers: 'answers file',
  env: 'environment',
  default: 'default',
  step: 'by a step',
} as const

function aboutOf({ walk }: Scene, parameter: Parameter): string[] {
  const pattern = walk.runbook.patterns?.get(parameter.name)
  return [
    ...sampleLines(parameter),
    ...(parameter.description === undefined ? [] : [parameter.description]),
    ...(pattern === undefined ? [] : [`must match ${pattern}`]),
    ...(parameter.proposals ?? []).map(one => `proposed for ${one.environment}: ${one.value}  (line ${one.line})`),
  ]
}

function fileOf({ walk }: Scene): string {
  return walk.runbook.path.split('/').at(-1) ?? ''
}
