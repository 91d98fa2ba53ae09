import type { Risk } from '../../model/index.ts'
import { baseName, hasOption } from './effective.ts'
import { optionsOf } from './options.ts'
import { riskOfName } from './verbs.ts'

/**
 * Risk of a call of a database shell: by the statements that the script holds, on the command line or in its input. A file
 * of statements is a change, or what its name says. Null statements, and a bare shell, are a change.
 *
 * @param input what it is fed, where the script holds that.
 */
export function riskOfSql(name: string, words: readonly string[], input: string | null, fed: boolean): Risk {
  const options = optionsOf(words, name === 'psql' ? 'cdfhpUvFRTPL' : 'cedfhPpuDSQiqN')
  if (hasOption(words, '-l', '--list') && words.length < 4) return 'view'
  const statements = options.flatMap(([option, value]) => (STATEMENT.test(option) && value !== null ? [value] : []))
  const files = options.flatMap(([option, value]) =>
    /^(?:-f|--file|-i)$/.test(option) && value !== null ? [value] : [],
  )
  const trailing = name === 'sqlite3' ? words.slice(2).filter(word => !word.startsWith('-')) : []
  const text = [...statements, ...trailing, input ?? ''].filter(part => part !== '').join(';\n')
  if (DESTROYS.test(text) || files.some(file => riskOfName(baseName(file)) === 'danger' || ROLLS_BACK.test(file)))
    return 'danger'
  const isAllKnown = text !== '' && files.length === 0 && (!fed || input !== null)
  return isAllKnown && text.split(';').every(reads) ? 'view' : 'change'
}

const STATEMENT = /^(?:-c|-e|--command|--execute|-Q|-q|--query|--eval)$/
const DESTROYS =
  /\b(?:drop|delete|truncate|purge|dropDatabase|deleteMany|deleteOne|remove|findOneAndDelete|flushall|flushdb)\b/i
const ROLLS_BACK = /(?:^|[^a-z])(?:roll[-_]?back|down|undo|revert)(?:[^a-z]|$)/i

/** One statement that only looks. A function that does something makes a `select` a change. */
function reads(statement: string): boolean {
  const plain = statement.replace(/--[^\n]*/g, ' ').trim()
  if (plain === '') return true
  if (DOES_SOMETHING.test(plain)) return false
  return /^(?:select\b(?![\s\S]*\binto\b)|show\b|explain\b|describe\b|desc\b|\\[dlztc](?!opy)|\.tables|\.schema|pragma\s+\w+$)/i.test(
    plain,
  )
}

const DOES_SOMETHING =
  /\b(?:insert|update|merge|alter|create|grant|revoke|call|nextval|setval|set_config|pg_(?:terminate_backend|cancel_backend|reload_conf|rotate_logfile|switch_wal|promote|create_\w+|drop_\w+|replication_slot_advance|advisory_\w+|wal_replay_\w+|stat_reset\w*|notify)|dblink\w*|lo_\w+|sleep_?for)\b/i
