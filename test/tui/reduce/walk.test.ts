import { beforeEach, describe, expect, test } from 'vitest'
import { askingForOrg, demoRunbook, withContacts } from '../helpers/demo-runbook.ts'
import { FakeClock, FakeRun } from '../helpers/fake-run.ts'
import { ScreenDriver } from '../helpers/screen-driver.ts'

let clock: FakeClock
beforeEach(() => {
  clock = new FakeClock()
})

async function walkAt(position: string, scripts: ConstructorParameters<typeof FakeRun>[2] = {}) {
  const run = new FakeRun(demoRunbook(), clock, scripts).skipTo(position)
  const screen = new ScreenDriver(run, clock)
  await screen.settle()
  return { run, screen }
}

describe('running', () => {
  test('Enter runs a step that only looks, and the next step is asked', async () => {
    const { run, screen } = await walkAt('1.1')
    await screen.press('enter').settle()
    expect(run.said).toEqual([{ kind: 'run', step: 's1.1', phrase: null }])
    expect(run.state.steps.get('s1.1')?.status.kind).toBe('passed')
    expect(screen.needed).toContain('1.2 Build')
  })

  test('a question still takes answers where the clock was set back meanwhile', async () => {
    const { run, screen } = await walkAt('1.1')
    clock.now -= 3_600_000
    await screen.press('enter').settle()
    expect(run.starts('1.1')).toBe(1)
  })

  test('a change outside production is reviewed first: Enter there means no, y runs it', async () => {
    const { run, screen } = await walkAt('1.6')
    await screen.press('f').settle()
    await screen.type('4.2.0').press('enter').settle()
    // TOKEN may be given too: an empty Enter leaves the form.
    await screen.press('enter').settle()
    await screen.press('enter').settle()
    expect(screen.rows().join('\n')).toContain('docker tag app app:4.2.0')
    await screen.press('enter').settle()
    expect(run.starts('1.6')).toBe(0)
    expect(screen.needed).toContain('not run')
    await screen.press('enter').settle()
    await screen.press('y').settle()
    expect(run.starts('1.6')).toBe(1)
  })

  test('a change in production runs on the typed phrase alone: a wrong one is refused, an empty one leaves', async () => {
    const { run, screen } = await walkAt('2.1')
    await screen.press('enter').settle()
    await screen.type('production v0').press('enter').settle()
    expect(screen.needed).toContain('does not match')
    await screen.press('enter').settle()
    expect(screen.state.dialog).toBeNull()
    await screen.press('enter').settle()
    screen.type('production v2.4.0').press('enter')
    await screen.settle()
    expect(run.said).toEqual([{ kind: 'run', step: 's2.1', phrase: 'production v2.4.0' }])
    expect(run.starts('2.1')).toBe(1)
  })

  test('three Enters at once on a change in production open the review and run nothing', async () => {
    const { run, screen } = await walkAt('2.1')
    await screen.press('enter', 'enter', 'enter').settle()
    expect(run.said).toEqual([])
    expect(screen.state.dialog?.kind).toBe('act')
    expect(screen.needed).toContain('ignored 2 keys typed before this question')
  })

  test('a held Enter counts once, however long the review has been there', async () => {
    const { run, screen } = await walkAt('2.1')
    screen.press('enter').paint()
    for (let repeat = 0; repeat < 40; repeat++) {
      clock.pass(30)
      screen.press('enter')
    }
    expect(screen.state.dialog?.kind).toBe('act')
    expect(run.said).toEqual([])
  })

  test('paste is refused on a phrase and taken for a reason', async () => {
    const { run, screen } = await walkAt('2.1')
    await screen.press('enter').settle()
    screen.paste('production v2.4.0\r')
    expect(screen.needed).toContain('paste is not accepted here')
    await screen.press('enter').settle()
    expect(run.said).toEqual([])
    await screen.press('a').settle()
    await screen.paste('two\nlines\u001b').press('enter').settle()
    expect(run.said).toEqual([{ kind: 'note', step: 's2.1', text: 'two lines' }])
  })

  test('where the person permits it a phrase is pasted, and Enter is a key of its own all the same', async () => {
    const { run, screen } = await walkAt('2.1')
    screen.state = { ...screen.state, allowPaste: true }
    screen.paste('y')
    expect(screen.needed).toContain('paste is not accepted here')
    await screen.press('enter').settle()
    screen.paste('production v2.4.0\r\n')
    await screen.settle()
    expect(run.said).toEqual([])
    await screen.press('enter').settle()
    expect(run.said).toEqual([{ kind: 'run', step: 's2.1', phrase: 'production v2.4.0' }])
  })
})

describe('keys for another question', () => {
  test('keys typed while a script ran, and before the question was painted, answer nothing and are counted', async () => {
    const { run, screen } = await walkAt('1.2', { '1.2': { slow: true } })
    await screen.press('enter').settle()
    screen.press('space')
    clock.pass(500)
    screen.press('enter', 'space')
    clock.pass(500)
    screen.press('enter')
    run.finish(0)
    expect(screen.needed).toContain('ignored 4 keys typed before this question')
    expect(screen.needed).toContain('NEEDS YOU  1.3 On-call')
    screen.press('space')
    expect(screen.needed).toContain('ignored 5 keys')
  })

  test.each([
    [299, 'pending'],
    [300, 'passed'],
  ])('%i ms after its paint a question leaves an answer %s', async (ms, status) => {
    const run = new FakeRun(demoRunbook(), clock).skipTo('1.3')
    const screen = new ScreenDriver(run, clock).paint()
    clock.pass(ms)
    await screen.press('space').settle()
    expect(run.state.steps.get('s1.3')?.status.kind).toBe(status)
  })

  test('a key that was dropped keeps the question shut for those right behind it, until they pause', async () => {
    const run = new FakeRun(demoRunbook(), clock).skipTo('1.3')
    const screen = new ScreenDriver(run, clock).paint()
    for (let press = 0; press < 10; press++) {
      clock.pass(299)
      screen.press('space')
    }
    expect(run.said).toEqual([])
    expect(screen.needed).toContain('ignored 10 keys typed before this question: pause a second')
    clock.pass(300)
    await screen.press('space').settle()
    expect(run.state.steps.get('s1.3')?.status.kind).toBe('passed')
  })

  test('one Space is one tick: three at once tick one confirmation, and the next is open and empty', async () => {
    const { run, screen } = await walkAt('1.3')
    await screen.press('space', 'space', 'space').settle()
    expect(run.said).toEqual([{ kind: 'confirm', step: 's1.3', answer: 'yes', observed: null, note: null }])
    expect(run.state.steps.get('s1.4')?.status.kind).toBe('pending')
    expect(screen.state.dialog).toBeNull()
  })

  test('an answer typed while another step is looked at leads back first', async () => {
    const { run, screen } = await walkAt('1.3')
    screen.press('j')
    await screen.press('space').settle()
    expect(run.said).toEqual([])
    expect(screen.needed).toContain('Space once more')
    await screen.press('space').settle()
    expect(run.said).toHaveLength(1)
  })

  test('an open review answers nothing once its question has gone away, and goes by Enter', async () => {
    const { run, screen } = await walkAt('2.1')
    await screen.press('enter').settle()
    run.emit({ kind: 'step.skip', step: 's2.1', why: 'person', reason: 'elsewhere', by: 'omar' })
    expect(screen.needed).toContain('the question has changed meanwhile')
    expect(screen.rows().join('\n')).toMatch(/What this asked is over[\s\S]*Enter close/)
    await screen.type('production v2.4.0').press('enter').settle()
    expect(screen.state.dialog).toBeNull()
    expect(run.said).toEqual([])
  })
})

describe('confirming', () => {
  test('an observed value beyond the limit offers three ways on; within it the step is confirmed', async () => {
    const { run, screen } = await walkAt('1.4')
    await screen.press('space').settle()
    await screen.type('7').press('enter').settle()
    expect(screen.rows().join('\n')).toContain('NOT met: 7 s is not < 5 s')
    expect(screen.rows().join('\n')).toMatch(
      /1 type the value again[\s\S]*2 cannot confirm[\s\S]*3 confirm all the same/,
    )
    expect(run.said).toEqual([])
    await screen.press('1').settle()
    await screen.type('2').press('enter').settle()
    expect(run.said).toEqual([{ kind: 'confirm', step: 's1.4', answer: 'yes', observed: '2', note: null }])
  })

  test('a value beyond the limit can be confirmed with a reason alone', async () => {
    const { run, screen } = await walkAt('1.4')
    await screen.press('space').settle()
    await screen.type('7 s').press('enter').settle()
    await screen.press('3').settle()
    await screen.press('enter').settle()
    expect(screen.needed).toContain('reason needed')
    await screen.type('noise').press('enter').settle()
    expect(run.said).toEqual([{ kind: 'confirm', step: 's1.4', answer: 'yes', observed: '7 s', note: 'noise' }])
  })

  test('another unit is refused', async () => {
    const { run, screen } = await walkAt('1.4')
    await screen.press('space').settle()
    await screen.type('2 ms').press('enter').settle()
    expect(screen.needed).toContain('expected s, got "ms"')
    expect(run.said).toEqual([])
  })

  test('the offered command runs beside the question and never ticks it', async () => {
    const { run, screen } = await walkAt('1.4', { '1.4': { lines: ['2'] } })
    await screen.press('u').settle()
    expect(run.starts('1.4')).toBe(1)
    expect(run.state.steps.get('s1.4')?.status.kind).toBe('pending')
    expect(screen.rows().join('\n')).toContain('output of 1.4')
  })

  test('cannot confirm asks what was seen', async () => {
    const { run, screen } = await walkAt('1.3')
    await screen.press('c').settle()
    await screen.type('nobody there').press('enter').settle()
    expect(run.said).toEqual([{ kind: 'confirm', step: 's1.3', answer: 'no', observed: null, note: 'nobody there' }])
    expect(screen.needed).toContain('r retry')
  })
})

describe('choosing, filling, skipping', () => {
  test('a choice has nothing preselected: Enter alone chooses nothing, a number and Enter take it', async () => {
    const { run, screen } = await walkAt('1.5')
    await screen.press('enter').settle()
    expect(screen.needed).toContain('choose 1 or 2')
    await screen.press('3').settle()
    expect(screen.needed).toContain('choose 1 or 2')
    await screen.press('2').settle()
    expect(screen.needed).toContain('Enter takes 2 Docker')
    await screen.press('enter').settle()
    expect(run.state.choices.get('s1.5')).toBe('Docker')
  })

  test('what a table proposes for --env is shown, and enters by Tab and Enter alone', async () => {
    const run = new FakeRun(askingForOrg(), clock, {}, 'production')
    const screen = new ScreenDriver(run, clock)
    await screen.settle()
    await screen.press('f').settle()
    expect(screen.rows().join('\n')).toMatch(/proposed for Staging: acme-staging[\s\S]*Tab takes acme\s/)
    await screen.press('enter').settle()
    expect(run.said).toEqual([])
    await screen.press('tab').settle()
    expect(run.said).toEqual([])
    await screen.press('enter').settle()
    expect(run.said).toEqual([{ kind: 'value', name: 'org', value: 'acme' }])
  })

  test('a value that the run refuses is said in row 2, and asked again', async () => {
    const { run, screen } = await walkAt('1.6')
    await screen.press('v').settle()
    await screen.type('4.2').press('enter').settle()
    expect(screen.needed).toContain('version: expected 1.2.3, got "4.2"')
    await screen.press('f').settle()
    await screen.press('tab', 'enter').settle()
    expect(run.state.values.get('version')?.value).toBe('4.2.0')
  })

  test('skipping asks a reason; in production the phrase as well', async () => {
    const { run, screen } = await walkAt('2.1')
    await screen.press('s').settle()
    await screen.press('enter').settle()
    expect(screen.needed).toContain('reason needed')
    await screen.type('done by hand').press('enter').settle()
    expect(run.said).toEqual([])
    await screen.type('production v2.4.0').press('enter').settle()
    expect(run.said).toEqual([{ kind: 'skip', step: 's2.1', reason: 'done by hand', phrase: 'production v2.4.0' }])
  })

  test('a confirmation is skipped or not applicable, each with a reason', async () => {
    const { run, screen } = await walkAt('1.3')
    await screen.press('s').settle()
    await screen.press('2').settle()
    await screen.type('no channel').press('enter').settle()
    expect(run.said).toEqual([{ kind: 'confirm', step: 's1.3', answer: 'n/a', observed: null, note: 'no channel' }])
  })

  test('a condition is answered by y or n', async () => {
    const { run, screen } = await walkAt('2.7')
    expect(screen.needed).toContain('if traffic is high')
    await screen.press('n').settle()
    expect(run.state.conditions.get('if traffic is high')).toBe('no')
  })

  test('a form asks what nothing fills, and shows the rest', async () => {
    const { run, screen } = await walkAt('2.6')
    await screen.press('enter').settle()
    expect(screen.rows().join('\n')).toContain('Release: v2.4.0')
    await screen.type('none').press('enter').settle()
    await screen.press('enter').settle()
    expect(screen.state.dialog).not.toBeNull()
    await screen.press('y').settle()
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
})

describe('when it does not go straight', () => {
  test('a failed step shows whom to call, and C shows it from anywhere', async () => {
    const run = new FakeRun(withContacts(2), clock, { '2.2': { exits: [1] } }).skipTo('2.2')
    const screen = new ScreenDriver(run, clock, { columns: 120, rows: 40 })
    await screen.settle()
    expect(screen.rows().join('\n')).not.toContain('@person1')
    await screen.press('C').settle()
    expect(screen.rows().join('\n')).toMatch(/Contacts +demo\.md:90\s+Role \| Primary\s+Role 1 \| @person1/)
    await screen.press('C').settle()
    expect(screen.state.dialog).toBeNull()
    await screen.press('enter').settle()
    expect(screen.needed).toContain('C contacts')
    expect(screen.rows().join('\n')).toContain('Role 2 | @person2')
  })

  test('a failed step waits for a decision: retry, by hand, skip or recovery', async () => {
    const { run, screen } = await walkAt('2.2', { '2.2': { exits: [1, 0] } })
    await screen.press('enter').settle()
    expect(screen.needed).toMatch(/FAILED 2\.2, exit 1: r retry {2}e edit {2}s skip {2}m by hand {2}x recovery/)
    await screen.press('r').settle()
    await screen.press('enter').settle()
    expect(run.said.at(-1)).toEqual({ kind: 'decide', step: 's2.2', choice: 'rerun', reason: 'again' })
    await screen.press('enter').settle()
    expect(run.starts('2.2')).toBe(2)
    expect(run.state.steps.get('s2.2')?.status.kind).toBe('passed')
  })

  test('recovery says which steps ran where none is known to have changed anything', async () => {
    const { screen } = await walkAt('1.1', { '1.1': { lines: ['written'] } })
    await screen.press('enter').settle()
    await screen.press('x').settle()
    expect(screen.rows().join('\n')).toMatch(/No step that is classed as a change has run; what ran: 1\.1 \(\w+\)\./)
    expect(screen.rows().join('\n')).not.toContain('Nothing was changed')
  })

  test('recovery asks a reason and the phrase, and then its steps are walked', async () => {
    const { run, screen } = await walkAt('2.1')
    await screen.press('x').settle()
    expect(screen.rows().join('\n')).toContain('4.1 Undo')
    await screen.type('errors').press('enter').settle()
    await screen.type('production v2.4.0').press('enter').settle()
    expect(run.said).toEqual([{ kind: 'rollback', flow: 'p2', phrase: 'production v2.4.0', reason: 'errors' }])
    expect(screen.needed).toContain('4.1 Undo')
    expect(screen.rows().join('\n')).toContain('4 Roll back production')
  })

  test('Ctrl-C opens the choices, keeps the script by default, and a second one sends SIGINT', async () => {
    const { run, screen } = await walkAt('1.2', { '1.2': { slow: true } })
    await screen.press('enter').settle()
    await screen.press('ctrl-c').settle()
    await screen.press('enter').settle()
    expect(run.said.filter(answer => answer.kind === 'stop-script')).toEqual([])
    await screen.press('ctrl-c', 'ctrl-c').settle()
    expect(run.said.at(-1)).toEqual({ kind: 'stop-script', signal: 'SIGINT' })
    await screen.press('ctrl-c').settle()
    await screen.press('3').settle()
    expect(run.said.at(-1)).toEqual({ kind: 'stop-script', signal: 'escalate' })
    expect(screen.effects).not.toContain('leave')
  })

  test('Ctrl-C leaves nothing where no script runs', async () => {
    const { run, screen } = await walkAt('1.1')
    await screen.press('ctrl-c', 'ctrl-c').settle()
    expect(run.said).toEqual([])
    expect(screen.effects).toEqual([])
    expect(screen.needed).toContain('no script is running')
  })

  test('the run pauses after the running step where that was asked', async () => {
    const { run, screen } = await walkAt('1.2', { '1.2': { slow: true } })
    await screen.press('enter').settle()
    screen.press('p')
    run.finish(0)
    await screen.settle()
    expect(run.said.at(-1)?.kind).toBe('pause')
    expect(run.state.steps.get('s1.3')?.status.kind).toBe('pending')
  })

  test('q stays by default and pauses on 2', async () => {
    const { run, screen } = await walkAt('1.1')
    await screen.press('q').settle()
    await screen.press('enter').settle()
    expect(run.said).toEqual([])
    await screen.press('q').settle()
    await screen.press('2').settle()
    expect(run.said.map(answer => answer.kind)).toEqual(['pause'])
  })

  test('a wait ends early on a reason, and in production on the phrase', async () => {
    const { run, screen } = await walkAt('2.4')
    run.emit({
      kind: 'wait.start',
      step: 's2.4',
      until: new Date(clock.nowMs() + 120_000).toISOString(),
      minMs: 120_000,
      reason: null,
    })
    expect(screen.needed).toContain('02:00 left')
    await screen.settle()
    await screen.press('t').settle()
    await screen.press('1').settle()
    await screen.type('rehearsal').press('enter').settle()
    await screen.type('production v2.4.0').press('enter').settle()
    expect(run.said).toEqual([{ kind: 'end-wait', step: 's2.4', reason: 'rehearsal', phrase: 'production v2.4.0' }])
  })

  test('no key of the operator opens a gate, and who signs is shown', async () => {
    const { run, screen } = await walkAt('3.1')
    await screen.press('enter', 'space', 'y', 's').settle()
    expect(run.said).toEqual([])
    const shown = screen.resize(80, 30).rows().join('\n')
    expect(shown).toContain('signoff approve 0197c400-0000 3.1')
    expect(shown).toContain('Release Manager  no answer yet')
    expect(shown).toContain('kim@example.com operates this run and cannot approve it')
  })

  test('where roles are mapped to nobody, any signers are asked for and not the roles', async () => {
    const { run, screen } = await walkAt('3.1')
    run.emit({
      kind: 'approval.request',
      step: 's3.1',
      ask: 'GO?',
      need: [
        { role: null, from: null },
        { role: null, from: null },
      ],
      touch: 'none',
      criteria: [],
      challenge: 'c',
    })
    const shown = () => screen.resize(80, 30).rows().join('\n')
    expect(shown()).toContain('any 2 signers  no answer yet')
    expect(shown()).not.toContain('Release Manager  no answer yet')
    run.emit({
      kind: 'approval',
      step: 's3.1',
      request: run.snapshot().state.gates.get('s3.1')?.request ?? -1,
      role: null,
      decision: 'go',
      principal: 'rm@example.com',
      keyid: 'SHA256:rm',
      via: 'inbox',
      envelope: '{}',
    })
    expect(shown()).toContain('rm@example.com  GO')
    expect(shown()).toContain('any 1 signer  no answer yet')
  })
})

test('a message gives way to what is needed now after a while, and not while it may still be read', async () => {
  const { screen } = await walkAt('1.1')
  const { needed } = screen
  const told = screen.press('r').needed
  expect(told).not.toBe(needed)
  clock.pass(14_000)
  expect(screen.tick().needed).toBe(told)
  clock.pass(2000)
  expect(screen.tick().needed).toBe(needed)
})
