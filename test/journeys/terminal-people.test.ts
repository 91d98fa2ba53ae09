import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Demo, lacking, openDemo } from '../helpers/demo.ts'
import type { Tmux } from '../helpers/tmux.ts'
import { makePerson, type Person } from '../helpers/world/keys.ts'
import { type RequestFile, signPlainly } from '../helpers/world/sign-plainly.ts'

const inboxOf = (demo: Demo) => join(demo.world.repository.clone, '.signoff/inbox', demo.run())

/** What takes time, other people, or the way back: scenarios 14 and 22 to 27 of the acceptance table. */
describe.skipIf(lacking !== null)(
  `waits, gates and ways back${lacking === null ? '' : `, skipped: ${lacking}`}`,
  () => {
    let demo: Demo
    let terminal: Tmux
    beforeEach(async () => {
      demo = await openDemo()
      terminal = await demo.terminal()
    })
    afterEach(() => demo.close())

    const enterPhrase = (): Promise<void> =>
      terminal.answer(/Type {2}production v1/, { text: 'production v1' }, 'Enter')

    test('14: a skip takes a reason, and the transcript has it', async () => {
      await demo.walk(terminal, '--from 1.1')
      await terminal.answer(/READY {2}1\.1/, 's')
      await terminal.answer(/Reason/, 'Enter')
      await terminal.until(/reason needed/)
      await terminal.answer(/Reason/, { text: 'seen an hour ago' }, 'Enter')
      await terminal.answer(/1\.1 .*skipped/, 'T')
      await terminal.until(/1\.1 skipped by operator@localhost: seen an hour ago/)
    })

    test('22: a wait that is cut short takes a reason and the phrase; a failing check needs a person while the time runs on', async () => {
      await demo.walk(terminal, '--from 2.4')
      await terminal.asked(/2\.4.*left/)
      demo.remove('healthy')
      await terminal.asked(/NEEDS YOU {2}2\.4/)
      demo.write('healthy', 'yes\n')
      await terminal.answer(/WAITING {2}2\.4/, 't')
      await terminal.answer(/end it early/, '1')
      await terminal.answer(/Reason/, 'Enter')
      await terminal.until(/reason needed/)
      await terminal.answer(/Reason/, { text: 'all is calm' }, 'Enter')
      await enterPhrase()
      await terminal.answer(/2\.5[\s\S]*\? all keys/, 'T')
      await terminal.until(/2\.4: continued early with 1 minute/)
      expect(demo.journal().find(line => line.kind === 'wait.end')).toMatchObject({
        how: 'early',
        reason: 'all is calm',
      })
    })

    test('23: a gate opens by two people who are listed, and by nobody else', async () => {
      const stranger = await makePerson(`${demo.world.root}/keys`, 'stranger@localhost')
      // Listed as somebody who may approve, and still the one who operates this run.
      demo.mayApprove(demo.world.operator)
      await atGate()
      await terminal.press('Enter')
      await terminal.until(/nobody here opens a gate/)
      const approve = (person: Person) => demo.world.signoffAs(person, ['approve', demo.run(), '3.2', '--go'])
      const [first, second] = [...demo.world.approvers.values()]
      if (first === undefined || second === undefined) throw new Error('two approvers are needed')
      expect(await approve(demo.world.operator)).toMatchObject({
        exitCode: 6,
        stderr: expect.stringContaining('operator@localhost operates this run and cannot approve it'),
      })
      bring(signPlainly(demo.world.root, demo.world.operator, 'Release Manager', request()))
      await refused('operator')
      await terminal.until(/Refused +the operator’s own/)
      expect(await approve(stranger)).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining('names nobody for your key'),
      })
      bring(signPlainly(demo.world.root, stranger, 'Release Manager', request()))
      await refused('unlisted')
      expect(await approve(first)).toMatchObject({ exitCode: 0 })
      await terminal.until(/Release Manager {2}approver-1@localhost {2}GO/)
      await terminal.until(/1 of 2 signed, missing Platform Lead/)
      await terminal.until(/Platform Lead +approver-2@localhost {2}no answer yet/)
      expect(await approve(first)).toMatchObject({
        exitCode: 6,
        stderr: expect.stringContaining('has decided already'),
      })
      bring(signPlainly(demo.world.root, first, 'Release Manager', request()))
      await refused('duplicate')
      expect(await approve(second)).toMatchObject({ exitCode: 0 })
      await terminal.until(/FINISHED/)
      const approvals = demo.journal().filter(line => line.kind === 'approval')
      expect(approvals.map(line => line.principal)).toEqual(['approver-1@localhost', 'approver-2@localhost'])
    })

    test('24: a NO-GO stops here with ways on, and a run that ends there ends with 21', async () => {
      await atGate()
      const [first] = [...demo.world.approvers.values()]
      if (first === undefined) throw new Error('an approver is needed')
      const said = await demo.world.signoffAs(first, ['approve', demo.run(), '3.2', '--no-go', '--reason', 'too slow'])
      expect(said).toMatchObject({ exitCode: 0 })
      await terminal.asked(/NO-GO +3\.2/)
      await terminal.until(/NO-GO \d\d:\d\d, key verified\s+"too slow"/)
      await terminal.answer(/NO-GO +3\.2/, 'q')
      await terminal.answer(/end the run here/, await terminal.numberOf(/end the run here/))
      await terminal.answer(/Reason/, { text: 'not today' }, 'Enter')
      await terminal.until(/Decisions +1\s+3\.2 NO-GO "too slow" by approver-1@localhost, Release Manager/)
      await terminal.answer(/FINISHED/, 'Enter')
      expect(await terminal.ended()).toBe(21)
      const shown = await demo.world.signoff(['show', demo.run(), '--kind', 'approval'])
      expect(shown.stdout).toMatch(/NO-GO by approver-1@localhost as Release Manager, signed with SHA256:\S+: too slow/)
    })

    test('25: the last step of a phase is followed by its completion, and by nothing more until Enter', async () => {
      await demo.walk(terminal, '--from 1.6 --set version=1.2.3')
      await terminal.answer(/NEEDS YOU {2}1\.6/, 's')
      await terminal.answer(/Reason/, { text: 'tagged before' }, 'Enter')
      await terminal.asked(/Phase 1 Prepare complete/)
      await terminal.press('s')
      await terminal.asked(/Phase 1 Prepare complete/)
      expect(demo.kinds()).not.toContain('step.start')
      // Whoever leaves at that call finds it again: nobody has gone on from there.
      await terminal.answer(/Phase 1 Prepare complete/, 'q')
      await terminal.answer(/pause now/, '2')
      expect(await terminal.ended()).toBe(20)
      await terminal.command('clear -x; signoff resume')
      await terminal.asked(/Phase 1 Prepare complete/)
      await terminal.answer(/Phase 1 Prepare complete/, 'Enter')
      await terminal.asked(/READY {2}2\.1/)
    })

    test('26: the way back shows its plan and what has none, and ends with 22', async () => {
      const withToken = await demo.terminal(undefined, { TOKEN: 'a-token' })
      terminal = withToken
      await demo.walk(terminal, '--from 1.6 --set version=1.2.3')
      await terminal.answer(/READY {2}1\.6/, 'Enter')
      await terminal.answer(/y: run/, 'y')
      await terminal.answer(/Phase 1 Prepare complete/, 'Enter')
      await terminal.answer(/READY {2}2\.1/, 'x')
      await terminal.until(/2\.7\.1 Put the old image back/)
      await terminal.until(/NO WAY BACK {2}1\.6 Tag the image/)
      await terminal.answer(/Reason/, { text: 'a drill' }, 'Enter')
      await enterPhrase()
      await terminal.answer(/READY {2}2\.7\.1/, 'Enter')
      await enterPhrase()
      await terminal.answer(/FINISHED/, 'Enter')
      expect(demo.has('rolled-back')).toBe(true)
      expect(await terminal.ended()).toBe(22)
    })

    test('27: a pause ends with 20 and names resume; what was approved meanwhile counts, and ticks are kept', async () => {
      await demo.walk(terminal, '--from 3.1')
      await observe()
      await terminal.answer(/3\.2/, 'q')
      await terminal.answer(/pause now/, '2')
      await terminal.until(/signoff resume/)
      expect(await terminal.ended()).toBe(20)
      for (const person of demo.world.approvers.values())
        expect(await demo.world.signoffAs(person, ['approve', demo.run(), '3.2', '--go'])).toMatchObject({
          exitCode: 0,
        })
      await terminal.command('clear -x; signoff resume')
      await terminal.until(/GO signed by approver-\d@localhost|GO by approver|FINISHED/)
      await terminal.answer(/FINISHED/, 'Enter')
      expect(await terminal.ended()).toBe(0)
      expect(demo.journal().filter(line => line.kind === 'confirm')).toHaveLength(1)
    })

    const request = () => JSON.parse(readFileSync(join(inboxOf(demo), 'gate-3.2.request.json'), 'utf8')) as RequestFile

    /** Puts an answer into the inbox, as somebody would who does not ask `signoff approve` first. */
    function bring(envelope: object): void {
      writeFileSync(join(inboxOf(demo), 'x.new'), JSON.stringify(envelope))
      renameSync(join(inboxOf(demo), 'x.new'), join(inboxOf(demo), 'plain.approval.json'))
    }

    /** The run has refused an approval, and said why in its record. */
    async function refused(why: string): Promise<void> {
      await terminal.holds(() => demo.journal().some(line => line.kind === 'approval.refused' && line.why === why))
    }

    async function observe(): Promise<void> {
      await terminal.answer(/NEEDS YOU {2}3\.1/, 'Space')
      await terminal.answer(/What was observed/, { text: '0.2' }, 'Enter')
    }

    async function atGate(): Promise<void> {
      await demo.walk(terminal, '--from 3.1')
      await observe()
      await terminal.asked(/NEEDS APPROVAL {2}3\.2/)
    }
  },
)
