import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parseRunbook } from '../../src/parser/index.ts'

const folder = fileURLToPath(new URL('../../runbooks/', import.meta.url))

test.each(readdirSync(folder).filter(name => name.endsWith('.md')))(
  'runbooks/%s is one procedure, with a way back and no finding that a person should look at',
  name => {
    const { runbook, diagnostics } = parseRunbook(readFileSync(join(folder, name)), name)
    expect(runbook.mode).toBe('linear')
    expect(runbook.flows.recovery.length).toBeGreaterThan(0)
    expect(diagnostics.filter(({ level }) => level !== 'info')).toEqual([])
  },
)
