import { expect, test } from 'vitest'
import { stepsOf } from '../../src/model/index.ts'
import { parseRunbook } from '../../src/parser/index.ts'

const block = (...lines: string[]): string => ['```bash', ...lines, '```', ''].join('\n')

/** What each script of a page is asked for, by position, and what is said of it. */
function asked(text: string) {
  const { runbook, diagnostics } = parseRunbook(Buffer.from(text), 'page.md')
  const needs = stepsOf(runbook).flatMap(({ position, script, needs }) => (script === null ? [] : [[position, needs]]))
  const said = diagnostics.filter(({ code }) => code === 'SO020').map(({ line, message }) => `${line}: ${message}`)
  return { needs: Object.fromEntries(needs), said }
}

test('a way back finds what the main flow exported before it, and is asked for what it set without export', () => {
  const text = [
    '# Deploy\n\n## 1. Deploy\n',
    block('NS=prod', 'export DIR=/srv REGION', 'declare -x KIND=web', 'deploy -n "$NS" "$DIR"'),
    '## Rollback\n',
    block('LAST=v1', 'undeploy -n "$NS" "$DIR" "$KIND" "$LAST"'),
    block('tidy "$LAST"'),
  ].join('\n')
  expect(asked(text)).toEqual({
    needs: { '1.1': [], 'rollback.1': ['NS'], 'rollback.2': [] },
    said: [
      '16: $NS is set in line 6 without export, and a way back takes over only what was exported: its value is asked',
    ],
  })
})

test('what only a way back sets is asked in the main flow, also behind it', () => {
  const text = [
    '# Deploy\n\n## 1. Deploy\n',
    block('deploy'),
    '## Rollback\n',
    block('export OLD=/srv/old', 'undeploy'),
    '## 2. Clean\n',
    block('rm -rf "$OLD/cache"'),
  ].join('\n')
  expect(asked(text)).toEqual({
    needs: { '1.1': [], 'rollback.1': [], '2.1': ['OLD'] },
    said: ['19: $OLD is set in line 12, which is not walked before it: its value is asked'],
  })
})

test('a section of a catalog finds nothing that its neighbours set', () => {
  const text = [
    '---\nsignoff: { mode: catalog }\n---\n# Alerts\n\n## Disk full\n',
    block('DIR=/var/log/app', 'rm -f "$DIR"/*.gz'),
    '## Memory high\n',
    block('rm -rf "$DIR/tmp"'),
  ].join('\n')
  expect(asked(text).needs).toEqual({ '1.1': [], '2.1': ['DIR'] })
})

test('an option finds nothing that another option of its choice sets; what is common behind both does', () => {
  const text = [
    '# Deploy\n\n## 1. Deploy\n',
    '**Option 1: Helm**\n',
    block('KIND=chart', 'helm upgrade api ./chart'),
    '**Option 2: kubectl**\n',
    block('kubectl apply -f "$KIND.yaml"'),
    '## 2. Check\n',
    block('check "$KIND"'),
  ].join('\n')
  expect(asked(text).needs).toEqual({ '1.1a.1': [], '1.1b.1': ['KIND'], '2.1': [] })
})

test('a task of a file of tasks finds what the tasks that it requires set, near and far', () => {
  const task = (name: string, requires: string, script: string): string =>
    `### ${name}\n\n${requires === '' ? '' : `Requires: ${requires}\n\n`}\`\`\`sh\n${script}\n\`\`\`\n`
  const text = [
    '# Project\n\n## Tasks\n',
    task('base', '', 'FAR=1'),
    task('build', 'base', 'NEAR=2'),
    task('deploy', 'build', 'deploy "$FAR" "$NEAR"'),
  ].join('\n')
  expect(Object.values(asked(text).needs).flat()).toEqual([])
})

test('a block of a shell that hands nothing on gives no variable to the next one', () => {
  const zsh =
    '# Deploy\n\n## 1. Deploy\n\n```zsh\nexport HOST=db1\n```\n\n```bash\npsql -h "$HOST" -c "select 1"\n```\n'
  expect(asked(zsh)).toEqual({
    needs: { '1.1': [], '1.2': ['HOST'] },
    said: ['10: $HOST is set in line 6 by a block whose shell hands nothing on to the next one: its value is asked'],
  })
  const tagged = zsh.replace('```zsh', '```sh')
  expect(asked(tagged).needs).toEqual({ '1.1': [], '1.2': [] })
  expect(asked(`---\nsignoff: { shell: sh }\n---\n${tagged}`).needs).toEqual({ '1.1': [], '1.2': ['HOST'] })
})

test('what every shell has is not asked; names that only look like it are', () => {
  const text = `# Deploy\n\n## 1. Deploy\n\n${block('scp "$HOME/app" "$SSH_USER@$HOST:" && echo "$HOSTNAME $SSH_AUTH_SOCK"')}`
  expect(asked(text).needs).toEqual({ '1.1': ['SSH_USER', 'HOST'] })
})
