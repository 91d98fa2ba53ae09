import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PlanSchema } from '../../src/model/index.ts'
import { parseRunbook, toPlan } from '../../src/parser/index.ts'
import { read } from './helpers/parse.ts'
import { expectSound, lostIn } from './helpers/sound.ts'

const PIECES = [
  '# Title',
  '## Phase 1: Build',
  '## Phase 2: Production',
  '### 2.1 Rollback',
  '## Appendix',
  '## Option A: x',
  '## If needed: y',
  '```bash',
  '```',
  '~~~',
  '```markdown',
  '````',
  '---',
  '<!-- signoff gate approvers="A + B" -->',
  '<!--',
  '-->',
  '<details>',
  '<summary>Details</summary>',
  '**Owner**: A + B',
  '**Duration**: 1-2 hours',
  '**Rollback Plan**:',
  '**For Docker**:',
  '**For Vercel**:',
  '**Success Criteria**: p95 < 3 ms',
  '**Decision**: GO / NO-GO',
  '**Template**:',
  '**If needed**:',
  '- [ ] Check `kubectl get pods`',
  '- [x] done (if applicable)',
  '  - [ ] below',
  '1. Do it:',
  '   ```bash',
  '   deploy <org> $NAME',
  '   ```',
  '1. If a: b',
  '2. If c: d',
  '# Option 1: a',
  '# Option 2: b',
  '# Or by hand',
  '# 1. Build',
  'deploy --to <place> --tag v1.2.3',
  'ssh host',
  'cat <<EOF',
  'EOF',
  '$ ls',
  'output',
  'if true; then',
  "echo '",
  'export A=1',
  'A=1',
  'See Rollback',
  'Wait 10 minutes',
  'STOP',
  '| Check | Expected |',
  '|---|---|',
  '| up | < 1 % |',
  'Key: [value]',
  '\t- tab',
  '> quote',
  '> - [ ] quoted',
  'â†’',
  '[x]: y',
  '&amp;',
  '{{name}}',
  '{% if a %}',
  '',
]
/** Lines at random seldom close a fence, so whole blocks stand among them. */
const BLOCKS = [
  '```bash\ndeploy <org> --to "$PLACE"\n```',
  '```sh\n# 1. Build\nmake build\n\n# 2. Push\ngit push\n```',
  '```console\n$ kubectl get pods\nNAME READY\n$ make test\n```',
  '1. Deploy:\n\n   ```bash\n   cat <<EOF\n     two\n\n   EOF\n   ```\n2. Look',
  '> ```bash\n> make quoted\n> ```',
  '```bash\n# Option 1: a\nmake a\n\n# Option 2: b\nmake b\n```',
  '```\nls -la\n```',
  '## Phase 3: Undo\n\n### Rollback\n\n```bash\nkubectl rollout undo d/a\n```',
  '## Clean up\n\n```bash\nmake tidy\n```',
  '## Appendix\n\n```bash\nmake look\n```',
]
const markdown = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...PIECES) },
      { weight: 3, arbitrary: fc.constantFrom(...BLOCKS.map(block => `\n${block}\n`)) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
    ),
    { maxLength: 40 },
  )
  .map(lines => lines.join('\n'))
  // A NUL, a lone surrogate or a lone carriage return makes the file no text, which other tests hold.
  .map(text => text.replaceAll(/[\0\r]/g, '').toWellFormed())

const RUNS = { numRuns: 300 }

describe('any text', { timeout: 60_000 }, () => {
  test('any bytes parse without a throw, into a plan that keeps to its schema', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 400 }),
          markdown.map(text => new TextEncoder().encode(text)),
        ),
        bytes => {
          const { runbook, diagnostics } = parseRunbook(bytes, 'any.md')
          PlanSchema.parse(toPlan(runbook, diagnostics))
        },
      ),
      RUNS,
    )
  })

  test('the text is kept byte for byte, with its mark and its line ends', () => {
    fc.assert(
      fc.property(markdown, text => {
        const bytes = new TextEncoder().encode(`\uFEFF# x\r\n${text}\r\n`)
        expect(new TextEncoder().encode(read(bytes).runbook.source)).toEqual(bytes)
      }),
      { numRuns: 50 },
    )
  })

  test('places lie inside the file', () => {
    fc.assert(
      fc.property(markdown, text => {
        const { runbook, diagnostics, steps } = read(text)
        const lines = text.split(/\r\n|\n|\r/)
        const last = Math.max(1, lines.length)
        for (const step of steps) {
          expect(step.line).toBeGreaterThanOrEqual(1)
          expect(step.endLine).toBeGreaterThanOrEqual(step.line)
          expect(step.endLine).toBeLessThanOrEqual(last)
        }
        const places = [...diagnostics, ...runbook.parameters.flatMap(one => one.uses)]
        for (const { line, column } of places) {
          expect(line).toBeLessThanOrEqual(last)
          expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1)
        }
      }),
      RUNS,
    )
  })

  test('ids and positions are unique, no step is in two flows, and flows hold only steps', () => {
    fc.assert(
      fc.property(markdown, text => {
        const { runbook, steps } = read(text)
        const ids = steps.map(step => step.id)
        expect(new Set(ids).size).toBe(ids.length)
        for (const id of ids) expect(id).toMatch(/^[a-z0-9.-]{1,80}$/)
        const positions = steps.map(step => step.position)
        expect(new Set(positions).size).toBe(positions.length)
        const flows = [...runbook.flows.main, ...runbook.flows.recovery.flatMap(flow => flow.steps)]
        expect(new Set(flows).size).toBe(flows.length)
        for (const id of flows) expect(ids).toContain(id)
      }),
      RUNS,
    )
  })

  test('nothing of a recovery, cleanup or reference section is in the main flow', () => {
    fc.assert(
      fc.property(markdown, text => {
        const { runbook, sections } = read(text)
        const outside = sections
          .filter(one => ['recovery', 'cleanup', 'reference'].includes(one.role))
          .flatMap(one => one.steps)
        for (const step of outside) expect(runbook.flows.main).not.toContain(step.id)
      }),
      RUNS,
    )
  })

  test('each fence and each box is a step or a finding', () => {
    fc.assert(
      fc.property(markdown, text => {
        expect(lostIn(read(text))).toEqual([])
      }),
      RUNS,
    )
  })

  test('the lines of a script are lines of its step, and the plan is sound', () => {
    fc.assert(
      fc.property(markdown, text => {
        expectSound(text)
      }),
      RUNS,
    )
  })

  test('CRLF gives the plan of LF, and a final newline changes nothing', () => {
    const plan = (text: string) => {
      const { runbook, diagnostics } = read(text)
      return toPlan({ ...runbook, sha256: '0'.repeat(64) }, diagnostics)
    }
    fc.assert(
      fc.property(markdown, text => {
        const unix = text.replaceAll('\r', '')
        expect(plan(unix.replaceAll('\n', '\r\n'))).toEqual(plan(unix))
        const bare = unix.replace(/\n+$/, '')
        expect(plan(`${bare}\n`)).toEqual(plan(bare))
      }),
      { numRuns: 150 },
    )
  })
})
