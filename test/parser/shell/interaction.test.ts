import { beforeAll, describe, expect, test } from 'vitest'
import { interactionOf, shellGrammar } from '../../../src/parser/shell/index.ts'
import { read } from '../helpers/parse.ts'

beforeAll(() => shellGrammar.load())

const FOLLOWED = '\npip install x\nexit'

describe('a container that is entered', () => {
  test.each([
    'docker run -it ubuntu:24.04',
    'docker run -i -t --rm ubuntu',
    'docker run -it -v "$PWD:/app" -w /app -e A=b --network host ubuntu',
    'docker run -itv /a:/b ubuntu',
    'docker run -p80:80 -it ubuntu',
    'docker run --interactive --tty ubuntu',
    'docker run -it --entrypoint bash ubuntu',
    'docker container run -it ubuntu',
    'docker run -it ubuntu /bin/bash',
    'docker run -it ubuntu bash -l',
    'podman run -v "$(pwd):/work:z" -w /work -it --rm mcr.microsoft.com/azurelinux/base/core:3.0',
    'nerdctl run -it alpine',
    'sudo docker run -it ubuntu',
    'docker exec -it app',
    'docker exec -it app bash',
    'docker attach app',
    'docker start -ai app',
    'docker compose run --rm web bash',
    'docker-compose exec web sh',
    'kubectl run -it box --image=busybox',
    'kubectl run box --rm -i --tty --image busybox --restart=Never',
    'kubectl run box -it --rm --image=busybox -- sh',
    'kubectl debug -it node/n1 --image=busybox',
    'kubectl debug -it pod/p --image=busybox --target=app -- sh',
    'kubectl exec -it pod/p',
    'kubectl attach -it pod/p',
    'oc debug node/n1',
    'oc debug node n1',
    'kubectl run -it box --image=busybox sh',
  ])('`%s` opens a session: what follows is for that place', opener => {
    expect(interactionOf(opener)).toBe('terminal')
    expect(interactionOf(opener + FOLLOWED)).toBe('remote')
  })

  test.each([
    ['docker run -it ubuntu make check', 'terminal'],
    ['docker run -it --rm -v /a:/b ubuntu bash -c "make check"', 'terminal'],
    ['docker exec -it app ls', 'terminal'],
    ['kubectl run box -it --rm --image=busybox -- wget -qO- http://x', 'terminal'],
    ['docker run --rm ubuntu make check', 'none'],
    ['docker run -d -it ubuntu', 'none'],
    ['docker run -itd ubuntu', 'none'],
    ['docker run -d --name web nginx', 'none'],
    ['docker exec app ls -it', 'none'],
    ['docker compose run --rm web rake db:migrate', 'none'],
    ['docker compose exec -T web rake db:migrate', 'none'],
    ['echo 1 | docker run -i ubuntu', 'none'],
    ['kubectl run box --image=nginx', 'none'],
    ['kubectl exec pod/p -- ls', 'none'],
  ])('`%s` runs here: %s', (command, interaction) => {
    expect(interactionOf(command)).toBe(interaction)
    expect(interactionOf(`${command}\nls`)).toBe(interaction)
  })

  test('nothing behind it is a script, in its block or after', () => {
    const { steps, findings } = read(`# Update

## 1. Prepare

\`\`\`bash
podman pull example/core:3.0
podman run -w /work -it --rm example/core:3.0
tdnf install -y python3
pip install -r requirements.txt
exit
\`\`\`

## 2. Measure

\`\`\`bash
kubectl debug -it node/n1 --image=busybox
\`\`\`

\`\`\`bash
df -h
\`\`\`
`)
    expect(steps.map(step => [step.kind, step.interaction, step.script])).toEqual([
      ['task', 'none', 'podman pull example/core:3.0'],
      ['manual', 'terminal', null],
      ['manual', 'remote', null],
      ['manual', 'terminal', null],
      ['manual', 'remote', null],
    ])
    expect(findings.filter(found => found.startsWith('SO028'))).toEqual(['SO028:8', 'SO028:20'])
  })
})

test.each([
  'read -rsp "one-time code: " code </dev/tty',
  'while read -r host; do read -rp "restart $host? " yes </dev/tty; done <hosts',
  'exec 3</dev/tty; read -r yes <&3',
  'printf "touch the key now\\n" >/dev/tty',
  '{ read -r a; read -r b; } </dev/tty',
])('`%s` speaks to the terminal itself, so it is lent one', script => {
  expect(interactionOf(script)).toBe('terminal')
})

test.each(['echo "/dev/tty"', 'echo x >/dev/ttyS0', 'read -r line <hosts'])('`%s` needs no terminal', script => {
  expect(interactionOf(script)).toBe('none')
})
