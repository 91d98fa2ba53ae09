import type { Risk } from '../../model/index.ts'

/** What the words of a name say, where no table knows the program: `deployment-preflight.mjs`, `ops:rotate-secrets`. */
export function riskOfName(name: string): Risk {
  const words = wordsOfName(name)
  const has = (set: ReadonlySet<string>): boolean => words.some(word => set.has(word))
  if (has(DANGEROUS)) return 'danger'
  if (has(ROLLING_BACK) && (has(DATABASE) || words.join('').includes('rollbackdb'))) return 'danger'
  const first = words[0] ?? ''
  if (CHECKING.has(first) || BUILDING.has(first)) return 'safe'
  if (has(CHANGING) || has(ROLLING_BACK)) return 'change'
  return has(CHECKING) || has(BUILDING) ? 'safe' : 'change'
}

/** The risk that one word of a command line names by itself (`delete`, `describe-instances`); null if it names none. */
export function riskOfVerb(word: string): Risk | null {
  const [first = ''] = wordsOfName(word)
  if (VERBS_OF_DANGER.has(first)) return 'danger'
  if (LOOKING.has(first)) return 'view'
  if (VERBS_OF_CHANGE.has(first)) return 'change'
  return null
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
const BUILDING = words(
  'build builds compile install format fmt prettier bundle generate codegen bootstrap setup coverage typecheck clean',
)
const CHANGING = words(
  'deploy deploys push publish apply promote release migrate migrations upgrade restart start up install-prod provision send notify set update write sync',
)
const DANGEROUS = words(
  'delete destroy drop wipe purge nuke terminate restore rotate rotation decommission teardown truncate obliterate unpublish publish evict flush yank',
)
const ROLLING_BACK = words('rollback rollbacks revert undo down')
const DATABASE = words('db database migration migrations migrate schema sql postgres mysql')

const VERBS_OF_DANGER = words(
  'delete destroy drop terminate purge wipe restore rotate remove deregister revoke detach disassociate truncate reset decommission nuke kill rm rb flush evict drain unpublish abort',
)
const VERBS_OF_CHANGE = words(
  'create update put set add apply deploy promote start stop restart reboot modify invoke push enable disable attach associate register copy cp mv sync upload import scale resize patch submit cancel migrate send execute',
)
const LOOKING = words(
  'describe list get ls show head view cat tail logs log status read search query wait help version info validate ping batch-get lookup filter',
)
