import { describe, expect, test } from 'vitest'
import { calledPrograms } from '../../../src/parser/shell/index.ts'

const names = (script: string, shell: 'bash' | 'sh' | 'zsh' = 'bash'): string[] =>
  calledPrograms(script, shell).programs.map(({ name }) => name)

describe('a script calls', () => {
  test.each([
    [
      'what stands in pipes, conditions, loops and substitutions',
      'if a1 | b1; then x=$(c1 "$(d1)"); fi; for i in 1; do e1; done <(f1)',
      ['a1', 'b1', 'c1', 'd1', 'e1'],
    ],
    [
      'both a wrapper and what it starts',
      'sudo -u app env A=1 deploy; xargs -n1 rm1 < list; timeout 5 slow',
      ['sudo', 'env', 'deploy', 'xargs', 'rm1', 'timeout', 'slow'],
    ],
    ['what a shell is handed as text', "bash -c 'inner --now | other'", ['bash', 'inner', 'other']],
    [
      'paths, as they are written',
      './run.sh && /opt/tool/bin/x && scripts/y && ~/bin/z',
      ['./run.sh', '/opt/tool/bin/x', 'scripts/y', '~/bin/z'],
    ],
    ['what an alias stands for', "alias k='kubectl -n app'; k get pods", ['kubectl', 'k']],
  ])('%s', (_, script, expected) => expect(names(script)).toEqual(expect.arrayContaining(expected)))

  test.each([
    [
      'builtins and words of the grammar',
      'cd x; [[ -e y ]] && { export A=1; echo $A; } || ! true; read -r z; [ 1 = 1 ]',
    ],
    ['functions of its own', 'deploy() { echo "$1"; }; deploy now'],
    [
      'what is only known when it runs',
      '"$TOOL" x; $(which_one) y; ${A}b z; <cmd> w'.replace('$(which_one)', '$PICKED'),
    ],
    [
      'data: heredocs, quotes, arguments, comments, assignments',
      'A=tool1; echo "tool2; tool3" # tool4\ncd <<X\ntool5\nX',
    ],
  ])('nothing for %s', (_, script) => expect(names(script)).toEqual([]))

  test.each([
    ['another machine', "ssh web-1 'systemctl restart app'", ['ssh']],
    ['a container', 'docker exec app rails db:migrate; kubectl exec pod -- psql', ['docker', 'kubectl']],
    ['a package', 'npx cowsay hi; pnpm exec tsc', ['npx', 'pnpm']],
    ['a container, as root', 'sudo docker exec app migrate', ['sudo', 'docker']],
  ])('what reaches %s, and not what runs there', (_, script, expected) =>
    expect(names(script).sort()).toEqual(expected.sort()),
  )
})

test('builtins of zsh are none of bash', () => {
  expect(names('print -l x; setopt y', 'zsh')).toEqual([])
  expect(names('print -l x', 'bash')).toEqual(['print'])
})

test('it is said what a script defines, looks for, may bring, and whether it goes elsewhere', () => {
  const of = (script: string) => calledPrograms(script, 'bash')
  expect(of("f() { :; }; alias g='h'").defines).toEqual(['f', 'g'])
  expect(of('if command -v jq >/dev/null; then jq .; fi; which yq').looksFor).toEqual(['jq', 'yq'])
  expect(of('. ./env.sh').mayBring).toBe(true)
  expect(of('export PATH=$PATH:/opt/bin').mayBring).toBe(true)
  expect(of('echo PATH').mayBring).toBe(false)
  expect(of('cd app && ls').moves).toBe(true)
  expect(of('echo "cd app"').moves).toBe(false)
})

test('a program is placed where it is called first', () => {
  const script = '# comment\necho x\n  jq . < a\njq . < b\n'
  expect(calledPrograms(script, 'bash').programs).toEqual([{ name: 'jq', offset: script.indexOf('jq') }])
})
