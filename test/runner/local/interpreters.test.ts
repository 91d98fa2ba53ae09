import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ScriptOrder } from '../../../src/runner/ports.ts'
import { openSession, type SessionOfScripts } from './session-of-scripts.ts'

let session: SessionOfScripts
beforeEach(() => {
  session = openSession()
})
afterEach(() => session.end())

const has = (command: string): boolean => spawnSync(command, ['--version']).status === 0
const PYTHON: Partial<ScriptOrder> = { interpreter: ['python3', '-u'] }
const NODE: Partial<ScriptOrder> = { interpreter: [process.execPath] }

describe.skipIf(!has('python3'))('python3', () => {
  test('starts where the bash blocks stand, and leaves nothing behind', async () => {
    await session.run('mkdir d; cd d; export A=1; umask 027')
    const script =
      'import os\nprint(os.environ["A"], os.path.basename(os.getcwd()))\nos.chdir("/")\nos.environ["A"] = "2"'
    expect(await session.run(script, PYTHON)).toMatchObject({ out: '1 d\n', exit: 0 })
    expect((await session.run('echo "$A ${PWD##*/}"')).out).toBe('1 d\n')
  })

  test('ends with its own code, and names the line of the runbook', async () => {
    const result = await session.run('import sys\nraise SystemExit(7)', PYTHON)
    expect(result).toMatchObject({ exit: 7, outcome: 'exited' })
    const { err } = await session.run('print(1)\nraise ValueError("x")', { ...PYTHON, line: 41 })
    expect(err).toContain('line 42')
  })

  test('is read whole before its first line runs, and reading it runs and writes nothing', async () => {
    const order = session.order('open("ran", "w")\nprint(', { ...PYTHON, line: 30 })
    expect(await session.executor.check(order)).toMatch(/^line 3[12]: /)
    expect(await session.executor.check(session.order('open("ran", "w")\nprint(1)', PYTHON))).toBeNull()
    expect(readdirSync(session.folder)).toEqual([])
  })

  test('is told as what runs', () => {
    expect(session.executor.describe(session.order('print(1)', PYTHON)).shell).toBe('python3 -u')
  })

  test('reads nothing from the terminal, and ends with its group when it is stopped', async () => {
    const order = session.order('import time, sys\nprint("ready", sys.stdin.read() == "")\ntime.sleep(600)', PYTHON)
    let stopped: Promise<void> | undefined
    const reports: string[] = []
    await session.executor.run(order, async report => {
      reports.push(report.kind === 'output' ? (report.event.text ?? '') : report.kind)
      if (report.kind === 'output') stopped ??= session.executor.stop(order.id, 'SIGTERM', 'kim')
    })
    await stopped
    expect(reports).toEqual(['ready True\n', 'stopping', 'ended'])
  })
})

describe('node', () => {
  test('runs, and is checked without running', async () => {
    expect(await session.run('console.log(1 + 1)', NODE)).toMatchObject({ out: '2\n', exit: 0 })
    expect(await session.executor.check(session.order('require("fs").writeFileSync("ran", "")', NODE))).toBeNull()
    expect(await session.executor.check(session.order('const x = ;', { ...NODE, line: 12 }))).toContain('SyntaxError')
    expect(existsSync(join(session.folder, 'ran'))).toBe(false)
  })

  test('takes a script with its `#!` line', async () => {
    const script = '#!/usr/bin/env node\nconsole.log("ok")'
    expect(await session.executor.check(session.order(script, { ...NODE, line: 9 }))).toBeNull()
    expect((await session.run(script, { ...NODE, line: 9 })).out).toBe('ok\n')
  })
})

test('an interpreter that is missing is said before anything runs, as a reason and not as the end of the run', async () => {
  for (const name of ['no-such-python3', 'no-such-ruby'])
    expect(await session.executor.check(session.order('x', { interpreter: [name] }))).toContain(
      `${name} cannot be started`,
    )
})

describe.skipIf(!has('zsh'))('zsh', () => {
  test('runs its own grammar, ends at the first failing command, and is checked', async () => {
    const zsh = { shell: 'zsh' } as const
    expect(await session.run('a=(x y); echo $a[1]; false; echo on', zsh)).toMatchObject({ out: 'x\n', exit: 1 })
    expect(await session.executor.check(session.order('echo ok\nfi\n', { ...zsh, line: 30 }))).toContain('31')
    expect(await session.executor.check(session.order('echo ${(U)a}', zsh))).toBeNull()
  })
})
