import type { Risk } from '../../model/index.ts'

/** What the words of a name say, where no table knows the program: `deployment-preflight.mjs`, `ops:rotate-secrets`. */
export function riskOfName(name: string): Risk {
  const words = wordsOfName(name)
  const has = (set: ReadonlySet<string>): boolean => words.some(word => set.has(word))
  if (has(DANGEROUS)) return 'danger'
  const first = words[0] ?? ''
  const checks = CHECKING.has(first)
  if (!checks && (has(ROLLING_BACK) || has(EMPTYING)) && (has(DATABASE) || words.join('').includes('rollbackdb')))
    return 'danger'
  const changes = has(CHANGING) || has(ROLLING_BACK)
  // `verify-deploy` looks at a deployment; `test-deploy` and `build-and-push` make one.
  if (checks && !(changes && (TRYING.has(first) || words.includes('and')))) return 'safe'
  if (changes) return 'change'
  return has(CHECKING) || has(BUILDING) ? 'safe' : 'change'
}

/**
 * The risk that one word of a command line names by itself (`delete`, `batch-delete-image`, `describe-instances`); null if it
 * names none.
 */
export function riskOfVerb(word: string): Risk | null {
  const words = wordsOfName(word)
  const [first = ''] = words
  if (LOOKING.has(first)) return 'view'
  if (words.some(one => VERBS_OF_DANGER.has(one) || one === 'deletion')) return 'danger'
  return VERBS_OF_CHANGE.has(first) ? 'change' : null
}

/** True for a word that says by itself, as a sub-command of whatever program, that something is taken away. */
export function isDangerousWord(word: string): boolean {
  return WORDS_OF_DANGER.has(word.toLowerCase())
}

/** Words of a script's name: cut at `:`, `-`, `_`, `.`, `/` and between cases. */
export function wordsOfName(name: string): string[] {
  return name
    .slice(0, 400)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(word => word !== '')
}

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '))

const CHECKING = words(
  'check checks verify verification validate validation validator lint linter test tests smoke preflight status typecheck healthcheck precheck doctor spec e2e',
)
// Such a name may as well be a trial of what it names.
const TRYING = words('test tests e2e lint linter spec')
const BUILDING = words(
  'build builds compile install format fmt prettier bundle generate codegen bootstrap setup coverage typecheck clean',
)
const CHANGING = words(
  'deploy deploys push publish apply promote release migrate migrations upgrade restart start stop up provision send notify set update write sync cleanup seed prune reset shutdown disable enable scale failover cutover switch',
)
const DANGEROUS = words(
  'delete destroy drop wipe purge nuke terminate restore rotate rotation decommission teardown truncate obliterate unpublish publish evict flush yank undeploy',
)
const ROLLING_BACK = words('rollback rollbacks revert undo down downgrade')
const EMPTYING = words('clean cleanup reset fresh recreate reload zero')
const DATABASE = words('db database migration migrations migrate schema sql postgres mysql')

const VERBS_OF_DANGER = words(
  'delete destroy drop terminate purge wipe restore rotate remove deregister revoke detach disassociate truncate reset decommission nuke kill rm rb flush evict drain unpublish abort',
)
const WORDS_OF_DANGER = words(
  'delete del destroy drop dropdb terminate purge wipe remove rm rmi rb revoke truncate reset nuke uninstall prune forget decommission flush flush_all unpublish zap deregister',
)
const VERBS_OF_CHANGE = words(
  'create update put set add apply deploy promote start stop restart reboot modify invoke push enable disable attach associate register copy cp mv sync upload import scale resize patch submit cancel migrate send execute publish write split merge rename failover switch release change tag untag allow authorize lock unlock resume suspend begin complete accept reject swap deallocate',
)
const LOOKING = words(
  'describe list get ls show head view cat tail logs log status read search query wait help version info validate ping batch-get lookup filter',
)
