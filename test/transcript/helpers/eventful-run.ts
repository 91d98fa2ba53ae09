import { createHash } from 'node:crypto'
import type { EventOf, RunEvent } from '../../../src/model/index.ts'
import * as run from './run.ts'

/** What a hostile script prints, or a hostile runbook says: everything that acts on a terminal, a parser, a shell or a page. */
export const HOSTILE = [
  '\u001b]0;owned\u0007\u001b]2;owned\u001b\\\u001b]52;c;b3duZWQ=\u0007\u009d0;owned\u009c',
  '\u001b[c\u001b[>c\u001b[=c\u001b[5n\u001b[6n\u001b[?6n\u001b[?996n\u001bZ\u0005\u001b[x\u001b[>q\u001b[?25$p\u001b[21t\u001b[18t',
  '\u001bP$qm\u001b\\\u001bP+q544e\u001b\\\u0090q#0\u009c\u001bXsos\u001b\\\u001b^pm\u001b\\\u001b_Gi=1;AAAA\u001b\\',
  '\u001b[?1000h\u001b[?1004h\u001b[?2004h\u001b[?1h\u001b=\u001b[>1u\u001b[>4;1m\u001b[?9001h\u001b[20h\u0007\u0007',
  '\u009b31m\u001b[3J\u001b[5i\u001b[4i\u001b[999999999b',
  '</script><script>alert(1)</script><img src=x onerror=alert(1)> ]]> &#27; &lt; --> <!-- ',
  '`$(touch owned)` \'"; touch owned; # ${HOME} %s %n \\u{1b} ````` ~~~ | a | [a](javascript:alert(1))',
  '\u202edesrever\u202c \u2066\u2069 \ufeff \u0000 \u007f \u0085 \u2028 \ufffe \uffff',
].join('\n')

const TITLES = { build: 'Build & <b>pack</b>', flip: `Flip ${HOSTILE.slice(0, 40)}` }

const PLAN: EventOf<'run.plan'> = {
  kind: 'run.plan',
  phases: [
    { id: 'one', position: '1', title: 'Build', role: 'main' },
    { id: 'two', position: '2', title: `Deploy <i>"now"</i> & then`, role: 'main' },
  ],
  steps: [
    run.planned('build', 'task', { position: '1.1', title: TITLES.build, phase: 'one' }),
    run.planned('look', 'confirmation', { position: '1.2', title: 'Look at it', phase: 'one' }),
    run.planned('skipped', 'task', { position: '1.3', title: 'Left out', phase: 'one' }),
    run.planned('flip', 'task', { position: '2.1', title: TITLES.flip, phase: 'two' }),
    run.planned('lost', 'task', { position: '2.2', title: 'Lost', phase: 'two' }),
    run.planned('soak', 'wait', { position: '2.3', title: 'Soak', phase: 'two' }),
    run.planned('never', 'manual', { position: '2.4', title: 'Never reached', phase: 'two' }),
    run.planned('undo', 'task', { position: '3.1', title: 'Undo', phase: null, flow: 'recovery', required: false }),
  ],
}

/** The lines of one attempt that prints `text` and ends with `exit`. */
export function attempt(
  step: string,
  number: number,
  text: string,
  exit: number,
  fd: 'out' | 'pty' = 'out',
): RunEvent[] {
  const bytes = Buffer.byteLength(text)
  const sha256 = createHash('sha256').update(text).digest('hex')
  const order = { step, attempt: number }
  const size: [number, number] | null = fd === 'pty' ? [100, 30] : null
  const half = Buffer.from(text)
    .subarray(0, Math.floor(bytes / 2))
    .toString()
    .replace(/\ufffd+$/, '')
  const rest = text.slice(half.length)
  const chunks = [half, rest].filter(piece => piece !== '')
  return [
    {
      kind: 'step.start',
      ...order,
      script: `echo ${step}\n`,
      shell: 'bash',
      cwd: '/repo',
      env: ['PATH'],
      size,
      timeoutMs: null,
      gates: [],
    },
    ...chunks.map(
      (piece, index): RunEvent => ({
        kind: 'output',
        ...order,
        fd,
        at: index === 0 ? 0 : Buffer.byteLength(half),
        text: piece,
      }),
    ),
    { kind: 'output.end', ...order, streams: [{ fd, bytes, sha256, kept: bytes, masked: 0, lost: 0 }] },
    {
      kind: 'step.end',
      ...order,
      outcome: 'exited',
      exit,
      signal: null,
      ms: 1500,
      result: exit === 0 ? 'passed' : 'failed',
      checks: [],
    },
  ]
}

/** A run in which something of everything happened: retried, edited, skipped, unknown, waited, interrupted, hostile, and failed. */
export function eventfulRun(): run.Writer {
  const writer = run.createWriter()
  const by = run.operator.principal
  writer.add(run.runStart(), PLAN)
  writer.add({ kind: 'param', name: 'org', value: 'acme <x>', masked: false, how: 'typed', by, source: null })
  writer.add({ kind: 'param', name: 'token', value: null, masked: true, how: 'typed', by, source: null })
  writer.add(...attempt('build', 1, 'compiling\nERROR: no space\n', 2))
  writer.add({
    kind: 'step.decide',
    step: 'build',
    attempt: 1,
    state: 'failed',
    choice: 'rerun',
    reason: 'made room',
    by,
  })
  writer.add({
    kind: 'step.edit',
    step: 'build',
    was: 'echo build\n',
    script: 'echo build -v\n',
    reason: 'say more',
    by,
  })
  writer.add(...attempt('build', 2, 'compiling\ndone\n', 0))
  writer.add({ ...run.confirm('look'), by })
  writer.add({ kind: 'step.skip', step: 'skipped', why: 'person', reason: 'not today', by })
  writer.add(...attempt('flip', 1, `${HOSTILE}\n\u001b[31mred\u001b[0m\r\n50%\r100%\r\n`, 1, 'pty'))
  writer.add({ kind: 'note', step: 'flip', text: `look here ${HOSTILE}`, by })
  writer.add({
    kind: 'step.decide',
    step: 'flip',
    attempt: 1,
    state: 'failed',
    choice: 'by-hand',
    reason: 'did it by hand',
    by,
  })
  writer.add({ kind: 'run.pause', reason: 'lunch', step: null, by })
  writer.add({
    kind: 'run.resume',
    head: writer.chain.summary().head,
    tornBytes: 0,
    tornSha256: null,
    gapMs: 3_600_000,
    operator: { principal: by, keyid: run.operator.keyid },
    attached: [],
    unknown: ['lost'],
  })
  const lost = attempt('lost', 1, 'half a\u0000line', 0).slice(0, -1)
  writer.add(...lost, {
    kind: 'step.end',
    step: 'lost',
    attempt: 1,
    outcome: 'unknown',
    exit: null,
    signal: null,
    ms: 10,
    result: 'unknown',
    checks: [],
  })
  writer.add({ kind: 'wait.start', step: 'soak', until: '2026-11-22T15:50:00.000Z', minMs: 60_000, reason: null })
  writer.add({ kind: 'wait.end', step: 'soak', how: 'early', leftMs: 1000, reason: 'quiet', by })
  writer.add({ kind: 'run.abort', reason: 'enough', by })
  writer.add({ kind: 'run.end', result: 'aborted', steps: { passed: 4, failed: 0, skipped: 1, unknown: 1, open: 1 } })
  return writer
}
