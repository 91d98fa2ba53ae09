import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const SRC = resolve(import.meta.dirname, '../src')
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  model: [],
  parser: ['model'],
  runner: ['model'],
  transcript: ['model'],
  tui: ['model'],
  cli: ['model', 'parser', 'runner', 'transcript', 'tui'],
}
/**
 * Inside a layer: what each folder may know of the others. Files that stand beside the folders, such as an `index.ts`, join them or
 * serve them all.
 */
const FOLDERS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  transcript: {
    encoding: [],
    journal: ['encoding'],
    ssh: ['encoding'],
    statements: ['encoding', 'journal', 'ssh'],
    verify: ['encoding', 'journal', 'ssh', 'statements'],
    export: ['encoding', 'journal', 'ssh', 'statements', 'verify'],
    compare: [],
  },
  runner: {
    scripts: [],
    deciding: ['scripts'],
    unattended: ['deciding'],
    driving: ['scripts', 'deciding'],
    local: ['scripts'],
  },
  'runner/local': {
    machine: [],
    claims: ['machine'],
    session: ['claims'],
    output: ['claims'],
    terminal: [],
    programs: [],
    files: ['machine', 'claims'],
    scripts: ['claims', 'session', 'output', 'terminal'],
  },
  cli: {
    settings: [],
    terminal: ['settings'],
    keys: ['settings'],
    given: ['settings', 'terminal'],
    render: [],
    preflight: ['settings', 'keys', 'given'],
    runs: ['settings', 'keys', 'given'],
    inbox: ['settings', 'keys', 'runs'],
    approving: ['settings', 'keys', 'runs', 'inbox'],
    verifying: ['settings', 'keys', 'runs', 'render'],
    walking: ['settings', 'terminal', 'render', 'preflight', 'runs', 'inbox'],
    completion: [],
    commands: [
      ...['settings', 'terminal', 'keys', 'given', 'render', 'preflight', 'runs', 'inbox', 'approving', 'verifying'],
      ...['walking', 'completion'],
    ],
    arguments: ['commands'],
  },
  tui: {
    text: [],
    scene: ['text'],
    output: ['text', 'scene'],
    acts: ['text', 'scene'],
    state: ['scene', 'output', 'acts'],
    keys: ['scene', 'output', 'acts', 'state'],
    reduce: ['text', 'scene', 'output', 'acts', 'state', 'keys'],
    view: ['text', 'scene', 'output', 'acts', 'state', 'keys'],
    terminal: ['text', 'scene', 'output', 'state'],
    start: ['text', 'state'],
    app: ['text', 'state', 'view', 'terminal'],
    plain: ['text', 'output', 'scene', 'acts', 'state', 'terminal'],
  },
}
/** Modules that another folder may import besides its index: lazy chunks and the embedded driver. */
const DOORS = new Set(['tui/full-screen.tsx', 'runner/local/index.ts'])

/** What a reader's browser runs. */
const PAGE = 'transcript/export/html/browser/'

interface Import {
  readonly from: string
  readonly to: string
  readonly specifier: string
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(name => /\.tsx?$/.test(name))
const imports: Import[] = files.flatMap(file => {
  const text = readFileSync(join(SRC, file), 'utf8')
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(found => found[1] ?? '')
  return specifiers.map(specifier => ({
    from: file,
    specifier,
    to: specifier.startsWith('.') ? relative(SRC, resolve(dirname(join(SRC, file)), specifier)) : specifier,
  }))
})
const layerOf = (path: string): string => path.split('/')[0] ?? ''
const inside = imports.filter(({ specifier, to }) => specifier.startsWith('.') && !to.startsWith('..'))

test('the graph was read: every folder is a known layer, and imports were found', () => {
  expect([...new Set(files.map(layerOf))].sort()).toEqual(Object.keys(LAYERS).sort())
  expect(inside.length).toBeGreaterThan(100)
})

test('imports point one way: model <- parser, runner, transcript, tui <- cli', () => {
  const wrong = inside.filter(({ from, to }) => {
    const [a, b] = [layerOf(from), layerOf(to)]
    return a !== b && !LAYERS[a]?.includes(b)
  })
  expect(wrong).toEqual([])
})

test.each(Object.entries(FOLDERS))('inside %s imports point one way too', (layer, folders) => {
  const within = inside
    .map(({ from, to }) => ({ from, to, a: folderIn(layer, from), b: folderIn(layer, to) }))
    .filter(({ a, b }) => a !== null && b !== null && a !== b)
  expect(within.length).toBeGreaterThan(10)
  const names = files.map(file => folderIn(layer, file)).filter(name => name !== null)
  expect([...new Set(names)].sort()).toEqual(Object.keys(folders).sort())
  expect(within.filter(({ a, b }) => !folders[a ?? '']?.includes(b ?? ''))).toEqual([])
})

test('a folder is entered by its index, or by a door that is meant as one', () => {
  const wrong = inside.filter(
    ({ from, to }) => layerOf(from) !== layerOf(to) && !/^[a-z]+\/index\.ts$/.test(to) && !DOORS.has(to),
  )
  expect(wrong).toEqual([])
})

test('React and Ink are reached from the full screen alone', () => {
  const users = imports.filter(({ specifier }) => /^(react|ink)(\/|$)/.test(specifier)).map(({ from }) => from)
  expect(users.length).toBeGreaterThan(0)
  expect(users.filter(file => !file.startsWith('tui/app/') && !/^tui\/(full|start)-screen\.tsx$/.test(file))).toEqual(
    [],
  )
  const lazily = inside.filter(({ to }) => to === 'tui/full-screen.tsx')
  expect(lazily.map(({ from }) => from)).toEqual(['cli/terminal/full-terminal.ts'])
  expect(readFileSync(join(SRC, 'cli/terminal/full-terminal.ts'), 'utf8')).toContain(
    "await import('../../tui/full-screen.tsx')",
  )
})

test('the pure parts use no clock, disk, process or random', () => {
  const pure = files.filter(
    file =>
      (/^(model|parser|transcript|tui)\//.test(file) || /^runner\/(?!local\/)/.test(file)) && !file.startsWith(PAGE),
  )
  const effects = /\b(Date\.now|Math\.random|process\.(env|exit|stdout|stderr|stdin|cwd)|setTimeout|setInterval)\b/
  const wrong = pure.filter(file => effects.test(withoutComments(readFileSync(join(SRC, file), 'utf8'))))
  expect(wrong.filter(file => !file.startsWith('tui/app/') && !/^tui\/(full|start)-screen\.tsx$/.test(file))).toEqual(
    [],
  )
  const modules = imports.filter(
    ({ from, specifier }) => pure.includes(from) && /^node:/.test(specifier) && specifier !== 'node:crypto',
  )
  expect(modules.map(({ from, specifier }) => `${from} ${specifier}`)).toEqual([])
})

test('the script of a page is no part of the program: it is taken as text, and takes nothing but checks', () => {
  const importers = inside.filter(({ from, to }) => to.startsWith(PAGE) && !from.startsWith(PAGE))
  expect(importers.map(({ from, specifier }) => [from, specifier])).toEqual([
    ['transcript/export/html/page.ts', './browser/main.ts?page'],
  ])
  const checks = 'transcript/export/html/check/'
  const shared = ['transcript/ssh/signers-file.ts', 'transcript/ssh/pattern-list.ts']
  const reached = imports.filter(
    ({ from }) => [PAGE, checks].some(place => from.startsWith(place)) || shared.includes(from),
  )
  const strangers = reached.filter(
    ({ to }) => ![PAGE, checks].some(place => to.startsWith(place)) && !shared.includes(to),
  )
  expect(reached.length).toBeGreaterThan(10)
  expect(strangers).toEqual([])
})

test('processes are started in one folder', () => {
  const users = imports.filter(({ specifier }) => specifier === 'execa' || specifier === 'node:child_process')
  expect(users.filter(({ from }) => !from.startsWith('runner/local/'))).toEqual([])
})

function folderIn(layer: string, path: string): string | null {
  if (!path.startsWith(`${layer}/`)) return null
  const [folder = '', ...rest] = path.slice(layer.length + 1).split('/')
  return rest.length === 0 ? null : folder
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '')
}
