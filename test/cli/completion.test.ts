import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ARGUMENT_OFFERS, completionTable } from '../../src/cli/completion/table.ts'
import { hasCommand } from '../helpers/world/has-command.ts'
import { runSignoff, signoffFile } from '../helpers/world/signoff.ts'
import { TestTerminal } from '../tui/helpers/terminal.ts'

const RUN = '01a203bc-45c0-7d3b-9f52-6a1c0de9b001'
let folder: string
let env: Record<string, string>

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'signoff-completion-')))
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'signoff'), `#!/bin/sh\nexec '${process.execPath}' '${signoffFile()}' "$@"\n`)
  chmodSync(join(bin, 'signoff'), 0o755)
  env = { HOME: folder, PATH: `${bin}:${process.env.PATH ?? ''}`, LANG: 'C.UTF-8', TERM: 'xterm', NO_COLOR: '1' }
  for (const name of [RUN, '$(touch owned)', 'a`touch owned`b', 'x; touch owned'])
    mkdirSync(join(folder, '.signoff', 'transcripts', 'v1', name), { recursive: true })
  writeFileSync(join(folder, 'release.md'), '# Release\n')
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout, exitCode } = await runSignoff(['completion', shell], { cwd: folder, env })
    expect(exitCode).toBe(0)
    writeFileSync(join(folder, `completion.${shell}`), stdout)
  }
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the table has every command of the help, and knows what each argument of each is', async () => {
  const { stdout } = await runSignoff(['--help'], { cwd: folder, env })
  const listed = [...stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}([a-z]+) /gm)].map(
    found => found[1] ?? '',
  )
  expect(listed.length).toBeGreaterThan(15)
  const bash = execFileSync(
    'bash',
    ['-c', '. ./completion.bash; COMP_WORDS=(signoff ""); COMP_CWORD=1; _signoff; echo "${COMPREPLY[@]}"'],
    { cwd: folder, env, encoding: 'utf8' },
  )
  expect(bash.trim().split(' ')).toEqual([...listed, '--help', '--version'])
  for (const name of listed) {
    const help = (await runSignoff([name, '--help'], { cwd: folder, env })).stdout
    const usage = /^Usage: signoff \S+ (.*)$/m.exec(help)?.[1] ?? ''
    for (const [, argument = ''] of usage.replace('[options]', '').matchAll(/[<[]([a-z]+)/g))
      expect([...ARGUMENT_OFFERS.keys()], `${name} ${argument}`).toContain(argument)
  }
}, 60_000)

test('a flag that takes a value, choices, a file or nothing is told apart', () => {
  const program = new Command('p')
  program
    .command('c')
    .argument('<run>')
    .option('-o, --out <file>', 'o')
    .option('--all', 'a')
    .option('--name <text>', 'n')
  const [command] = completionTable(program)
  expect(command).toMatchObject({ name: 'c', argument: { kind: 'run' } })
  expect(command?.options).toMatchObject([
    { flags: ['--out', '-o'], value: { kind: 'file' } },
    { flags: ['--all'], value: null },
    { flags: ['--name'], value: { kind: 'text' } },
    { flags: ['--help', '-h'] },
  ])
})

describe('in bash', () => {
  /** What Tab offers behind these words, by a real bash. */
  const offered = (...words: string[]): string[] => {
    const script =
      '. ./completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _signoff; printf "%s\\n" "${COMPREPLY[@]}"'
    const said = execFileSync('bash', ['-c', script, 'bash', 'signoff', ...words], {
      cwd: folder,
      env,
      encoding: 'utf8',
    })
    return said.split('\n').filter(line => line !== '')
  }

  test('commands, flags and their values are completed', () => {
    expect(offered('ex')).toEqual(['export'])
    expect(offered('export', '--fo')).toEqual(['--format'])
    expect(offered('export', RUN, '--format', 'j')).toEqual(['json', 'junit'])
    expect(offered('run', 'release.md', '--ui', '')).toEqual(['auto', 'full', 'plain', 'none'])
    expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish'])
    expect(offered('help', 'exi')).toEqual(['exit-codes'])
    expect(offered('plan', 'rel')).toEqual([])
    expect(offered('run', '--release', '')).toEqual([])
  })

  test('runs are completed by their ids, and nothing in the name of a folder is run', () => {
    expect(offered('verify', '01a2')).toEqual([RUN])
    expect(offered('diff', RUN, '01')).toEqual([RUN])
    offered('show', '')
    expect(existsSync(join(folder, 'owned'))).toBe(false)
  })

  test('at a terminal Tab completes a command, a file and a run', async () => {
    const terminal = new TestTerminal(
      'bash',
      ['--norc', '--noprofile'],
      { columns: 100, rows: 10 },
      { ...env, PS1: '> ' },
      folder,
    )
    try {
      await terminal.until(/> /)
      terminal.send('. ./completion.bash\r')
      terminal.send('signoff sho\t')
      await terminal.until(/> signoff show /)
      terminal.send('01a\t')
      await terminal.until(new RegExp(`signoff show ${RUN} `))
      terminal.send('\u0015signoff plan rele\t')
      await terminal.until(/signoff plan release\.md /)
    } finally {
      terminal.close()
    }
  }, 60_000)
})

describe.skipIf(!hasCommand('zsh'))('in zsh', () => {
  test('at a terminal Tab completes a command, a value, a file and a run', async () => {
    const terminal = new TestTerminal('zsh', ['-f'], { columns: 120, rows: 20 }, { ...env, PS1: '> ' }, folder)
    try {
      await terminal.until(/> /)
      terminal.send('autoload -U compinit && compinit -D -u && . ./completion.zsh && echo read""y\r')
      await terminal.until(/^ready/m)
      terminal.send('signoff sho\t')
      await terminal.until(/> signoff show /)
      terminal.send('01a\t')
      await terminal.until(new RegExp(`signoff show ${RUN}`))
      terminal.send('\u0015signoff export x --format ct\t')
      await terminal.until(/signoff export x --format ctrf/)
      terminal.send('\u0015signoff plan rele\t')
      await terminal.until(/signoff plan release\.md/)
      expect(existsSync(join(folder, 'owned'))).toBe(false)
    } finally {
      terminal.close()
    }
  }, 60_000)
})

describe.skipIf(!hasCommand('fish'))('in fish', () => {
  const offered = (line: string): string[] => {
    const script = `source ./completion.fish; complete -C ${JSON.stringify(line)}`
    const said = execFileSync('fish', ['--no-config', '-c', script], { cwd: folder, env, encoding: 'utf8' })
    return said
      .split('\n')
      .filter(text => text !== '')
      .map(text => text.split('\t')[0] ?? '')
  }

  test('commands, flags, values, files and runs are completed', () => {
    expect(offered('signoff sho')).toEqual(['show'])
    expect(offered('signoff export --fo')).toEqual(['--format'])
    expect(offered('signoff export --format ct')).toEqual(['ctrf'])
    expect(offered('signoff plan rele')).toEqual(['release.md'])
    expect(offered('signoff verify 01a')).toEqual([RUN])
    expect(existsSync(join(folder, 'owned'))).toBe(false)
  })
})
