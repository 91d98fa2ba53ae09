import type { ScriptOrder } from '../../ports.ts'

/** The parts of an order that name it. */
export type OrderName = Pick<ScriptOrder, 'id' | 'run' | 'step' | 'attempt'>

/** What every event says of an order. */
export function nameOf({ step, attempt }: Pick<OrderName, 'step' | 'attempt'>): Pick<OrderName, 'step' | 'attempt'> {
  return { step, attempt }
}

/** Ids are `run:step:attempt`; a run is a UUID, and a step may hold colons. */
export function nameFromId(id: string): Pick<OrderName, 'step' | 'attempt'> {
  const parts = id.split(':')
  return { step: parts.slice(1, -1).join(':'), attempt: Number(parts.at(-1)) }
}
