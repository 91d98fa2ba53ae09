import type { Step } from '../../model/index.ts'
import { containerCall } from './container.ts'
import {
  afterOptions,
  argumentsOf,
  baseName,
  type EffectiveCommand,
  effectiveCommands,
  hasOption,
  programOf,
  SSH_TAKES,
} from './effective.ts'
import { asShell, type Range, type Shell } from './syntax.ts'

/**
 * What running a script asks of the terminal (R15): `terminal` if it asks or draws, or only opens a session; `remote` if
 * commands follow a session it opens; `endless` if it does not end by itself.
 */
export function interactionOf(script: string | Shell): Step['interaction'] {
  const shell = asShell(script)
  const opener = openerOf(shell)
  if (opener !== null) return shell.commands.some(command => command.start >= opener.end) ? 'remote' : 'terminal'
  const commands = commandsNow(shell)
  if (shell.namesTerminal || commands.some(asksOrDraws)) return 'terminal'
  return commands.some(neverEnds) ? 'endless' : 'none'
}

/**
 * The first command that opens a session on another machine or in another program and hands it no command:
 * `ssh host`, `kubectl exec -it pod -- sh`, `sudo su`, `psql`. What follows it in the text is not for this shell.
 */
export function sessionOpener(script: string | Shell): Range | null {
  return openerOf(asShell(script))
}

function openerOf(shell: Shell): Range | null {
  const opener = commandsNow(shell).find(command => !command.fed && opensSession(command))
  return opener === undefined ? null : { start: opener.origin.start, end: opener.origin.end }
}

/** What a script starts while it runs: an alias and a trap only say what may be started later. */
function commandsNow(shell: Shell): EffectiveCommand[] {
  return effectiveCommands(shell).filter(({ behind }) => !behind.includes('alias') && !behind.includes('trap'))
}

type Test = (words: readonly string[], command: EffectiveCommand) => boolean

function opensSession(command: EffectiveCommand): boolean {
  return OPENERS.get(command.name)?.(command.words, command) ?? false
}

const bareShell: Test = (words, { origin, behind }) =>
  words.slice(1).every(word => /^-(?:l|i|il|li|-login|-norc|-noprofile)$/.test(word)) &&
  (origin.writes.length === 0 || behind.length > 0)

const sqlShell: Test = (words, { name }) =>
  !(name === 'sqlcmd' && words.length > 1 && !words[1]?.startsWith('-')) &&
  !words.some(word =>
    /^(?:-[A-Za-z]*[cefQqlVL]|--(?:command|execute|file|list|query|version|eval|quiet|help).*)$/.test(word),
  )

const repl: Test = words => words.length === 1 || (words.length === 2 && words[1] === '-i')

const console_: Test = words =>
  words.slice(1).some(word => /^(?:c|console|dbconsole|db|shell|dbshell|tinker|shell_plus)$/.test(word))

const container: Test = (words, { name }) => {
  const [verb] = argumentsOf(words, programOf(name)?.takes)
  if (verb === 'rsh') return argumentsOf(words, programOf(name)?.takes).length === 2
  const call = containerCall(name, words)
  if (call === null || call.detached) return false
  if (opensShell(call.command)) return call.terminal || verb === 'debug'
  if (call.command.length > 0) return false
  // Compose runs the work of a service where nothing is said.
  return verb === 'debug' ? name !== 'docker' : call.terminal && verb !== 'compose' && name !== 'docker-compose'
}

/** `bash`, `/bin/sh -l`; not `sh -c '…'`. */
function opensShell(command: readonly string[]): boolean {
  const [shell = '', ...options] = command
  return (
    /^(?:\/(?:usr\/)?bin\/)?(?:ba|z|a|da)?sh$/.test(shell) &&
    options.every(word => /^-(?:l|i|il|li|-login)$/.test(word))
  )
}

const OPENERS: ReadonlyMap<string, Test> = new Map<string, Test>([
  [
    'ssh',
    words =>
      !words.some(word => /^-[A-Za-z]*[NfVGQ]/.test(word)) && afterOptions(words.slice(1), SSH_TAKES).length === 1,
  ],
  ['mosh', words => words.length === 2],
  ['telnet', () => true],
  ['sftp', words => !hasOption(words, '-b')],
  ['ftp', () => true],
  ['su', words => !words.some(word => word === '-c' || word.startsWith('--command'))],
  [
    'sudo',
    words =>
      words.slice(1).every(word => /^-/.test(word) || word === words.at(-1)) &&
      words.some(word => /^-[a-zA-Z]*[is]$|^--(?:login|shell)$/.test(word)) &&
      argumentsOf(words, '-u -g -h').length === 0,
  ],
  ...['bash', 'sh', 'zsh', 'fish', 'ash', 'dash', 'ksh'].map(name => [name, bareShell] as const),
  ...['psql', 'mysql', 'mariadb', 'mongosh', 'mongo', 'cqlsh', 'clickhouse-client', 'sqlcmd', 'pgcli', 'mycli'].map(
    name => [name, sqlShell] as const,
  ),
  ['sqlite3', words => argumentsOf(words).length < 2 && !hasOption(words, '-version')],
  [
    'redis-cli',
    words =>
      argumentsOf(words, '-h -p -a -n -u --user --pass').length === 0 &&
      !hasOption(words, '--scan', '--bigkeys', '--stat', '--version', '--latency'),
  ],
  ...['python', 'python3', 'node', 'irb', 'pry', 'ipython', 'ghci', 'iex', 'erl', 'lua', 'php', 'deno', 'jshell'].map(
    name => [name, repl] as const,
  ),
  ['rails', console_],
  ['manage.py', console_],
  ['artisan', console_],
  ...['kubectl', 'oc', 'k', 'docker', 'podman', 'nerdctl', 'docker-compose'].map(name => [name, container] as const),
  [
    'heroku',
    words =>
      /^(?:run|run:inside|ps:exec)$/.test(words[1] ?? '') &&
      /^(?:ba)?sh$|console/.test(words.slice(2).join(' ').split(' ').at(-1) ?? ''),
  ],
  ['fly', words => words[1] === 'ssh' && words[2] === 'console' && !hasOption(words, '-C', '--command')],
  ['flyctl', words => words[1] === 'ssh' && words[2] === 'console' && !hasOption(words, '-C', '--command')],
  ['aws', words => words[1] === 'ssm' && words[2] === 'start-session' && !words.includes('--document-name')],
  ['gcloud', words => words.includes('ssh') && !words.some(word => /^--command|^--tunnel|^--$/.test(word))],
  ['az', words => words[1] === 'ssh' && words[2] === 'vm'],
  ['vagrant', words => words[1] === 'ssh' && !hasOption(words, '-c', '--command')],
  ['virsh', words => words[1] === 'console'],
  ['lxc', words => words[1] === 'shell' || words[1] === 'console'],
  ['multipass', words => words[1] === 'shell'],
  ['nix-shell', words => !hasOption(words, '--run', '--command')],
  ['nix', words => words[1] === 'develop' && !hasOption(words, '-c', '--command')],
  ['poetry', words => words[1] === 'shell'],
  ['pipenv', words => words[1] === 'shell'],
  ['pwsh', repl],
  ['powershell', repl],
  ['chroot', words => words.length === 2],
  ['newgrp', () => true],
])

function asksOrDraws(command: EffectiveCommand): boolean {
  const { name, words, fed } = command
  if (SCREENS.has(name) && !(fed && PAGERS.has(name))) return true
  if (fed) return false
  const rest = argumentsOf(words, programOf(name)?.takes)
  if (rest.slice(0, 3).includes('login') && LOGINS.has(name))
    return !words.some(word =>
      /^(?:-p|-t|--password.*|--token.*|--service-principal|--identity|--with-token|--cred-file.*|-method=.*)$/.test(
        word,
      ),
    )
  if (asksInside(command)) return true
  return ASKS.get(name)?.(words, command) ?? false
}

/** A terminal is asked for in a container: its program would not start without one. */
function asksInside({ name, origin, fed, behind }: EffectiveCommand): boolean {
  if (fed || ![name, ...behind].some(one => CONTAINERS.test(one))) return false
  const words = origin.words.map(word => word.text)
  const at = words.findIndex(word => CONTAINERS.test(baseName(word)))
  const call = at === -1 ? null : containerCall(baseName(words[at] ?? ''), words.slice(at))
  return call?.asksForTerminal === true && !call.detached
}

const CONTAINERS = /^(?:docker|podman|kubectl|oc|k|nerdctl)$/

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '))

const SCREENS = set(
  'vi vim nvim nano emacs ed pico joe micro less more most man info top htop btop atop iotop nmon k9s lazygit lazydocker tig ranger mc ncdu tmux screen fzf dialog whiptail visudo vipw sudoedit passwd alsamixer nmtui cfdisk fdisk parted gdb lldb menuconfig ctop dive crontab-ui aptitude',
)
const PAGERS = set('less more most fzf vi vim nvim')
const LOGINS = set(
  'az gcloud aws gh npm pnpm yarn docker podman vercel netlify heroku oc vault fly flyctl firebase supabase wrangler railway pulumi doctl ibmcloud terraform argocd tkn op bw snyk glab helm databricks sf snow okteto rhc tailscale expo eas',
)

const ASKS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['read', () => true],
  ['git', gitAsks],
  ['kubectl', words => argumentsOf(words, '-n --namespace --context')[0] === 'edit'],
  ['oc', words => argumentsOf(words, '-n --namespace --context')[0] === 'edit'],
  ['crontab', words => hasOption(words, '-e')],
  ['systemctl', words => words.includes('edit')],
  ['ansible-vault', words => words[1] === 'edit' || words[1] === 'create'],
  ['sops', words => words.length === 2 && !words[1]?.startsWith('-')],
  [
    'aws',
    words =>
      words[1] === 'configure' &&
      (words.length === 2 || words[2] === 'sso' || words[2]?.startsWith('--profile') === true),
  ],
  ['gcloud', words => words[1] === 'init'],
  [
    'npm',
    words => (/^(?:init|create)$/.test(words[1] ?? '') && !hasOption(words, '-y', '--yes')) || words[1] === 'adduser',
  ],
  ['ssh-keygen', words => !hasOption(words, '-N', '-l', '-y', '-F', '-R', '-Y', '-H', '-q') && !words.includes('-lf')],
  ['ssh-copy-id', () => true],
  [
    'gpg',
    words =>
      words.some(word => /^--(?:full-)?(?:gen|generate)-key$|^--edit-key$|^--full-generate-key$/.test(word)) &&
      !hasOption(words, '--batch'),
  ],
  ['mysql_secure_installation', () => true],
  ['select', () => true],
])

function gitAsks(words: readonly string[]): boolean {
  const [verb] = argumentsOf(words, '-C -c')
  if (verb === 'commit')
    return !hasOption(
      words,
      '-m',
      '-F',
      '-C',
      '--message',
      '--file',
      '--no-edit',
      '--reuse-message',
      '--fixup',
      '--dry-run',
    )
  if (verb === 'rebase') return hasOption(words, '-i', '--interactive')
  if (verb === 'add' || verb === 'checkout' || verb === 'stash' || verb === 'reset')
    return hasOption(words, '-p', '--patch') || (verb === 'add' && hasOption(words, '-i'))
  if (verb === 'tag')
    return (
      hasOption(words, '-a', '-s', '--annotate', '--sign') &&
      !hasOption(words, '-m', '-F', '--message', '--file', '-d', '-l')
    )
  if (verb === 'config') return hasOption(words, '-e', '--edit')
  return verb === 'mergetool'
}

function neverEnds(command: EffectiveCommand): boolean {
  const { name, words, origin, behind } = command
  if (origin.background || behind.includes('timeout')) return false
  if (behind.includes('watch') || (name === 'watch' && words.length > 1)) return true
  return ENDLESS.get(name)?.(words, command) ?? DEV_SERVERS.has(`${baseName(words[0] ?? '')} ${words[1] ?? ''}`.trim())
}

const follows =
  (...verbs: readonly string[]): Test =>
  (words, { name }) => {
    const rest = argumentsOf(words, programOf(name)?.takes)
    return (
      verbs.some(verb => rest.slice(0, 2).includes(verb)) &&
      hasOption(words.slice(words.findIndex(word => verbs.includes(word))), '-f', '--follow')
    )
  }

const kube: Test = (words, command) => {
  const [verb] = argumentsOf(words, programOf(command.name)?.takes)
  if (verb === 'port-forward' || verb === 'proxy') return true
  if (verb === 'get') return hasOption(words, '--watch', '--watch-only') || words.some(word => /^-w$/.test(word))
  return follows('logs', 'log')(words, command)
}

const composeUp: Test = (words, command) => {
  const rest = argumentsOf(words, programOf(command.name)?.takes)
  const up = rest[0] === 'up' || (rest[0] === 'compose' && rest[1] === 'up')
  if (up)
    return !hasOption(words, '-d', '--detach', '--wait', '--no-start', '--exit-code-from', '--abort-on-container-exit')
  return follows('logs', 'stats', 'events')(words, command) || (rest[0] === 'events' && !hasOption(words, '--until'))
}

const runsScript: Test = words => {
  const rest = argumentsOf(words, '--filter -F -C --dir --prefix -w --workspace --cwd')
  const script = rest[0] === 'run' ? rest[1] : rest[0]
  return /^(?:dev|start|serve|server|watch|preview|storybook|develop)(?::|$)|:(?:dev|watch|serve)$/.test(script ?? '')
}

const ENDLESS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['tail', words => hasOption(words, '-f', '-F', '--follow')],
  ['journalctl', words => hasOption(words, '-f', '--follow')],
  ['dmesg', words => hasOption(words, '-w', '--follow')],
  ['ping', words => !hasOption(words, '-c', '-w')],
  ['kubectl', kube],
  ['oc', kube],
  ['k', kube],
  ['docker', composeUp],
  ['podman', composeUp],
  ['docker-compose', composeUp],
  ['stern', words => !words.includes('--no-follow')],
  ['npm', runsScript],
  ['pnpm', runsScript],
  ['yarn', runsScript],
  ['bun', runsScript],
  ['ssh', words => words.some(word => /^-[A-Za-z]*N/.test(word)) && !words.some(word => /^-[A-Za-z]*f/.test(word))],
  ['heroku', words => words[1] === 'logs' && hasOption(words, '-t', '--tail')],
  ['fly', words => words[1] === 'logs' && !hasOption(words, '-n', '--no-tail')],
  ['vercel', words => words[1] === 'dev' || (/^logs?$/.test(words[1] ?? '') && hasOption(words, '-f', '--follow'))],
  ['aws', words => words[1] === 'logs' && words[2] === 'tail' && hasOption(words, '--follow')],
  ['wrangler', words => words[1] === 'dev' || words[1] === 'tail'],
  ['python', words => words.includes('http.server') || words.includes('runserver')],
  ['python3', words => words.includes('http.server') || words.includes('runserver')],
  ['manage.py', words => words[1] === 'runserver'],
  ['artisan', words => words[1] === 'serve'],
  ['php', words => hasOption(words, '-S') || (words[1] === 'artisan' && words[2] === 'serve')],
  ['vite', words => words.length === 1 || /^(?:dev|serve|preview)$/.test(words[1] ?? '')],
  ['uvicorn', () => true],
  ['gunicorn', words => !hasOption(words, '-D', '--daemon', '--check-config')],
  ['nodemon', () => true],
  ['inotifywait', words => hasOption(words, '-m')],
  ['tcpdump', words => !hasOption(words, '-c', '-r')],
])

const DEV_SERVERS: ReadonlySet<string> = new Set([
  'next dev',
  'next start',
  'nuxt dev',
  'astro dev',
  'rails s',
  'rails server',
  'flask run',
  'hugo server',
  'hugo serve',
  'mkdocs serve',
  'jekyll serve',
  'ng serve',
  'netlify dev',
  'firebase serve',
  'supabase functions serve',
  'minikube tunnel',
  'minikube dashboard',
  'ngrok http',
  'ngrok tcp',
  'cloudflared tunnel',
  'streamlit run',
  'celery worker',
  'ipfs daemon',
  'jupyter notebook',
  'jupyter lab',
  'skaffold dev',
  'tilt up',
  'expo start',
  'caddy run',
  'gatsby develop',
  'mlflow ui',
])
