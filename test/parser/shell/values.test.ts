import { describe, expect, test } from 'vitest'
import {
  findTextValues,
  findValues,
  isSecretName,
  literalSecretsIn,
  readsVariables,
  setsVariables,
  unfinishedIn,
} from '../../../src/parser/shell/index.ts'
import { enterValues } from '../../../src/runner/scripts/values.ts'

const names = (script: string): string[] => findValues(script).map(value => `${value.kind} ${value.name}`)

describe('placeholders', () => {
  test.each([
    ['deploy --org <staging-org>', 'staging-org', 'bare', true],
    ['deploy --org "<staging-org>"', 'staging-org', 'double', false],
    ["X='<value from alert>'", 'value-from-alert', 'single', false],
    ['cat <<EOF\n<name>\nEOF', 'name', 'heredoc', false],
    ["cat <<'EOF'\n<name>\nEOF", 'name', 'heredoc', false],
    ['deploy --org {{org}}', 'org', 'bare', false],
    ['deploy --org {{ org }}', 'org', 'bare', false],
    ['kubectl logs deploy/{service}-api', 'service', 'bare', false],
    ['git push origin feature/your-feature-name', 'your-feature-name', 'bare', false],
    ['export TOKEN=YOUR_TOKEN', 'YOUR_TOKEN', 'bare', false],
    ['echo "$(run <x-y>)"', 'x-y', 'bare', true],
    ['run \\<x-y\\>', 'x-y', 'bare', false],
    ['ssh <user name>@h', 'user-name', 'bare', true],
    // Names of HTML, addresses and marks: bare, bash would redirect.
    ['pg_restore --table <table>', 'table', 'bare', true],
    ['run <script> --fast', 'script', 'bare', true],
    ['git config user.email <you@acme.org>', 'you-acme.org', 'bare', true],
    ['deploy <1> --fast', '1', 'bare', true],
  ])('%s', (script, name, quoting, redirect) => {
    expect(findValues(script)).toMatchObject([{ name, kind: 'placeholder', quoting, redirect }])
  })

  test.each([
    'sort <in.txt >out.txt',
    'cat <<EOF\nx\nEOF',
    'diff <(a) <(b)',
    'echo "<div>text</div>"',
    'echo "<table>"',
    'echo "see List<String>, Map<String, Integer>"',
    "kubectl get po -o go-template='{{range .items}}{{.metadata.name}}{{end}}'",
    "docker inspect --format '{{ .State.Status }}' x",
    "docker ps --format '{{.Names}}'",
    'git stash pop stash@{upstream}',
    'curl -w "%{http_code}" localhost',
    "awk '{print}' file",
    'echo ${HOME} {a,b}',
    'find . -exec rm {} +',
    "kubectl get svc | grep '<none>'",
    'git commit --author "Kim <kim@acme.org>" -F m',
    'ls # <not-a-value>',
  ])('%s has none', script => {
    expect(findValues(script)).toEqual([])
  })

  test('lie exactly where they are written', () => {
    const script = 'a --org <staging-org> "{{x}}"'
    expect(findValues(script).map(({ start, end }) => script.slice(start, end))).toEqual(['<staging-org>', '{{x}}'])
  })
})

describe('variables from outside', () => {
  test.each([
    ['X=$DB_URL run', ['env DB_URL']],
    ['echo "${DB_URL}"', ['env DB_URL']],
    ['cat <<EOF\n$DB_URL\nEOF', ['env DB_URL']],
    ['echo ${DB_URL:?missing}', ['env DB_URL']],
    ['X=$X-2', ['env X']],
    ['export DB_URL; echo $DB_URL', ['env DB_URL']],
    ['A=1 run; echo $A', ['env A']],
    ['kubectl scale --replicas=$((COUNT * 2)) d/a', ['env COUNT']],
    ['for ((i = 0; i < COUNT; i++)); do echo $i; done', ['env COUNT']],
  ])('%s reads one', (script, expected) => {
    expect(names(script)).toEqual(expected)
  })

  test.each([
    'DB_URL=1; echo $DB_URL',
    'export DB_URL=1; echo $DB_URL',
    'read DB_URL; echo $DB_URL',
    'for i in a b; do echo $i; done',
    'while read -r line; do echo $line; done < f',
    'echo ${DB_URL:-none} ${DB_URL-none}',
    'source .env; echo $DB_URL',
    '. ./.env && echo $DB_URL',
    "echo '$DB_URL'",
    "cat <<'EOF'\n$DB_URL\nEOF",
    'echo $HOME $PATH $USER $? $1 $@ $RANDOM',
    'echo $SIGNOFF $SIGNOFF_RUN $SIGNOFF_STEP $SIGNOFF_ATTEMPT',
    'echo \\$DB_URL',
    'f() { local x=1; echo $x; }; f',
    'for ((i = 0; i < 3; i++)); do echo $i; done',
    'let n=1; ((n += 1)); ((tries++)); echo $n $tries',
    'while getopts ab o; do echo $o; done',
    'readarray -t lines < f; printf -v out x; echo $lines $out',
    'declare -A M; M[a]=b; echo ${M[a]}',
    'coproc P { ls; }; echo ${P[0]}',
  ])('%s reads none', script => {
    expect(names(script)).toEqual([])
  })

  test('and those that a script sets, or only sets', () => {
    expect(setsVariables('A=1\nexport B=2 C\nread D\nfor E in x; do :; done\nF=1 run\ndeclare -r G=1')).toEqual([
      'A',
      'B',
      'C',
      'D',
      'E',
      'G',
    ])
    expect(readsVariables('echo $A ${B:-x} $HOME')).toEqual(['A', 'B'])
  })
})

describe('samples', () => {
  test.each([
    ['curl https://api.example.com/healthz', ['literal api.example.com']],
    ['docker build -t x:v1.2.3 .', ['literal v1.2.3']],
    ['docker push x:1.2.3', ['literal 1.2.3']],
    ['git push origin v1.2.3', ['literal v1.2.3']],
    ['kubectl set image d/a a=r/x:v1.2.3 -n p', ['literal v1.2.3']],
    ['npm install x@v1.2.3', []],
    ['docker pull x:latest && kubectl get pods --namespace=production', []],
    ['export VERSION=vX.Y.Z', ['literal X.Y.Z']],
    ['export VERSION=vX.Y.0', ['literal X.Y']],
    ['krel history --branch release-1.xx', ['literal 1.xx']],
    ['run --since YYYY-MM-DD', ['literal YYYY-MM-DD']],
    ['psql --host [rds-hostname]', ['literal rds-hostname']],
    ['[ -f x ] && echo ${a[key]} file[ab].txt', ['env a']],
    ['oc debug node/NODE_NAME', ['literal NODE_NAME']],
    ['aws dynamodb create --billing-mode PAY_PER_REQUEST', []],
    ['gh secret set API_TOKEN', []],
    ['aws rds stop --id ${db-instance-name}', ['literal db-instance-name']],
    ['until [ "${told-}" = yes ]; do sleep 1; done', []],
    ['git checkout -b rc-2020-06-17 # CHANGE THIS DATE', ['literal 2020-06-17']],
    ['REGION=eu-west-1 # change this', ['literal REGION']],
    ['npm version 1.2.3', ['literal 1.2.3']],
    ['git tag 1.2.3', ['literal 1.2.3']],
    // The version of a chart is none of the release.
    ['helm upgrade x repo/y --version 1.2.3', []],
    ['aws ec2 start-instances --instance-ids i-xxxxxxxx', ['literal i-xxxxxxxx']],
    ['ssh 10.0.0.x', ['literal 10.0.0.x']],
    ['kubectl logs POD -n NAMESPACE', ['literal POD', 'literal NAMESPACE']],
    ['curl -X POST https://x; git merge HEAD', []],
  ])('%s', (script, expected) => {
    expect(names(script)).toEqual(expected)
  })

  test('the message of a commit has itself as default, wherever its option stands', () => {
    expect(findValues('git commit -am "fix: x"')).toMatchObject([
      { name: 'commit-message', default: 'fix: x', quoting: 'double', written: 'fix: x' },
    ])
    expect(findValues("git commit --message='fix: x'")).toMatchObject([{ name: 'commit-message', quoting: 'single' }])
    expect(findValues('git commit -m "release $V"').map(value => value.name)).toEqual(['V'])
    expect(findValues('git commit -m "release <tag>"').map(value => value.name)).toEqual(['tag'])
    expect(findValues('gh pr create --title "My change"')).toMatchObject([{ name: 'pr-title', default: 'My change' }])
  })
})

test('prose has placeholders and samples, and is never a redirection', () => {
  expect(findTextValues('Post "started for <release-tag>" on {{channel}} at example.com')).toMatchObject([
    { name: 'release-tag', kind: 'placeholder', redirect: false },
    { name: 'channel', kind: 'placeholder' },
    { name: 'example.com', kind: 'literal' },
  ])
  expect(findTextValues('P95 < 2000ms and > 80%, Error -> page, <b>bold</b>')).toEqual([])
})

test('secrets are told by their names', () => {
  for (const name of [
    'DB_PASSWORD',
    'api-token',
    'SUPABASE_STAGING_DB_URL',
    'DATABASE_URL',
    'apiKey',
    'SENTRY_DSN',
    'aws-secret',
    'GOOGLE_CREDENTIALS',
    'signing-key',
    'PGPASSWORD',
    'NPMTOKEN',
    'pass',
    'JWT',
    'SLACK_WEBHOOK_URL',
  ])
    expect([name, isSecretName(name)]).toEqual([name, true])
  for (const name of [
    'keyspace',
    'monkey',
    'staging-org',
    'BASE_URL',
    'tokenizer',
    'release-tag',
    'keyboard',
    'pass-rate',
    'path',
    'compass',
  ])
    expect([name, isSecretName(name)]).toEqual([name, false])
})

test.each([
  'curl -u admin:<x> https://h',
  'psql postgres://app:<x>@db/y',
  'mysql -u root -p<x> db',
  'redis-cli -h y -a <x> ping',
  'PGPASSWORD=<x> psql -c "select 1"',
])('a value that stands where a password stands is a secret: %s', script => {
  expect(findValues(script).map(({ name, secret }) => [name, secret])).toEqual([['x', true]])
})

test.each([
  ['deploy --env staging|production', 'alternatives: staging|production'],
  ['deploy [--fast] x', 'an optional part: [--fast]'],
  ['deploy <%= org %>', 'a template: <%= org %>'],
  ['deploy {% if x %}', 'a template: {% if x %}'],
  ['deploy {{ org | lower }}', 'a template: {{ org | lower }}'],
  ['deploy "{{ org | lower }}"', 'a template: {{ org | lower }}'],
  ['deploy "${{ secrets.ORG }}"', 'a template: ${{ secrets.ORG }}'],
  ['deploy <...> --fast', 'a template: <...>'],
  ['cat x|wc', null],
  ['ls *.log|xargs', null],
  ["docker ps --format '{{ .ID }} {{ .Names }}'", null],
  ['docker inspect -f {{.State}} x', null],
])('%s is %s', (script, why) => {
  expect(unfinishedIn(script)).toBe(why)
})

test.each([
  ['aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRf', 'wJalrXUtnFEMI/K7MDENG/bPxRf'],
  ['{"token": "abc123def456"}', 'abc123def456'],
  ['secretKey: "abc123def456"', 'abc123def456'],
  ['PGPASSWORD=hunter2 psql', 'hunter2'],
  ['login --password hunter2 --user x', 'hunter2'],
  ['sshpass -p hunter2 ssh x', 'hunter2'],
  ['redis-cli -h y -a hunter2 ping', 'hunter2'],
  ['mysql -u root -pS3cret99 db', 'S3cret99'],
  ['curl -s -u admin:S3cret99 https://x', 'S3cret99'],
  ['redis://:s3cr3tpw@h:6379', 's3cr3tpw'],
  ['curl -H "Authorization: Bearer abcdef1234567890abcd" x', 'abcdef1234567890abcd'],
  ["curl -H 'X-Api-Key: abcdef1234567890' x", 'abcdef1234567890'],
  ["ALTER USER x WITH PASSWORD 'hunter2'", 'hunter2'],
  ['echo "hunter2" | docker login -u x --password-stdin', 'hunter2'],
  [
    'https://hooks.slack.com/services/T00000000/B11111111/abcdefABCDEF1234567890',
    'T00000000/B11111111/abcdefABCDEF1234567890',
  ],
])('the secret in %s is %s', (text, secret) => {
  expect(literalSecretsIn(text).map(({ start, end }) => text.slice(start, end))).toEqual([secret])
})

test.each([
  'password: $PASS',
  'curl -u admin:$PASS https://x',
  'curl -H "Authorization: Bearer $TOKEN" x',
  'curl -H "Authorization: Bearer <token>" x',
  'https://user:<password>@host',
  'login --password "$PASSWORD" --token <token>',
  'token: v1.2.3',
  'password_file=/etc/x1',
  'TOKEN=$(get-token --v1)',
  'key: AKIAIOSFODNN7EXAMPLE',
  'mysql -p -u root1 db',
])('%s has none', text => {
  expect(literalSecretsIn(text)).toEqual([])
})

test('literal secrets are the obvious ones only', () => {
  const found = (text: string): string[] => literalSecretsIn(text).map(({ start, end }) => text.slice(start, end))
  const key = `AKIA${'Q3EGTX7A2BCD4WXY'}`
  const token = `ghp_${'a1B2'.repeat(9)}`
  expect(found(`export AWS_ACCESS_KEY_ID=${key}\ngit clone https://${token}@github.com/x`)).toEqual([key, token])
  expect(found("mysql --password='hunter2!x' -e q")).toEqual(['hunter2!x'])
  expect(found('psql postgres://app:s3cr3t.pw@db/x')).toEqual(['s3cr3t.pw'])
  expect(
    found(
      'PASSWORD=$PW TOKEN=<token> SECRET=your-secret-1 API_KEY=changeme123 password=xxxxxx token: "${{ secrets.X }}"',
    ),
  ).toEqual([])
})

test('a found placeholder takes a value at its place, whatever the value', () => {
  const script = `deploy --org <org> "in <org>" '<org>'`
  const slots = findValues(script).map(({ name, start, end, quoting }) => ({ parameter: name, start, end, quoting }))
  expect(enterValues(script, slots, new Map([['org', "a'$b"]])).script).toBe(
    `deploy --org 'a'\\''$b' "in a'\\$b" 'a'\\''$b'`,
  )
})
