import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PLAIN_PEN, withSgr } from '../../../src/model/index.ts'
import { contrast, drawnColours, PANEL } from '../../../src/transcript/export/html/colours.ts'
import style from '../../../src/transcript/export/html/page.css?page'
import { MOST_OF_A_STRETCH } from '../../../src/transcript/export/html/recorded-run.ts'
import { addAddendum } from '../../../src/transcript/statements/addendum.ts'
import { withholdLine, withholdText } from '../../../src/transcript/verify/withhold.ts'
import { hasCommand } from '../../helpers/world/index.ts'
import { AFTERNOON_SIGNERS } from '../helpers/afternoon-run.ts'
import { afternoonPage, pageOf } from '../helpers/html-page.ts'
import * as run from '../helpers/run.ts'

const { page, report, journal, bundle } = await afternoonPage()
const content = /<main>.*<\/main>/s.exec(page)?.[0] ?? ''
const between = (text: string, from: string, to: string) =>
  text.slice(text.indexOf(from), text.indexOf(to, text.indexOf(from)))

async function pageWithOutput(text: string, piece = 100_000): Promise<string> {
  const writer = run.atGate()
  writer.add(await run.approvalOf(writer, run.manager, 'Release Manager'))
  writer.add(await run.approvalOf(writer, run.lead, 'Platform Lead'))
  const [start, , ...rest] = run.script('deploy', [6], text)
  const chunks = Array.from({ length: Math.ceil(text.length / piece) }, (_, i) =>
    text.slice(i * piece, (i + 1) * piece),
  )
  let at = 0
  writer.add(run.gateEnd([4, 5]), ...(start === undefined ? [] : [start]))
  for (const chunk of chunks) {
    writer.add({ kind: 'output', step: 'deploy', attempt: 1, fd: 'out', at, text: chunk })
    at += Buffer.byteLength(chunk)
  }
  writer.add(...rest)
  writer.add(run.runEnd(writer))
  return (await pageOf(writer.bytes(), await run.sealed(writer))).page
}

describe('the HTML export', () => {
  it('says before all else that it is derived, and from which seal', () => {
    expect(page).toContain(
      `<body>\n<p class="derived">Derived from the transcript, which is what is signed; seal sha256 ${report.seal?.sha256}.</p>`,
    )
  })

  it('says there, and in its title, what is wrong', async () => {
    const whole = await run.wholeRun()
    const unsealed = (await pageOf(whole.bytes(), null)).page
    expect(unsealed).toMatch(/<body>\n<p class="derived derived-odd">[^<]*NOT SEALED/)
    expect(unsealed).toMatch(/<title>[^<]*NOT SEALED/)
    const against = await pageOf(whole.bytes(), await run.sealed(whole), { policy: { requireApprovals: 3 } })
    expect(against.page).toMatch(/<body>\n<p class="derived derived-odd">[^<]*AGAINST POLICY/)
    expect(against.page).toContain('<b>exit 6</b>')
  })

  it('is the same bytes each time', async () => {
    expect((await afternoonPage()).page === page).toBe(true)
  })

  it('has its policy first of all, over exactly the one style sheet and the one script', () => {
    const sha256 = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    const sheets = [...page.matchAll(/<style>(.*?)<\/style>/gs)].map(([, text = '']) => text)
    const scripts = [...page.matchAll(/<script>(.*?)<\/script>/gs)].map(([, text = '']) => text)
    expect([sheets.length, scripts.length]).toEqual([1, 1])
    expect(page.split('\n').slice(0, 4)).toEqual([
      '<!doctype html>',
      '<html lang="en">',
      '<head>',
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${sha256(sheets[0] ?? '')}; script-src ${sha256(scripts[0] ?? '')}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'">`,
    ])
  })

  it('has no style or event attribute, and no address that leaves the page', () => {
    const tags = page.match(/<[a-z][^>]*>/g) ?? []
    expect(tags.length).toBeGreaterThan(300)
    expect(tags.filter(tag => /\s(style|on\w+|src|action|srcset|ping|formaction)\s*=/i.test(tag))).toEqual([])
    expect(tags.flatMap(tag => /\shref="([^"]*)"/.exec(tag)?.[1] ?? []).filter(to => !to.startsWith('#'))).toEqual([])
    expect(tags.filter(tag => /^<(link|base|iframe|object|embed|img|form|a href="h)/i.test(tag))).toEqual([])
  })

  it('has a target for each of its links, and no two with one name', () => {
    const named = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    const ids = new Set(named)
    expect(named.filter((id, at) => named.indexOf(id) !== at)).toEqual([])
    const links = [...page.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id)
    expect(links.filter(id => !ids.has(id))).toEqual([])
    expect(links).toContain('s-1.2.1')
    expect(links).toContain('L7')
  })

  it('tells the run: result, people, deviations, approvals, values, what was said after', () => {
    const told = content
      .replace(/<[^>]*>/g, '')
      .replaceAll('&quot;', '"')
      .replaceAll('&gt;', '>')
    for (const text of [
      'payments/RELEASE.md v1.4.2',
      'Passed',
      'production',
      'op@example.com, then eve@example.com',
      'op at bastion-2 (linux)',
      '2026-11-22 14:50:00',
      '10 h 57 min, of which 10 h paused',
      'Deviations 5',
      'Skipped by eve@example.com: marketing publishes on Monday',
      'error budget 18 % > 20: NOT met',
      'rm@example.comas Release Manager',
      'acme/payments:v1.4.2',
      'secret, not recorded',
      'The budget should have stopped this; see the post-mortem.',
      'Hand-over accepted by eve@example.com',
      'Resumed by op@example.com after 10 h',
      'by eve@example.com · 11-23 01:45:37 · 18 min 1 s · wait',
      '3 secrets masked in out',
      'signed with SHA256:',
      'marketing publishes on Monday',
      '- pg_dump payments > payments.dump',
      '+ pg_dump -h primary payments > payments.dump',
    ])
      expect(told.includes(text), text).toBe(true)
  })

  it('says who ran a script, and why an approver said no', async () => {
    const writer = run.atGate()
    const no = await run.approvalOf(writer, run.manager, 'Release Manager', statement => ({
      ...statement,
      predicate: { ...statement.predicate, decision: 'no-go', reason: 'the error budget is spent' },
    }))
    writer.add({ ...no, decision: 'no-go' }, run.gateEnd([4], 'no-go'))
    writer.add(run.runEnd(writer, 'no-go'))
    const { page: refused, report } = await pageOf(writer.bytes(), await run.sealed(writer))
    expect(report.findings.filter(({ exit }) => exit !== 0)).toEqual([])
    expect(refused.match(/<p class="quote">the error budget is spent<\/p>/g)).toHaveLength(2)
    expect(refused.includes('<b class="no-go">✖ NO-GO</b>')).toBe(true)
    expect(/<article[^>]*id="s-2.3".*?<p class="about">(.*?)<\/p>/s.exec(page)?.[1]).toContain(
      'by <b class="who">op@example.com</b>',
    )
  })

  it('shows the difference where the file of the runbook changed, and links to no timeline where there are no phases', async () => {
    const writer = run.createWriter()
    const diff = '- old <b>\n+ new'
    writer.add(
      run.runStart(),
      { kind: 'run.plan', phases: [], steps: [run.planned('tick', 'confirmation', { phase: null })] },
      { kind: 'runbook.changed', was: 'a'.repeat(64), now: null, diff, decision: 'keep', by: run.operator.principal },
    )
    const { page: changed } = await pageOf(writer.bytes(), null)
    expect(changed.includes('<pre class="script">\n- old &lt;b&gt;\n+ new</pre>')).toBe(true)
    expect(changed.includes('#timeline')).toBe(false)
    expect(changed.match(/id="steps"/g)).toHaveLength(1)
  })

  it('holds planned against actual of each phase in words', () => {
    const timeline = between(content, '<section id="timeline">', '</section>')
    expect(timeline.match(/class="tl-row"/g)).toHaveLength(2)
    expect(timeline).toContain('as planned <span class="dim">(planned 10 min to 15 min)</span>')
    expect(timeline).toContain('waiting for approval <b>17 min 4 s</b>')
    expect(timeline).toContain('paused <b>10 h</b>')
  })

  it('judges no time of a phase that has not ended, and calls none passed whose way back was', async () => {
    const by = run.operator.principal
    const [phase] = run.PLAN.phases
    if (phase === undefined) throw new Error('no phase')
    const steps = { passed: 1, failed: 0, skipped: 0, unknown: 0, open: 0 }
    const planned = { minMs: 3_600_000, maxMs: null }
    const writer = run.createWriter()
    writer.add(
      run.runStart(),
      run.PLAN,
      run.confirm('tell-support'),
      { kind: 'rollback.start', for: phase.id, of: null, steps: [], without: [], reason: 'broken', by },
      { kind: 'phase.end', phase: phase.id, result: 'passed', steps, ms: 1, planned, criteria: null, by: null },
    )
    const { page } = await pageOf(writer.bytes(), null)
    expect(page).toContain('not ended <span class="dim">(planned at least 1 h)</span>')
    expect(page).not.toContain('less than planned')
    expect(page).toContain(' · way back ended passed')
  })

  it('leads to the approvals, where there are any', async () => {
    expect(page).toContain('<li><a href="#approvals">Approvals</a></li>')
    const writer = run.createWriter()
    writer.add(run.runStart(), run.PLAN)
    expect((await pageOf(writer.bytes(), null)).page).not.toContain('#approvals')
  })

  it('has the sections of the runbook as headings, where the steps are those of a parser', async () => {
    const text = '# R\n\n## 1 One\n\n### 1.1 Before `it`\n\n- [ ] Tick\n'
    const runbook = { path: 'R.md', sha256: createHash('sha256').update(text).digest('hex'), gitBlob: null, text }
    const writer = run.createWriter()
    const tick = run.planned('before-it-tick', 'confirmation', {
      position: '1.1.1',
      title: 'Tick',
      phase: 'one',
      line: 7,
    })
    writer.add(run.runStart({ runbook }), { ...run.PLAN, steps: [tick] })
    expect((await pageOf(writer.bytes(), null)).page).toContain(
      '<h4><span class="pos">1.1</span> Before <code>it</code></h4>',
    )
  })

  it('of a copy says how many lines are withheld, and offers no command that such a copy cannot pass', async () => {
    const lines = journal.toString().trimEnd().split('\n')
    const seq = lines.findIndex(line => line.includes('"kind":"output"'))
    const copy = lines.map((line, at) => (at === seq ? withholdLine(line, 'names') : line))
    const said = { type: 'withhold', text: withholdText({ seqs: [seq], reason: 'names' }), atMs: 0 } as const
    const signersText = AFTERNOON_SIGNERS
    const { page: text } = await pageOf(
      Buffer.from(`${copy.join('\n')}\n`),
      await addAddendum(bundle, said, run.RUN, run.operator),
      { signersText },
    )
    expect(/<p class="derived[^>]*>(.*?)<\/p>/.exec(text)?.[1]).toContain('LINES WITHHELD: 1')
    expect(text.includes('connection to server at')).toBe(false)
    const commands = between(text, '<section id="by-hand">', '</section>')
    expect(commands).toContain('ssh-keygen -Y verify')
    expect(commands).not.toContain('sha256sum')
    expect(commands).toContain('CHECK.txt')
  })

  it('of more than 16 MiB of journal carries none of it, and says why', async () => {
    const text = await pageWithOutput('0123456789abcdef'.repeat(1_200_000), 900_000)
    expect(/<p id="check-answer" role="status">(.*?)<\/p>/.exec(text)?.[1]).toMatch(
      /^not checked: the journal has 1[89]\.\d MiB, and a page carries no more than 16 MiB; the commands below/,
    )
    expect(text.includes('id="data-journal"')).toBe(false)
    expect(text.includes('# in the folder of the transcript\n')).toBe(true)
    expect(text.length).toBeLessThan(500_000)
  })

  it('is under 150 kB beside its data', () => {
    const data = [...page.matchAll(/<script type="text\/plain"[^>]*>([^<]*)/g)].map(([, text = '']) => text.length)
    expect(page.length - data.reduce((a, b) => a + b)).toBeLessThan(150_000)
  })
})

describe('output on a page', () => {
  it('has its colours as classes of the style sheet, and never in the text', () => {
    const output = between(page, 'deployment.apps/payments image updated', '</article>')
    const classOf = (text: string) => new RegExp(`<span class="(o\\d+)">${text}</span>`).exec(page)?.[1]
    const rule = (text: string) => new RegExp(`\\.out \\.${classOf(text)}\\{([^}]*)\\}`).exec(page)?.[1]
    expect(rule('256: orange')).toBe('color:#ff8700')
    expect(rule('true: pink')).toBe('color:#ff69b4')
    expect(rule('italic, underlined')).toBe('font-style:italic;text-decoration:underline')
    expect(rule('colour 31')).toBe('color:#f07178')
    expect(rule('struck')).toBe('text-decoration:line-through')
    expect(rule('concealed')).toBe('outline:1px dotted')
    expect(output).toContain(
      '<span class="ctl">\\u{1b}</span>]8;;https://evil.example/<span class="ctl">\\u{7}</span>a link',
    )
    expect(output).toContain('<span class="ctl">\\u{202e}</span>desrever')
    expect(page.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)).toBeNull()
  })

  it('can always be read, whatever colours a program chose', () => {
    for (let text = 0; text < 256; text += 3) {
      for (let behind = 0; behind < 256; behind += 5) {
        for (const more of ['', ';1', ';2', ';7']) {
          const drawn = drawnColours(withSgr(PLAIN_PEN, `38;5;${text};48;5;${behind}${more}`))
          const ratio = contrast(drawn.text ?? PANEL.text, drawn.background ?? PANEL.background)
          expect(ratio, `${text} on ${behind}${more}`).toBeGreaterThanOrEqual(4.5)
        }
      }
    }
  })

  it('that is long is folded but for its end', () => {
    const output = between(page, 'Output <span>205 lines</span>', '</article>')
    expect(output).toContain('<details><summary>199 earlier lines</summary>')
    expect(output.indexOf('payments_198')).toBeLessThan(output.indexOf('</details>'))
    expect(output.indexOf('payments_199')).toBeGreaterThan(output.indexOf('</details>'))
  })

  it('of a terminal is what was drawn', () => {
    expect(page).toContain('Enter the code from your phone: ******')
    expect(page).not.toContain('working')
  })

  it('that is too long loses its middle, and says how much and where it is', async () => {
    const lines = Array.from({ length: 90_000 }, (_, at) => `line ${at} of a very long output that nobody reads`)
    const text = `${lines.join('\n')}\n`
    const long = await pageWithOutput(text)
    const shown = [...long.matchAll(/line (\d+) of a very long output that nobody reads/g)].map(([, at]) => Number(at))
    expect(shown[0]).toBe(0)
    expect(shown.at(-1)).toBe(89_999)
    expect(shown.length * 50).toBeLessThan(MOST_OF_A_STRETCH * 2.1)
    const [, left = '', from = '', to = ''] =
      /<span class="cut">([\d,]+) lines not shown here; the journal has all, lines (\d+) to (\d+)</.exec(long) ?? []
    expect(Number(left.replaceAll(',', '')) + shown.length).toBe(lines.length)
    expect(Number(to) - Number(from)).toBe(Math.ceil(text.length / 100_000) - 1)
    expect(long.includes('Output <span>90,000 lines, shown in part</span>')).toBe(true)
  })

  it('of one endless line is cut too', async () => {
    const long = await pageWithOutput('x'.repeat(900_000))
    expect(long.includes('1 line not shown here')).toBe(true)
    expect((long.match(/x{1000,}/g) ?? []).join('').length).toBe(2 * MOST_OF_A_STRETCH)
  })
})

describe('the colours of the page', () => {
  const tokens = (block: string) =>
    new Map([...block.matchAll(/--([a-z-]+):(#[0-9a-f]{6});/g)].map(([, name = '', colour = '']) => [name, colour]))
  const light = tokens(between(style, ':root', '}'))
  const dark = tokens(between(style, '@media (prefers-color-scheme:dark)', '}\n}'))
  const print = tokens(between(style, '@media print', '}'))

  it('have the contrast of AA in both schemes and on paper', () => {
    for (const [name, scheme] of Object.entries({
      light,
      dark: new Map([...light, ...dark]),
      print: new Map([...light, ...print]),
    })) {
      const of = (token: string) => scheme.get(token) ?? ''
      const pairs = [
        ...['text', 'dim', 'link', 'good', 'bad', 'odd', 'note'].flatMap(text => [
          [text, 'page'],
          [text, 'raised'],
        ]),
        ...['good', 'bad', 'odd'].map(text => [text, `${text}-back`]),
        ['text', 'found'],
      ]
      for (const [text = '', behind = ''] of pairs)
        expect(contrast(of(text), of(behind)), `${name}: ${text} on ${behind}`).toBeGreaterThanOrEqual(4.5)
      for (const bar of ['script', 'approval', 'wait', 'plan'])
        expect(contrast(of(bar), of('raised')), `${name}: ${bar}`).toBeGreaterThanOrEqual(3)
    }
  })
})

describe.skipIf(!['bash', 'ssh-keygen', 'sha256sum', 'sed'].every(hasCommand))('the commands on a page', () => {
  const commandsOf = (text: string) =>
    (/<section id="by-hand">.*?<pre class="script">\n(.*?)<\/pre>/s.exec(text)?.[1] ?? '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&')
  const answersOf = (text: string): string => {
    const folder = mkdtempSync(join(tmpdir(), 'signoff-page-'))
    try {
      writeFileSync(join(folder, 'page.html'), text)
      writeFileSync(join(folder, 'allowed_signers'), AFTERNOON_SIGNERS)
      writeFileSync(join(folder, 'check.sh'), `${commandsOf(text)}\nexit 0\n`)
      return execFileSync('bash', ['check.sh'], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  it('check all that it carries with ssh-keygen and coreutils, from the page alone', () => {
    expect(answersOf(page).split('\n')).toEqual([
      expect.stringMatching(/^Good "signoff-seal-v1" signature for eve@example.com /),
      '1',
      expect.stringMatching(/^Good "signoff-approval-v1" signature for rm@example.com /),
      expect.stringMatching(/^Good "signoff-approval-v1" signature for pl@example.com /),
      '1',
      '',
    ])
  })

  it('refuse a page whose evidence was changed', () => {
    const changed = Buffer.from(journal)
    const at = changed.indexOf('Tell support')
    changed.write('Tell nobody!', at)
    const text = page.replace(journal.toString('base64'), changed.toString('base64'))
    const answers = answersOf(text).split('\n')
    expect(answers[1]).toBe('0')
    expect(answers.some(line => line.startsWith('broken: '))).toBe(true)
    expect(bundle).toContain('payload')
  })

  it('quote a name that would be a command', async () => {
    const writer = run.createWriter()
    const name = "x'; touch pwned; $(touch pwned) `touch pwned` '"
    const signer = { ...run.operator, principal: name }
    writer.add(
      run.runStart({ operator: { principal: name, keyid: signer.keyid } }),
      { ...run.PLAN, steps: [run.planned('tell-support', 'confirmation')] },
      run.confirm('tell-support'),
    )
    writer.add(run.runEnd(writer))
    const odd = await pageOf(writer.bytes(), await run.sealed(writer, signer), {
      signersText: `"x'; touch pwned; $(touch pwned) \`touch pwned\` '" ${AFTERNOON_SIGNERS.split('\n')[0]?.replace('op@example.com ', '')}\n`,
    })
    const line =
      commandsOf(odd.page)
        .split('\n')
        .find(text => text.includes('-Y verify')) ?? ''
    const word = execFileSync('bash', ['-c', `set -- ${line.replace(/ -Overify-time.*/, '')}; printf %s "$7"`], {
      encoding: 'utf8',
    })
    expect(word).toBe(name)
  })
})
