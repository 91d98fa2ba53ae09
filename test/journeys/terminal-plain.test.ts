import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { begin, type Demo, lacking, openDemo } from '../helpers/demo.ts'
import type { Tmux } from '../helpers/tmux.ts'
import type { JournalLine } from '../helpers/world/transcript-folder.ts'

/** The demo from its first step to its seal, by words and by keys: scenarios 35 and 37 of the acceptance table. */
describe.skipIf(lacking !== null)(`by words${lacking === null ? '' : `, skipped: ${lacking}`}`, () => {
  let demo: Demo
  beforeEach(async () => {
    demo = await openDemo()
  })
  afterEach(() => demo.close())

  test('35: the whole demo by words prints sentences and nothing but, and its journal is the one of the full screen', async () => {
    const env = { TOKEN: 'a-token-of-the-registry', DRAIN_SECONDS: '1' }
    const plain = await demo.terminal({ columns: 100, rows: 40 }, { ...env, ACCESSIBLE: '1' })
    const full = await demo.terminal({ columns: 100, rows: 40 }, env)
    await byWords(plain)
    expect(await plain.ended()).toBe(0)
    demo.remove('smoked')
    await byKeys(full)
    expect(await full.ended()).toBe(0)

    const bytes = await plain.bytes()
    const walked = bytes.slice(bytes.indexOf('Step 1.1, Look around'), bytes.indexOf('Run passed'))
    // The interactive step has the terminal to itself, and draws as it likes.
    const ours = walked.replace(/Step 2\.5 has the terminal[\s\S]*?Step 2\.5 passed/, '')
    expect(ours).not.toMatch(/\u001b(?!\[[0-9;]*m)/)
    expect(ours).not.toMatch(/\r(?!\r*\n)/)
    expect(ours).not.toMatch(/[\u2500-\u257f]/)
    for (const change of [
      /Step 1\.1 passed/,
      /Step 1\.4 confirmed/,
      /"green" chosen/,
      /Step 2\.2 failed, exit 1/,
      /attempt 2/,
    ])
      expect(ours).toMatch(change)
    expect(storyOf(demo.world.transcript('v1').lines())).toEqual(storyOf(demo.world.transcript('v2').lines()))
    for (const release of ['v1', 'v2'])
      expect(await demo.world.signoff(['verify', demo.world.transcript(release).folder])).toMatchObject({ exitCode: 0 })
  }, 240_000)

  test('37: without a terminal everything that is missing is listed with its place and its flag, and nothing is run', async () => {
    const { exitCode, stdout, stderr } = await demo.world.signoff(['run', 'demo.md', '--release', 'v1'])
    expect(exitCode).toBe(20)
    expect(stdout).toBe('')
    expect(stderr).not.toContain('\u001b')
    expect(stderr).toMatch(/^demo\.md:\d+:\d+ version.*--set version=VALUE$/m)
    expect(stderr).toMatch(/^demo\.md:\d+:\d+ TOKEN.*--secret/m)
    expect(stderr).toMatch(/^demo\.md:\d+:\d+ 1\.3 On-call channel was told: --answers FILE/m)
    expect(stderr).toMatch(/^demo\.md:\d+:\d+ 2\.1 .*--confirm 2\.1=/m)
    expect(stderr).toMatch(/^demo\.md:\d+:1 3\.2 GO \/ NO-GO: still to come, by signoff approve$/m)
    expect(stderr).not.toContain('?')
    expect(demo.has('.signoff/transcripts/v1')).toBe(false)
  })

  async function byWords(terminal: Tmux): Promise<void> {
    const say = (question: RegExp, line: string): Promise<void> => terminal.answer(question, { text: line }, 'Enter')
    await terminal.command('signoff run demo.md --release v1 --set version=1.2.3')
    await begin(terminal)
    await say(/Step 1\.1, [\s\S]*An empty line runs it too/, 'run')
    await say(/Step 1\.2, [\s\S]*An empty line runs it too/, 'run')
    await say(/Step 1\.3, [\s\S]*An empty line does not confirm/, 'tick')
    await say(/Step 1\.4, [\s\S]*or "cannot"/, 'check')
    await say(/--- output of 1\.4 ends[\s\S]*or "cannot"/, 'value 2 s')
    await say(/Type "choose" and 1 or 2/, 'choose 2')
    await say(/Step 1\.5\.1b\.1, [\s\S]*An empty line runs it too/, 'run')
    await say(/Step 1\.6, [\s\S]*does not run it/, 'run')
    await say(/Type "yes" to run/, 'yes')
    await say(/Step 2\.1, [\s\S]*Type "production v1" to run it/, 'production v1')
    await say(/Step 2\.2, [\s\S]*Type "production v1" to run it/, 'production v1')
    await say(/It has failed\./, 'retry once more')
    await say(/Step 2\.2: to be run again[\s\S]*Type "production v1" to run it/, 'production v1')
    await say(/Step 2\.3, [\s\S]*Type "production v1" to run it/, 'production v1')
    await say(/Waiting until [\s\S]*"wait" ends or extends it/, 'wait all is calm')
    await say(/Type "production v1" to end the wait early/, 'production v1')
    await say(/Step 2\.5, [\s\S]*An empty line runs it too/, 'run')
    await interactive(terminal)
    await say(/Step 2\.6, [\s\S]*Type "fill" to fill in the form/, 'fill')
    await say(/Known issues\?/, 'none')
    await say(/keep this form/, 'yes')
    await say(/Step 3\.1, [\s\S]*or "cannot"/, 'value 0.2 %')
    await terminal.until(/nothing typed here opens a gate/)
    await approve('v1')
    await terminal.until(/Run passed/, 30_000)
  }

  async function byKeys(terminal: Tmux): Promise<void> {
    const phrase = (): Promise<void> => terminal.answer(/Type {2}production v2/, { text: 'production v2' }, 'Enter')
    await terminal.command('signoff run demo.md --release v2 --set version=1.2.3')
    await begin(terminal)
    await terminal.answer(/READY {2}1\.1/, 'Enter')
    await terminal.answer(/READY {2}1\.2/, 'Enter')
    await terminal.answer(/NEEDS YOU {2}1\.3/, 'Space')
    await terminal.answer(/NEEDS YOU {2}1\.4/, 'u')
    await terminal.until(/output of 1\.4[\s\S]*^2 s$/m)
    await terminal.answer(/NEEDS YOU {2}1\.4/, 'Space')
    await terminal.answer(/What was observed/, { text: '2 s' }, 'Enter')
    await terminal.answer(/NEEDS YOU {2}1\.5\.1/, '2')
    await terminal.answer(/Enter takes 2/, 'Enter')
    await terminal.answer(/READY {2}1\.5\.1b\.1/, 'Enter')
    await terminal.answer(/READY {2}1\.6/, 'Enter')
    await terminal.answer(/y: run/, 'y')
    await terminal.answer(/Phase 1 Prepare complete/, 'Enter')
    await terminal.answer(/READY {2}2\.1/, 'Enter')
    await phrase()
    await terminal.answer(/READY {2}2\.2/, 'Enter')
    await phrase()
    await terminal.answer(/FAILED.*2\.2/, 'r')
    await terminal.answer(/Reason/, { text: 'once more' }, 'Enter')
    await terminal.answer(/READY {2}2\.2/, 'Enter')
    await phrase()
    await terminal.answer(/READY {2}2\.3/, 'Enter')
    await phrase()
    await terminal.answer(/WAITING {2}2\.4/, 't')
    await terminal.answer(/end it early/, '1')
    await terminal.answer(/Reason/, { text: 'all is calm' }, 'Enter')
    await phrase()
    await terminal.answer(/READY {2}2\.5/, 'Enter')
    await interactive(terminal)
    await terminal.answer(/NEEDS YOU {2}2\.6/, 'Enter')
    await terminal.answer(/Known issues/, { text: 'none' }, 'Enter')
    await terminal.answer(/keep this form/, 'y')
    await terminal.answer(/Phase 2 Production complete/, 'Enter')
    await terminal.answer(/NEEDS YOU {2}3\.1/, 'Space')
    await terminal.answer(/What was observed/, { text: '0.2 %' }, 'Enter')
    await terminal.asked(/NEEDS APPROVAL {2}3\.2/)
    await approve('v2')
    await terminal.answer(/FINISHED/, 'Enter')
  }

  /** Step 2.5 by itself: what is typed unseen, then a program that draws. */
  async function interactive(terminal: Tmux): Promise<void> {
    await terminal.until(/^Passphrase:/m)
    await terminal.type('s3cr3t-word')
    await terminal.press('Enter')
    await terminal.until(/^11 characters|certificate 20/m)
    await terminal.until(/certificate 20/)
    await terminal.press('G')
    await terminal.until(/certificate 100/)
    await terminal.press('q')
  }

  async function approve(release: string): Promise<void> {
    for (const person of demo.world.approvers.values()) {
      await demo.world.signoffAs(person, ['approve', demo.world.transcript(release).run, '3.2', '--go'])
      // Two that wait in the inbox are taken in the order of their names, which are those of random keys.
      const taken = () => demo.world.transcript(release).ofKind('approval')
      await expect
        .poll(taken, { timeout: 60_000 })
        .toContainEqual(expect.objectContaining({ principal: person.principal }))
    }
  }
})

/** Lines of which there are as many as the time allows: output in pieces, and what a wait polls. */
const BY_TIME = /^(?:output|output\.end|output\.resize|step\.left)$/

/** What is in a journal but for times, ids, salts and places: the same for whoever walks it the same way. */
function storyOf(lines: readonly JournalLine[]): unknown[] {
  const planned = lines.find(line => line.kind === 'run.plan')?.steps as {
    readonly id: string
    readonly kind: string
  }[]
  const waits = new Set(planned.filter(step => step.kind === 'wait').map(step => step.id))
  return lines
    .filter(line => !BY_TIME.test(line.kind))
    .filter(line => !(/^step\./.test(line.kind) && waits.has(String(line.step))))
    .map(line => {
      const { kind, step, answer, observed, reason, option, name, value, fields, attempt, result, exit } = line
      const { principal, decision, script, text } = line
      return {
        kind,
        step,
        answer,
        observed,
        reason,
        option,
        name,
        value,
        fields,
        attempt,
        result,
        exit,
        principal,
        decision,
        script,
        text: kind === 'run.start' ? undefined : text,
      }
    })
    .map(line => JSON.parse(JSON.stringify(line).replaceAll('v2', 'v1')) as unknown)
}
