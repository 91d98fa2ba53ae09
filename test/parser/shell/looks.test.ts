import { describe, expect, test } from 'vitest'
import {
  bodyIsShell,
  commandShaped,
  lostContinuation,
  parseShell,
  shellLooking,
  transcriptOf,
  unfinishedIn,
} from '../../../src/parser/shell/index.ts'

describe('an untagged block', () => {
  test.each([
    'kubectl get pods\n',
    '# list\n./deploy.sh x',
    '$ git status\nOn branch main',
    'user@host:~$ ls',
    'A=1\nB=$(date)\nmake test',
    'sudo apt install x',
    'git clone <repo url>',
    'for f in *; do echo $f; done',
  ])('is shell: %j', text => expect(shellLooking(text)).toMatchObject({ shell: true }))

  test.each([
    '',
    '# only a title',
    '/milestone v1.2',
    'GET /healthz',
    'Successfully deployed',
    '{\n  "a": 1\n}',
    'NAME   READY\npod-1  1/1',
    'A=1\nB=2',
    'make sure that it works',
    'SELECT * FROM t;',
    'src/\n├── a\n└── b',
    '/home/x/file.txt',
    'http {\n  server {\n  }\n}',
    'key: value\nother: 1',
    'Hello team,\n\nwe deploy today.',
  ])('is text: %j', text => expect(shellLooking(text)).toMatchObject({ shell: false }))

  test('is answered with the reason', () => {
    expect(shellLooking('kubectl get pods').why).toBe('it begins with `kubectl`')
    expect(shellLooking('Dear team').why).toBe('`Dear` is no command that is known')
  })
})

describe('the body of a block that is tagged as shell', () => {
  test.each([
    'tool-nobody-knows blobs verify\ntool-nobody-knows blobs list',
    'A=1',
    '# a comment',
    'cat <<EOF\n- a list\n- of things\nEOF',
    'deploy --org <org>',
    "python3 - <<'PY'\nimport os\nprint(1)\nPY",
    'echo "\n| a | b |\n| c | d |\n"',
  ])('is shell: %j', text => expect(bodyIsShell(text)).toMatchObject({ shell: true }))

  test.each([
    ['- Push code to GitHub\n- Wait', 'it is a list'],
    ['1. Push code to GitHub\n2. Merge it', 'it is a list'],
    ['| a | b |\n|---|---|', 'it is a table'],
    ['src\n├── a\n└── b', 'it is a tree or a diagram'],
    ['2024-01-01 10:00:00 started\n2024-01-01 10:00:01 done', 'it is a log'],
    ['{\n  "a": [1, 2]\n}', 'it is JSON'],
    ['SELECT id FROM users\nWHERE id = 1;', 'it is SQL'],
    ['import os\n\ndef main():\n    print(1)', 'it is Python'],
    ['Go to the dashboard and press the big button.\nThen wait for the team to answer.', 'it is prose'],
    ['sum(rate(x[5m])) by (pod)', expect.stringMatching(/^it is no shell/)],
    [
      'resolver #9\n  domain   : intro.example.org\n  reach    : 0x3 (Reachable)',
      expect.stringMatching(/^it is no shell/),
    ],
    ["git show HEAD\n\ncommit 6d25 (main)\nAuthor: A B\n\n    don't", expect.stringMatching(/^it is no shell/)],
    ['', 'it is empty'],
  ])('is none: %j', (text, why) => expect(bodyIsShell(text)).toEqual({ shell: false, why }))
})

describe('a script with a mistake is a script, however much of it the mistake swallows', () => {
  test.each([
    ['a missing `fi`', 'if true; then\n  kubectl get pods'],
    ['a quote nobody closes', 'git pull\ngit commit -m "v1\ngit push\nmake deploy'],
    ['a quote in a word of the last line', "git fetch\ngit push\nThen tell the team: it's done"],
    ['a program of their own', 'ourctl deploy --env "prod'],
    ['a `done` too many', 'for x in a b; do\n  echo "$x"\ndone\ndone'],
    ['assignments', 'NAME="one\nexport OTHER=two\necho $NAME'],
    ['lines that go on', 'docker run \\\n  $IMAGE \\\n  "open'],
    [
      'a heredoc of prose',
      "cat > note.txt <<'EOF'\nDear all of you.\nWe are done here.\nAll is well.\nEOF\necho 'open",
    ],
  ])('%s', (_, text) => {
    expect(bodyIsShell(text)).toMatchObject({ shell: true })
    expect(parseShell(text).ok).toBe(false)
    expect(shellLooking(text)).toMatchObject({ shell: false })
  })
})

describe('inline code', () => {
  test.each([
    'curl https://staging-api.example.com/healthz',
    'git push --tags',
    'kubectl get pods -n <ns>',
    './deploy.sh',
    'scripts/x.sh',
    'NODE_ENV=test npm start',
    'make',
    'docker ps',
    'go get -u',
    'krel history --branch=release-1.xx',
    'sudo -i',
    'cat x | jq .',
    'npx foo bar',
  ])('`%s` has the shape of a command', text => expect(commandShaped(text)).toBe(true))

  test.each([
    'FEAT_ADMIN_PANEL=1',
    '/metrics/governance?orgId=<test-org>',
    'main',
    'vX.Y.Z',
    'production',
    'test-org',
    'test',
    'read',
    '--force',
    '.github/CODEOWNERS',
    'db:migrate',
    'feature/x',
    'src/a.ts',
    'make sure it works',
    'release-1.20',
    'https://x.org',
    '',
    '1',
    'true',
    'package.json',
    '@user',
    '#channel',
    'constructor x',
    'a && b',
  ])('`%s` has not', text => expect(commandShaped(text)).toBe(false))
})

describe('a transcript', () => {
  test('gives its commands, and what was seen', () => {
    expect(transcriptOf('$ git diff\n--- a\n+++ b\n\n$ git push \\\n  origin\nDone')).toEqual({
      script: 'git diff\n\ngit push \\\n  origin',
      expect: '--- a\n+++ b\nDone',
    })
  })

  test.each([
    ['user@host:~/x$ ls\na', 'ls', 'a'],
    ['[root@host ~]# ls\na', 'ls', 'a'],
    ['PS C:\\> Get-Item x', 'Get-Item x', ''],
    ['# kubectl get pods\nNAME READY', 'kubectl get pods', 'NAME READY'],
    ['# tell\n$ ls\n\n# more\n$ pwd', '# tell\nls\n\n# more\npwd', ''],
    ['$ cat <<EOF\n$ not a prompt\nEOF\nout', 'cat <<EOF\n$ not a prompt\nEOF', 'out'],
    ['$ a |\n> b\nout', 'a |\nb', 'out'],
    ['  $ ls  \nout', 'ls  ', 'out'],
  ])('%j', (text, script, expected) => expect(transcriptOf(text)).toEqual({ script, expect: expected }))

  test.each(['$KUBECTL apply', 'ls\npwd', '# a comment\nls', '# make it so\n# then this', 'echo $ a', '', '$'])(
    'is none: %j',
    text => expect(transcriptOf(text)).toBeNull(),
  )

  test.each(['a@one:~$ ls\nb@two:~$ ls', '$ psql\ndb=> select 1;', 'ls\nout\n$ pwd', '$ python\n>>> 1'])(
    'is mixed: %j',
    text => expect(transcriptOf(text)).toBe('mixed'),
  )
})

describe('an unfinished script', () => {
  test.each([
    'docker run ... x',
    'deploy --env staging|production|test',
    'deploy <staging|production>',
    'X=TODO',
    'make # TODO: name it',
    '# Blue-Green (TBD):\nmake',
    'echo $(( <n> + 1 ))',
    'echo `run <x>`',
    "echo $'<x>'",
    'run …',
    'run [a|b]',
    'grep "a|b|c" f\ndeploy a|b|c',
  ])('says so: %j', text => expect(unfinishedIn(text)).not.toBeNull())

  test.each([
    'go test ./...',
    'a | b | c',
    'echo "a|b|c"',
    'grep -E "a|b|c" f',
    'git diff a...b',
    'echo "wait..."',
    'echo "$(( 1 + 2 ))" <x>',
    'ls todo.txt',
    "awk -F'|' f",
  ])('is finished: %j', text => expect(unfinishedIn(text)).toBeNull())
})

test('a value that was cut off onto the next line is found', () => {
  const script = 'oc port-forward alertmanager-0 9093 -n\n    openshift-storage'
  const place = lostContinuation(script)
  expect(place && script.slice(place.start, place.end)).toBe('-n')
  expect(lostContinuation('oc get pods -n \\\n  x')).toBeNull()
  expect(lostContinuation('oc get pods -A\nls')).toBeNull()
})

describe('a parsed script', () => {
  test('lists the commands of pipes, lists, functions, substitutions and conditions, with their places', () => {
    const script = 'if a; then b | c; fi && (d; e "$(f x)")\ng() { h; }\nX=1 i \'j k\'l >m'
    const { commands, ok } = parseShell(script)
    expect(ok).toBe(true)
    expect(commands.map(({ words }) => words)).toEqual([
      ['a'],
      ['b'],
      ['c'],
      ['d'],
      ['e', '$(f x)'],
      ['f', 'x'],
      ['h'],
      ['i', 'j kl'],
    ])
    expect(commands.at(-1)?.assignments).toEqual(['X'])
    expect(commands.map(({ start, end }) => script.slice(start, end))).toContain('f x')
  })

  test('reads placeholders as words, and keeps its places', () => {
    const script = 'pnpm ops:check --org <staging-org> && ls'
    const { commands, ok } = parseShell(script)
    expect(ok).toBe(true)
    expect(commands.map(({ start, end }) => script.slice(start, end))).toEqual([
      'pnpm ops:check --org <staging-org>',
      'ls',
    ])
  })

  test('says where it stops to be shell', () => {
    expect(parseShell('ls\necho "open')).toMatchObject({ ok: false, error: { offset: 8 } })
  })
})
