import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Ending, Parameter } from '../../../src/model/index.ts'
import { runPlain } from '../../../src/tui/plain/lines.ts'
import { createPlainOutput } from '../../../src/tui/plain/output.ts'
import { askingForOrg, demoRunbook, demoSection, demoStep, runbookOf, withContacts } from '../helpers/demo-runbook.ts'
import { FakeClock, FakeRun, KIM } from '../helpers/fake-run.ts'

/** A person at plain mode: types a line when they have read what stands there. */
class PlainPerson {
  text = ''
  readonly ended: Promise<Ending | 'to-full'>
  readonly #clock: FakeClock
  readonly #lines: string[] = []
  #wake: (() => void) | null = null
  #closed = false

  constructor(
    run: FakeRun,
    clock: FakeClock,
    hideInput?: (whileHidden: () => Promise<void>) => Promise<void>,
    meanwhile: string | null = null,
  ) {
    this.#clock = clock
    this.ended = runPlain({
      conversation: run,
      speaker: { ...KIM, how: 'typed' },
      input: this.#input(),
      output: text => {
        this.text += text
      },
      clock,
      meanwhile,
      ...(hideInput === undefined ? {} : { hideInput }),
    })
  }

  /** Reads for a second, then types. */
  async type(...lines: string[]): Promise<this> {
    for (const line of lines) {
      this.#clock.pass(1000)
      await this.typeAtOnce(line)
    }
    return this
  }

  async typeAtOnce(...lines: string[]): Promise<this> {
    this.#lines.push(...lines)
    this.#wake?.()
    await quiet()
    return this
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#wake?.()
    await quiet()
  }

  /** What was said since the last look. */
  said(): string {
    const text = this.text
    this.text = ''
    return text
  }

  async *#input(): AsyncGenerator<string> {
    for (;;) {
      const line = this.#lines.shift()
      if (line !== undefined) yield line
      else if (this.#closed) return
      else
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
    }
  }
}

/** All promises that can settle have settled. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

let clock: FakeClock
const open: PlainPerson[] = []
beforeEach(() => {
  clock = new FakeClock()
})
afterEach(async () => {
  for (const person of open.splice(0)) await person.close()
})

function plainAt(
  position: string,
  scripts: ConstructorParameters<typeof FakeRun>[2] = {},
  runbook = demoRunbook(),
  environment: string | null = null,
) {
  const run = new FakeRun(runbook, clock, scripts, environment).skipTo(position)
  const person = new PlainPerson(run, clock)
  open.push(person)
  return { run, person }
}

describe('questions', () => {
  test('a change in production shows its script and asks for the phrase; nothing else runs it', async () => {
    const { run, person } = plainAt('2.1')
    expect(person.said()).toBe(
      [
        'Step 2.1, Set the new image. Task, change, PRODUCTION. Way back: Roll back production, 1 step. Line 31.',
        '  kubectl set image',
        'Type "production v2.4.0" to run it. An empty line does not run it. "help" lists the words.',
        '',
      ].join('\n'),
    )
    await person.type('', 'production v0', 'yes')
    expect(run.said).toEqual([])
    expect(person.said()).toContain('"production v0" does not match. Not run.')
    await person.type('production v2.4.0')
    expect(run.said).toEqual([{ kind: 'run', step: 's2.1', phrase: 'production v2.4.0' }])
    expect(person.said()).toMatch(/Step 2\.1 passed after 0 seconds\. 7 of 12 done, 6 skipped\. \d\d:\d\d:\d\d\n/)
  })

  test('a change elsewhere is asked once more, and an empty line is no', async () => {
    const { run, person } = plainAt('1.6')
    await person.type('fill', '4.2.0', 'run', '')
    expect(run.starts('1.6')).toBe(0)
    await person.type('run yes')
    expect(run.starts('1.6')).toBe(0)
    await person.type('yes')
    expect(run.starts('1.6')).toBe(1)
  })

  test('an empty line runs what only looks, and confirms nothing', async () => {
    const { run, person } = plainAt('1.1')
    await person.type('')
    expect(run.starts('1.1')).toBe(1)
    await person.type('run')
    await person.type('', '', '')
    expect(run.said.filter(answer => answer.kind === 'confirm')).toEqual([])
    await person.type('tick')
    expect(run.state.steps.get('s1.3')?.status.kind).toBe('passed')
  })

  test('a value beyond its limit offers three ways on', async () => {
    const { run, person } = plainAt('1.4')
    await person.type('value 7')
    expect(person.said()).toMatch(
      /NOT met: 7 s is not < 5 s\. 1 type the value again; 2 cannot confirm; 3 confirm all the same, with a reason\. Type 1, 2 or 3\./,
    )
    await person.type('1', '2 s')
    expect(run.said).toEqual([{ kind: 'confirm', step: 's1.4', answer: 'yes', observed: '2 s', note: null }])
  })

  test('choose, yes and no, skip, na, wait, byhand and recover are words for what keys do', async () => {
    const { run, person } = plainAt('1.5')
    await person.type('choose 3')
    expect(person.said()).toContain('Choose a number from 1 to 2.')
    await person.type('choose 2')
    expect(run.said.at(-1)).toEqual({ kind: 'choose', step: 's1.5', option: 'Docker', reason: null })
    await person.type('skip not today')
    expect(run.said.at(-1)).toEqual({ kind: 'skip', step: 's1.6', reason: 'not today' })
    await person.type('recover errors', 'production v2.4.0')
    expect(run.said.at(-1)).toEqual({ kind: 'rollback', flow: 'p2', phrase: 'production v2.4.0', reason: 'errors' })
  })

  test('a failed step is decided by a word with its reason', async () => {
    const { run, person } = plainAt('2.2', { '2.2': { exits: [1, 0] } })
    await person.type('run')
    expect(person.said()).toContain(
      'It has failed. Type "retry", "edit", "skip", "byhand", "recover", "pause" or "end".',
    )
    await person.type('retry flaky network', 'run')
    expect(run.said.at(-2)).toEqual({ kind: 'decide', step: 's2.2', choice: 'rerun', reason: 'flaky network' })
    expect(run.starts('2.2')).toBe(2)
  })

  test('a failed step names whom to call; a long list is cut there, and told whole by its word', async () => {
    const { person } = plainAt('2.2', { '2.2': { exits: [1] } }, withContacts(20))
    expect(person.said()).not.toContain('@person1')
    await person.type('run')
    expect(person.said()).toMatch(
      /Contacts \(demo\.md:90\):\n {2}Role \| Primary\n {2}Role 1 \| @person1\n[\s\S]*10 more lines: "contacts" shows all\.\nIt has failed/,
    )
    await person.type('contacts')
    expect(person.said()).toContain('Role 20 | @person20')
  })

  test('what stands under a heading is said where its section begins, and not again', async () => {
    const steps = [demoStep('1.1', 'manual', 'A'), demoStep('1.2', 'manual', 'B')]
    const metadata = [{ key: 'When', value: 'after the freeze' }]
    const { person } = plainAt('1.1', {}, runbookOf([demoSection('1', 'Only', steps, { metadata })], []))
    expect(person.said()).toContain('  When: after the freeze\n')
    await person.type('tick')
    expect(person.said()).toMatch(/^(?!.*after the freeze)[\s\S]*Step 1\.2/)
  })

  test('a runbook without contacts says so', async () => {
    const { person } = plainAt('1.1')
    await person.type('contacts')
    expect(person.said()).toContain('The runbook names no contacts')
  })

  test('a form is filled in by words, and kept on yes', async () => {
    const { run, person } = plainAt('2.6')
    await person.type('fill', 'none', 'yes')
    expect(run.said).toEqual([
      {
        kind: 'form',
        step: 's2.6',
        fields: [
          ['Release', 'v2.4.0'],
          ['Known issues', 'none'],
        ],
      },
    ])
  })

  test('nothing that is typed opens a gate, and who must sign is said', async () => {
    const { run, person } = plainAt('3.1')
    expect(person.said()).toMatch(/Release Manager: no answer yet[\s\S]*They run: signoff approve 0197c400-0000 3\.1/)
    await person.type('run', 'tick', 'yes', 'skip', '')
    expect(run.said).toEqual([])
  })

  test('a secret is asked only where it cannot be seen, with echo off until it was typed', async () => {
    const runbook = runbookOf(
      [demoSection('1', 'A', [demoStep('1.1', 'task', 'T', { script: 'deploy\n', needs: ['TOKEN'] })])],
      [],
    )
    const seen = plainAt('1.1', {}, runbook)
    await seen.person.type('fill')
    expect(seen.person.said()).toContain('no secret is asked')
    const run = new FakeRun(runbook, clock)
    let hidden = false
    const person = new PlainPerson(run, clock, async whileHidden => {
      hidden = true
      await whileHidden()
      hidden = false
    })
    open.push(person)
    await person.type('fill')
    expect(hidden).toBe(true)
    await person.type(' s3cr3t ')
    expect(hidden).toBe(false)
    expect(run.said).toEqual([{ kind: 'value', name: 'TOKEN', value: ' s3cr3t ' }])
    expect(person.said()).not.toContain('s3cr3t')
  })
})

test('a value that only looks filled in is asked with how to keep it, also in production, where nothing is suggested', async () => {
  const runbook = askingForOrg('production')
  const [org] = runbook.parameters
  if (org === undefined) throw new Error('the runbook asks for a value')
  const sample: Parameter = { ...org, name: 'registry.example.com', kind: 'literal', proposals: [] }
  const phases = runbook.phases.map(phase => ({
    ...phase,
    steps: phase.steps.map(step => ({ ...step, needs: [sample.name] })),
  }))
  const { person } = plainAt('1.1', {}, { ...runbook, phases, parameters: [sample] })
  await person.type('fill')
  expect(person.said()).toContain(
    'the runbook has registry.example.com here, which looks like a sample: type what is meant, or the same again to keep it',
  )
})

test('a word that stops a script says how to leave where none is running', async () => {
  const { person } = plainAt('1.1')
  await person.type('stop')
  expect(person.said()).toContain('no script is running; "pause" leaves the run.')
})

test('a question that ends in a question mark gets no full stop behind it', async () => {
  const { person } = plainAt('1.1')
  await person.type('pause')
  const said = person.said()
  expect(said).toContain('?')
  expect(said).not.toMatch(/[?!.]\.(?:\s|$)/)
})

describe('a value that a table proposes', () => {
  test('is named beside the question, and taken by a line of its own only', async () => {
    const { run, person } = plainAt('1.1', {}, askingForOrg(), 'stg')
    person.said()
    await person.type('fill')
    expect(person.said()).toContain(
      [
        'Value for org.',
        '  used at demo.md:8',
        '  proposed for Staging: acme-staging  (demo.md:20)',
        '  proposed for Production: acme  (demo.md:20)',
        'org? Suggested: acme-staging. A line with only "=" takes it. An empty line asks again. "cancel" leaves it.',
      ].join('\n'),
    )
    await person.type('')
    expect(run.said).toEqual([])
    await person.type('=')
    expect(run.said).toEqual([{ kind: 'value', name: 'org', value: 'acme-staging' }])
  })

  test('is not suggested without --env, nor for a step of another environment: "=" is then a value like any other', async () => {
    for (const [own, environment] of [
      [null, null],
      ['production', 'staging'],
      [null, 'qa'],
    ] as const) {
      const { run, person } = plainAt('1.1', {}, askingForOrg(own), environment)
      await person.type('fill')
      expect(person.said()).not.toContain('Suggested')
      await person.type('=')
      expect(run.said).toEqual([{ kind: 'value', name: 'org', value: '=' }])
    }
  })
})

describe('lines for another question', () => {
  test('a line typed before its question is dropped and said', async () => {
    const { run, person } = plainAt('1.2', { '1.2': { slow: true } })
    await person.type('run')
    await person.type('tick', 'tick')
    run.finish(0)
    await quiet()
    expect(person.said()).toMatch(/Step 1\.3[\s\S]*ignored 2 lines typed before this question/)
    await person.typeAtOnce('tick')
    expect(person.said()).toBe('ignored 1 line typed before this question\n')
    expect(run.state.steps.get('s1.3')?.status.kind).toBe('pending')
    await person.type('tick')
    expect(run.state.steps.get('s1.3')?.status.kind).toBe('passed')
  })

  test('a line that was begun for a question which went away is no word for the next one', async () => {
    const { run, person } = plainAt('1.2', { '1.2': { slow: true } })
    await person.type('run')
    await person.type('stop')
    person.said()
    run.finish(0)
    await quiet()
    expect(person.said()).toMatch(/The question has changed meanwhile\. The line that you are at counts for nothing/)
    await person.type('tick')
    expect(person.said()).toMatch(/That line counts for nothing\.[\s\S]*Step 1\.3/)
    expect(run.state.steps.get('s1.3')?.status.kind).toBe('pending')
    await person.type('tick')
    expect(run.state.steps.get('s1.3')?.status.kind).toBe('passed')
  })

  test('lines of one text, one behind the other, answer nothing until there is a pause', async () => {
    const { run, person } = plainAt('1.3')
    for (let line = 0; line < 10; line++) {
      await person.typeAtOnce('tick')
      clock.pass(299)
    }
    expect(run.said).toEqual([])
    await person.type('tick')
    expect(run.said).toHaveLength(1)
  })

  test('a question still takes lines where the clock was set back meanwhile', async () => {
    const { run, person } = plainAt('1.3')
    clock.pass(1000)
    clock.now -= 3_600_000
    await person.typeAtOnce('tick')
    expect(run.state.steps.get('s1.3')?.status.kind).toBe('passed')
  })

  test('several lines at once tick one confirmation', async () => {
    const { run, person } = plainAt('1.3')
    clock.pass(1000)
    await person.typeAtOnce('tick', 'tick', 'tick')
    expect(run.said).toHaveLength(1)
  })
})

describe('what is told', () => {
  test('output stands between two marked lines, whole and cleaned', async () => {
    const { run, person } = plainAt('1.2', { '1.2': { slow: true } })
    await person.type('run')
    person.said()
    run.output('one\u001b[2J\n\u001b[31mred\u001b[0m\nla')
    run.output('st')
    run.finish(0)
    expect(person.said()).toMatch(
      /^--- output of 1\.2 begins ---\none\\x1b\[2J\nred\nlast\n--- output of 1\.2 ends, 3 lines ---\nStep 1\.2 passed/,
    )
  })

  test('what the record left out is a line that says how much', () => {
    const lines: string[] = []
    const output = createPlainOutput(line => lines.push(line))
    const event = { kind: 'output', step: 'a', attempt: 1, fd: 'out' } as const
    output.push({ ...event, at: 0, text: 'first\n' }, '1.1')
    output.push({ ...event, at: 1006, text: 'last\n' }, '1.1')
    output.end()
    expect(lines).toEqual([
      '--- output of 1.1 begins ---',
      'first',
      '[1000 bytes are not kept here; the transcript counts and hashes them]',
      'last',
      '--- output of 1.1 ends, 3 lines ---',
    ])
  })

  test('output that no record keeps is said once, and shown by "log" while it passes', async () => {
    const { run, person } = plainAt('1.2', { '1.2': { slow: true } })
    await person.type('run', 'yes')
    run.output('kept\n')
    person.said()
    const event = { kind: 'output', step: 's1.2', attempt: 1, fd: 'out' } as const
    run.pass({ ...event, at: 5, text: 'passing 1\n' })
    run.pass({ ...event, at: 15, text: 'passing 2\n' })
    expect(person.said()).toMatch(/^--- 1\.2 says more than is kept: .*"log" shows it as it passes ---\n$/)
    await person.type('log')
    expect(person.said()).toMatch(/kept\n\[from here on .*\npassing 1\npassing 2\n--- output of 1\.2 ends/)
  })

  test('the end of a step is told before the next question, though both come at once', async () => {
    const { person } = plainAt('1.1')
    await person.type('run')
    expect(person.said()).toMatch(/Step 1\.1 passed after[^\n]*\nStep 1\.2, Build\./)
  })

  test('a script that runs long is told once a minute, and stop lists the ways to stop it', async () => {
    const { run, person } = plainAt('1.2', { '1.2': { slow: true } })
    await person.type('run')
    person.said()
    clock.pass(150_000)
    expect(person.said().match(/^Step 1\.2 has been running for [^\n]*$/gm)).toHaveLength(2)
    await person.type('stop')
    expect(person.said()).toMatch(/1 keep it running; 2 send SIGINT once; 3 stop it/)
    await person.type('2')
    expect(run.said.at(-1)).toEqual({ kind: 'stop-script', signal: 'SIGINT' })
  })

  test('no control character is ever printed', async () => {
    const runbook = runbookOf(
      [
        demoSection('1', 'A\u0007', [
          demoStep('1.1', 'task', 'T\u001b]0;x\u0007', { script: 'echo \u001b[1m\u202e\n' }),
        ]),
      ],
      [],
    )
    const { person } = plainAt('1.1', {}, runbook)
    await person.type('outline', 'status', 'help', 'note \u001b[2J', '\u0007')
    expect(person.text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    expect(person.text).toContain('T\\x1b]0;x\\x07')
  })
})

describe('leaving', () => {
  test('the end of the input pauses the run', async () => {
    const { run, person } = plainAt('1.1')
    await person.close()
    expect(await person.ended).toEqual({ kind: 'paused', why: 'asked', reason: 'the input has ended' })
    expect(run.listeners).toBe(0)
    expect(clock.alarms).toBe(0)
  })

  test('pause stays by default; 2 pauses', async () => {
    const { run, person } = plainAt('1.1')
    await person.type('pause', '')
    expect(run.said).toEqual([])
    await person.type('pause', '2')
    expect(await person.ended).toMatchObject({ kind: 'paused' })
  })

  test('a run that cannot be recorded ends the walk with its error', async () => {
    const { run, person } = plainAt('1.1')
    run.say = () => Promise.reject(new Error('journal unwritable'))
    const ended = expect(person.ended).rejects.toThrow('journal unwritable')
    await person.type('run')
    await ended
  })
})

test('who comes back is told what has happened meanwhile and which phases have ended, and is asked about their criteria', async () => {
  const demo = demoRunbook()
  const phases = demo.phases.map(phase => (phase.id === 'p1' ? { ...phase, successCriteria: 'all is tagged' } : phase))
  const run = new FakeRun({ ...demo, phases }, clock).skipTo('2.1')
  const steps = { passed: 6, failed: 0, skipped: 0, unknown: 0, open: 0 }
  const planned = { minMs: null, maxMs: null }
  run.emit({ kind: 'phase.end', phase: 'p1', result: 'passed', steps, ms: 1, planned, criteria: null, by: null })
  const person = new PlainPerson(run, clock, undefined, 'meanwhile 1.6: GO by priya@example.com 14:52')
  open.push(person)
  await quiet()
  expect(person.said()).toMatch(
    /^Meanwhile 1\.6: GO by priya@example\.com 14:52\.\nPhase 1 Prepare complete: .*\n[\s\S]*all is tagged/,
  )
})
