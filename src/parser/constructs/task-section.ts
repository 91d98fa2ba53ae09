import { diagnostic } from '../../model/index.ts'
import type { FenceBlock } from '../blocks.ts'
import { type At, type Draft, type Reading, type Rule, reading } from '../draft.ts'
import { interactionOf, readsVariables, transcriptOf, unfinishedIn } from '../shell/index.ts'
import type { DeclaredInput } from '../task-files/task.ts'
import { fence } from './fence.ts'
import { fenceKind } from './fence-kind.ts'
import { placeOf, sliceScript, textOf } from './text.ts'

/**
 * A task of xc or mask is its script, whole: prose around it is told with it and is no step. A block without a tag is a script
 * for xc; of a script and its twin for Windows only the first is for this machine.
 */
export const taskSection: Rule = {
  rule: 'R9',
  name: 'task of xc or mask',
  read(at) {
    const { task } = at.section
    if (task === null || at.item !== null) return null
    if (at.block.kind === 'paragraph' || at.block.kind === 'label') return reading([])
    if (at.block.kind !== 'fence') return null
    if (fenceKind(at.block.language) === 'windows' && at.blocks.some(isScript))
      return reading([], { findings: [diagnostic('SO009', placeOf(at, at.block), 'the twin for Windows is shown')] })
    const block = task.tool === 'xc' && at.block.language === null ? { ...at.block, language: 'bash' } : at.block
    const made = fence.read({ ...at, block, before: null, label: null })
    return made === null ? null : asTask(at, block, made, task.inputs)
  },
}

function isScript(block: At['block']): boolean {
  return block.kind === 'fence' && fenceKind(block.language) === 'shell'
}

function asTask(at: At, block: FenceBlock, made: Reading, inputs: readonly DeclaredInput[]): Reading {
  const steps = made.nodes.filter((node): node is Draft => node.node === 'step')
  const first = steps[0]
  if (first === undefined || steps.length !== made.nodes.length) return made
  const title = at.section.task?.name ?? first.title
  const detail = textOf(at.blocks.filter(one => one.kind === 'paragraph' || one.kind === 'label'))
  if (!steps.every(step => step.kind === 'task') || transcriptOf(block.text) !== null)
    return { ...made, nodes: steps.map(step => ({ ...step, inputs: ofScript(step, inputs) })) }
  const script = sliceScript(block, 0, block.text.length)
  const interaction = at.section.task?.interactive === true ? 'terminal' : interactionOf(block.text)
  const whole: Draft = {
    ...first,
    title,
    detail,
    script,
    interaction,
    endLine: steps.at(-1)?.endLine ?? first.endLine,
    unfinished: unfinishedIn(block.text),
  }
  return { ...made, nodes: [{ ...whole, inputs: ofScript(whole, inputs) }] }
}

/** mask gives `verbose` to every command; only a script that reads it has use for it. */
function ofScript(step: Draft, inputs: readonly DeclaredInput[]): DeclaredInput[] {
  const read = step.script === null ? [] : readsVariables(step.script.text)
  return step.script === null ? [] : inputs.filter(({ name }) => name !== 'verbose' || read.includes(name))
}
