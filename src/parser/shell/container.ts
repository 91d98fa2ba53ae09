import { hasOption } from './effective.ts'

/** What a command to run something in a container says: `docker run -it --rm image make`. */
export interface ContainerCall {
  /** It asks for the terminal: `-it`, or compose, which does so by itself. */
  readonly terminal: boolean
  /** The words themselves ask for one, both ways: `-it`. */
  readonly asksForTerminal: boolean
  /** It runs in the background. */
  readonly detached: boolean
  /** What is run inside; empty for what the image runs by itself. */
  readonly command: readonly string[]
}

/** Options without a value. Any other one takes the next word, so that a doubtful word is no command. */
const BARE: ReadonlySet<string> = new Set(
  '--attach-all --build --detach --disable-content-trust --env-host --http-proxy --init --interactive --no-deps --no-healthcheck --no-hostname --no-hosts --no-stdin --no-tty --no-TTY --oom-kill-disable --passwd --privileged --publish-all --quiet --read-only --replace --rm --rmi --rootfs --service-ports --sig-proxy --stdin --tls-verify --tty --use-aliases --attach --leave-stdin-open --expose --share-processes --same-node --arguments-only --keep-labels --keep-annotations'.split(
    ' ',
  ),
)
/** Those of the options above that take a value in docker and podman. */
const TAKES_ELSEWHERE: ReadonlySet<string> = new Set(['--attach', '--expose'])
const BARE_LETTERS = /^[ditPqT]$/

/**
 * Reads the words of `docker run`, `podman container run`, `docker compose run`, `kubectl run`, `kubectl debug`, `… exec` and
 * `… attach` behind the name of the program. Null for any other command.
 */
export function containerCall(name: string, words: readonly string[]): ContainerCall | null {
  const isKube = /^(?:kubectl|oc|k)$/.test(name)
  const at = words.findIndex((word, index) => index > 0 && /^(?:run|debug|exec|attach|start)$/.test(word))
  const verb = words[at]
  if (at === -1 || verb === undefined || words.slice(1, at).some(word => /^(?:--|[a-z]+:)$/.test(word))) return null
  if (isKube && verb === 'start') return null
  const { letters, options, rest, behind } = taken(words.slice(at + 1), verb, isKube)
  const isCompose = name === 'docker-compose' || words.slice(1, at).includes('compose')
  const asks = letters.includes('i') || letters.includes('t') || hasOption(options, '--interactive', '--tty', '--stdin')
  const refuses = letters.includes('T') || hasOption(options, '--no-TTY', '--no-tty')
  return {
    terminal: verb === 'attach' ? !isKube || asks : isCompose ? !refuses : asks,
    asksForTerminal: letters.includes('t') || hasOption(options, '--tty'),
    detached: letters.includes('d') || hasOption(options, '--detach'),
    // The first word is the image or the container. Of kubectl all are names: `oc debug node n1`.
    command: behind ?? (isKube ? [] : rest.slice(1)),
  }
}

/** Options up to the first word that is none, what follows that, and what stands behind `--`. */
function taken(words: readonly string[], verb: string, isKube: boolean) {
  const isBare = (letter: string) => BARE_LETTERS.test(letter) || (letter === 'a' && verb === 'start')
  const options: string[] = []
  const rest: string[] = []
  let letters = ''
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '--') return { letters, options, rest, behind: words.slice(index + 1) }
    // What the container is handed begins behind its image; kubectl reads its own options up to the `--`.
    if (!word.startsWith('-') || (rest.length > 0 && !isKube)) rest.push(word)
    else if (word.startsWith('--')) {
      options.push(word)
      if (!word.includes('=') && takesNext(word, isKube)) index++
    } else {
      const bare = [...word.slice(1)].findIndex(letter => !isBare(letter))
      letters += bare === -1 ? word.slice(1) : word.slice(1, bare + 1)
      // `-v /a:/b`, `-itv /a:/b`; the value of `-p80:80` stands in the same word.
      if (bare !== -1 && bare + 2 === word.length) index++
    }
  }
  return { letters, options, rest, behind: null }
}

function takesNext(option: string, isKube: boolean): boolean {
  return !BARE.has(option) || (!isKube && TAKES_ELSEWHERE.has(option))
}
