import { expect, test } from 'vitest'
import { createPace, OUTPUT_COMMIT_MS } from '../../../src/tui/terminal/pace.ts'

/** A pace with a timer that is rung by hand, and a terminal that is behind when the test says so. */
function paced() {
  const world = { drawn: 0, committed: 0, behind: false, hasOutput: true, timers: [] as { ms: number; ring(): void }[] }
  const pace = createPace({
    draw: () => {
      world.drawn++
    },
    drawClock: () => {
      world.drawn++
    },
    isBehind: () => world.behind,
    commit() {
      if (!world.hasOutput) return false
      world.committed++
      pace.now()
      return true
    },
    after(ms, ring) {
      const timer = { ms, ring }
      world.timers.push(timer)
      return () => {
        world.timers = world.timers.filter(one => one !== timer)
      }
    },
  })
  const ring = (): void => {
    for (const timer of world.timers.splice(0)) timer.ring()
  }
  return { pace, world, ring }
}

test('the end of a write draws nothing, unless a view was left out meanwhile; then it draws the newest once', () => {
  const { pace, world } = paced()
  pace.now()
  pace.drained()
  expect(world.drawn).toBe(1)
  world.behind = true
  pace.now()
  pace.now()
  expect(world.drawn).toBe(1)
  world.behind = false
  pace.drained()
  pace.drained()
  expect(world.drawn).toBe(2)
})

test('however often output comes, it is committed once in 200 ms; a key is drawn at once', () => {
  const { pace, world, ring } = paced()
  for (let chunk = 0; chunk < 50; chunk++) pace.output()
  expect(world).toMatchObject({ drawn: 0, timers: [{ ms: OUTPUT_COMMIT_MS }] })
  pace.now()
  expect(world.drawn).toBe(1)
  ring()
  expect(world).toMatchObject({ drawn: 2, committed: 1, timers: [] })
})

test('the clock is drawn with the output that is due, and by itself where none is', () => {
  const { pace, world, ring } = paced()
  pace.clock()
  expect(world.drawn).toBe(1)
  pace.output()
  pace.clock()
  expect(world.drawn).toBe(1)
  ring()
  expect(world.drawn).toBe(2)
})

test('the clock goes on where the output that was due draws nothing, such as during a long search', () => {
  const { pace, world, ring } = paced()
  world.hasOutput = false
  pace.output()
  pace.clock()
  ring()
  expect(world.drawn).toBe(1)
  pace.output()
  ring()
  expect(world.drawn).toBe(1)
})

test('once it is closed nothing is drawn any more', () => {
  const { pace, world, ring } = paced()
  pace.output()
  pace.close()
  ring()
  expect(world).toMatchObject({ drawn: 0, committed: 0 })
})
