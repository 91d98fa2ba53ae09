import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import remarkFrontmatter from 'remark-frontmatter'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { visit } from 'unist-util-visit'
import { describe, expect, test } from 'vitest'
import { PlanSchema } from '../../src/model/index.ts'
import { toPlan } from '../../src/parser/index.ts'
import { read } from './helpers/parse.ts'

const CORPUS = new URL('../../../shared/corpus/', import.meta.url)
const FILES = existsSync(CORPUS)
  ? readdirSync(CORPUS, { recursive: true, encoding: 'utf8' }).filter(
      name => name.endsWith('.md') && statSync(new URL(name, CORPUS)).isFile(),
    )
  : []

describe.skipIf(FILES.length === 0)('the runbooks of public repositories', () => {
  test('each is planned without a throw, and each fence and box is a step or a finding', { timeout: 60_000 }, () => {
    const lost: string[] = []
    for (const name of FILES) {
      const bytes = readFileSync(new URL(name, CORPUS))
      const { runbook, diagnostics, steps } = read(bytes, name)
      PlanSchema.parse(toPlan(runbook, diagnostics))
      const tree = unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter, ['yaml']).parse(runbook.source)
      const inert = diagnostics.filter(one => one.code === 'SO010').length
      let boxes = 0
      visit(tree, 'code', node => {
        const from = node.position?.start.line ?? 0
        const to = node.position?.end.line ?? 0
        const isStep = steps.some(step => step.line <= to && step.endLine >= from)
        if (!isStep && !diagnostics.some(one => one.line >= from && one.line <= to)) lost.push(`${name}:${from} fence`)
      })
      visit(tree, 'listItem', node => {
        const line = node.position?.start.line ?? 0
        if (typeof node.checked === 'boolean' && !steps.some(step => step.line === line) && boxes++ >= inert)
          lost.push(`${name}:${line} box`)
      })
    }
    expect(lost).toEqual([])
  })
})
