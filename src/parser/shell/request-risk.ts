import type { Risk } from '../../model/index.ts'
import { argumentsOf, hasOption } from './effective.ts'
import { type Option, optionsOf } from './options.ts'

/** Risk of a request by its method and by what it sends: `curl`, `wget`, `http`, `gh api`. */
export function riskOfRequest(name: string, words: readonly string[]): Risk | null {
  switch (name) {
    case 'curl':
      return curl(words)
    case 'wget':
      return wget(words)
    case 'gh':
      return ghApi(words)
    case 'http':
    case 'https':
    case 'xh':
      return httpie(words)
    default:
      return null
  }
}

function curl(words: readonly string[]): Risk {
  const options = optionsOf(words, 'AbcCdDeEFHKmoPQrtTuUwxXyYz')
  const has = (names: RegExp): boolean => options.some(([name]) => names.test(name))
  const method = methodIn(options)
  if (method === 'DELETE') return 'danger'
  if (method !== null && !READS.has(method)) return 'change'
  // A file of options may say anything; `-Q` sends commands to the server.
  if (has(/^(?:-K|--config|-Q|--quote|-T|--upload-file)$/)) return 'change'
  const sends = has(/^(?:-d|-F|--data.*|--form.*|--json)$/) && !has(/^(?:-G|--get)$/)
  if (sends && method === null) return 'change'
  const keeps = options.some(
    ([name, value]) =>
      /^(?:-O|--remote-name.*|-J)$/.test(name) ||
      (/^(?:-o|--output|-D|--dump-header|-c|--cookie-jar|--trace.*|--stderr|--etag-save)$/.test(name) &&
        !/^(?:\/dev\/(?:null|std(?:out|err))|-)$/.test(value ?? '')),
  )
  return keeps ? 'safe' : 'view'
}

function wget(words: readonly string[]): Risk {
  const options = optionsOf(words, 'OoaeitTwQPUlAXBDRI')
  const method = methodIn(options)
  if (method === 'DELETE') return 'danger'
  if ((method !== null && !READS.has(method)) || options.some(([name]) => /^--(?:post|body)-(?:data|file)$/.test(name)))
    return 'change'
  return options.some(
    ([name, value]) =>
      name === '--spider' ||
      ((name === '-O' || name === '--output-document') && /^(?:-|\/dev\/null)$/.test(value ?? '')),
  )
    ? 'view'
    : 'safe'
}

function httpie(words: readonly string[]): Risk {
  const plain = argumentsOf(words)
  const method = /^[A-Za-z]+$/.test(plain[0] ?? '') && plain.length > 1 ? (plain[0] ?? '').toUpperCase() : null
  if (method === 'DELETE') return 'danger'
  const sends =
    plain.slice(1).some(word => /^[^=:/?&]+:?=(?!=)/.test(word)) || hasOption(words, '--raw', '--form', '-f')
  return method === null ? (sends ? 'change' : 'view') : READS.has(method) ? 'view' : 'change'
}

function ghApi(words: readonly string[]): Risk | null {
  if (argumentsOf(words, '-R --repo')[0] !== 'api') return null
  const options = optionsOf(words, 'XfFHqt')
  const method = methodIn(options)
  if (method === 'DELETE') return 'danger'
  const sends = options.some(([name]) => /^(?:-f|-F|--field|--raw-field|--input)$/.test(name))
  return (method ?? (sends ? 'POST' : 'GET')) === 'GET' ? 'view' : 'change'
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The method that is asked for, in capitals; one that only the shell knows is no reading one. */
function methodIn(options: readonly Option[]): string | null {
  const said = options.findLast(([name]) => /^(?:-X|--request|--method)$/.test(name))
  return said === undefined ? null : (said[1] ?? '').toUpperCase()
}
