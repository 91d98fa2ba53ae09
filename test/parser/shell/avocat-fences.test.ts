import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  bodyIsShell,
  environmentOf,
  findValues,
  interactionOf,
  type Piece,
  parseShell,
  riskOf,
  shellLooking,
  splitBlock,
  statementsOf,
  unfinishedIn,
} from '../../../src/parser/shell/index.ts'

const RUNBOOK = join(import.meta.dirname, '../../../../shared/runbooks/avocat-release.md')

/** Each shell fence by the line of its opening, indentation taken off. */
function fencesOf(markdown: string): Map<number, string> {
  const fences = new Map<number, string>()
  let open: { line: number; indent: number; lines: string[] } | null = null
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^(\s*)```(\w*)/.exec(line)
    if (open === null) {
      if (fence?.[2] === 'bash') open = { line: index + 1, indent: fence[1]?.length ?? 0, lines: [] }
    } else if (fence !== null) {
      fences.set(open.line, open.lines.join('\n'))
      open = null
    } else open.lines.push(line.slice(open.indent))
  }
  return fences
}

/** A piece as one line: kind, number, title, risk and values; options are indented below their choice. */
function told(pieces: readonly Piece[], script: string, indent = ''): string[] {
  return pieces.flatMap(piece => {
    const head = `${indent}${piece.number === null ? '' : `${piece.number} `}`
    if (piece.kind === 'manual') return [`${head}manual "${piece.title}"`]
    if (piece.kind === 'choice')
      return [
        `${head}choice${piece.title === null ? '' : ` "${piece.title}"`}`,
        ...piece.options.flatMap(option => [
          `${indent}  * ${option.label}${option.note === null ? '' : ` (${option.note})`}`,
          ...told(option.pieces, script, `${indent}    `),
        ]),
      ]
    const code = script.slice(piece.code.start, piece.code.end)
    const values = [...new Set(findValues(code).map(value => value.name))].join(', ')
    const title = piece.title === null ? '' : ` "${piece.title}"`
    return [`${head}task${title} ${riskOf(code)}${values === '' ? '' : ` [${values}]`}`]
  })
}

describe.skipIf(!existsSync(RUNBOOK))('the fences of the Avocat release runbook', () => {
  const fences = existsSync(RUNBOOK) ? fencesOf(readFileSync(RUNBOOK, 'utf8')) : new Map<number, string>()
  const fence = (line: number): string => fences.get(line) ?? `no fence at ${line}`

  test('there are twenty, and each is read as shell', () => {
    expect(fences.size).toBe(20)
    for (const script of fences.values()) {
      expect(parseShell(script)).toMatchObject({ ok: true, error: null })
      expect(bodyIsShell(script)).toMatchObject({ shell: true })
    }
  })

  test.each<[string, number, string[]]>([
    ['1.1 item 1', 43, ['task safe [your-feature-name]']],
    ['1.1 item 2', 50, ['task safe [commit-message]']],
    ['1.1 item 3', 55, ['task safe']],
    ['1.1 item 4', 64, ['task change [your-feature-name]']],
    [
      '2.1',
      137,
      [
        '1 task "Verify environment secrets" safe',
        '2 task "Run deployment preflight script" safe',
        '3 task "Check staging database connectivity" safe [SUPABASE_STAGING_DB_URL, staging-org]',
      ],
    ],
    [
      '2.2',
      157,
      [
        '1 manual "Backup staging database (Supabase auto-backup + manual snapshot)"',
        '2 task "Apply migrations to staging" change [SUPABASE_STAGING_DB_URL]',
        '3 task "Verify migration success" safe [SUPABASE_STAGING_DB_URL, staging-org]',
        '4 task "Run RLS smoke tests" safe [SUPABASE_STAGING_DB_URL]',
      ],
    ],
    [
      '2.3 Vercel',
      182,
      [
        `1 choice "Trigger Vercel preview build (automatic on PR merge to 'work')"`,
        "  * Trigger Vercel preview build (automatic on PR merge to 'work')",
        `    manual "Trigger Vercel preview build (automatic on PR merge to 'work')"`,
        '  * manual',
        '    task "manual" change',
        '2 manual "Verify deployment URL"',
      ],
    ],
    [
      '2.3 Docker',
      193,
      [
        '1 task "Build container image" safe',
        '2 task "Tag for staging registry" safe [registry.example.com]',
        '3 task "Push to registry" change [registry.example.com]',
        '4 choice "Update staging environment"',
        '  * kubectl set image',
        '    task "Update staging environment" change [registry.example.com]',
        '  * deployment pipeline tool',
        '    manual "deployment pipeline tool"',
      ],
    ],
    ['2.4', 217, ['task "Run staging smoke test suite" safe [staging.example.com]']],
    [
      '3.2',
      286,
      [
        '1 task "Verify production secrets" safe',
        '2 task "Run production preflight" safe',
        '3 task "Verify production database access" safe [prod-org]',
        '4 task "Verify Go/No-Go evidence" change [prod-org, tag]',
        '5 manual "Alert on-call engineer"',
      ],
    ],
    [
      '3.3',
      312,
      [
        '1 manual "Create production database snapshot"',
        '2 manual "Announce migration (if downtime expected)"',
        '3 task "Apply migrations" change [SUPABASE_PRODUCTION_DB_URL]',
        '4 task "Verify migration success" safe [SUPABASE_PRODUCTION_DB_URL, prod-org]',
        '5 task "Run RLS smoke tests" safe [SUPABASE_PRODUCTION_DB_URL]',
        '6 manual "Verify data integrity (if applicable)"',
      ],
    ],
    [
      '3.4 Vercel',
      347,
      [
        'choice',
        '  * Promote staging build',
        '    task "Promote staging build" change [deployment-url]',
        '  * Deploy to production',
        '    task "Deploy to production" change',
        'task "Verify deployment" view [app.example.com]',
      ],
    ],
    [
      '3.4 Docker',
      360,
      [
        '1 task "Build and tag production image" safe [v1.2.3, registry.example.com]',
        '2 task "Push to production registry" change [registry.example.com, v1.2.3]',
        '3 choice "Deploy with zero-downtime strategy"',
        '  * Blue-Green (TBD)',
        '    task "Blue-Green" change',
        '  * Rolling Update',
        '    task "Rolling Update" change [registry.example.com, v1.2.3]',
        '4 task "Verify pods are healthy" view',
      ],
    ],
    [
      '3.5',
      399,
      [
        '1 task "Health check" view [api.example.com]',
        '2 task "Foundation check" safe [prod-org]',
        '3 task "Phase progression check" change [prod-org]',
        '4 task "Sample evaluation (with production API key)" safe [prod-org, service-user]',
        '5 task "Metrics check" view [api.example.com, prod-org]',
      ],
    ],
    [
      '4.2 Vercel',
      488,
      [
        '1 task "Identify previous deployment" view',
        '2 task "Promote previous deployment to production" change [previous-deployment-url]',
        '3 task "Verify rollback" view [app.example.com]',
      ],
    ],
    [
      '4.2 Kubernetes',
      501,
      [
        'choice',
        '  * Rollback using kubectl',
        '    task "Rollback using kubectl" change',
        '  * Explicitly set previous version',
        '    task "Explicitly set previous version" change [registry.example.com, v1.2.2]',
        '3 task "Verify rollback" view',
      ],
    ],
    [
      '4.3 revert',
      522,
      [
        'task "Run rollback migration" danger [SUPABASE_PRODUCTION_DB_URL]',
        'task "Verify rollback success" safe [prod-org]',
      ],
    ],
    [
      '4.3 restore',
      532,
      [
        '1 manual "Via Supabase dashboard:"',
        '2 manual "Wait for restoration (5-20 minutes depending on size)"',
        '3 task "Verify restoration" safe [prod-org]',
        '4 task "Re-run pre-migration tests" safe [SUPABASE_PRODUCTION_DB_URL]',
      ],
    ],
  ])('%s comes out as the worked table says', (_, line, expected) => {
    expect(told(splitBlock(fence(line)), fence(line))).toEqual(expected)
  })

  test('the notes below a manual comment are its detail', () => {
    expect(splitBlock(fence(312))[0]).toMatchObject({
      detail: [
        expect.stringMatching(/^Via Supabase dashboard: Settings .* Create snapshot$/),
        'Name: "pre-migration-<timestamp>"',
      ],
    })
    expect(splitBlock(fence(286)).at(-1)).toMatchObject({
      detail: ['Post in #on-call channel: "Production deployment starting for <release-tag>"'],
    })
  })

  test('the tasks of 3.4 push to production, and one says that it is to be decided', () => {
    const choice = splitBlock(fence(360)).find(piece => piece.kind === 'choice')
    expect(choice && unfinishedIn(fence(360).slice(choice.start, choice.end))).toBe('TBD in a comment')
    expect(environmentOf('vercel promote <deployment-url> --prod')).toBe('production')
    expect(environmentOf('kubectl get pods -n production')).toBe('production')
  })

  test('the feature flag of 384 is text for a file', () => {
    expect(shellLooking(fence(384)).shell).toBe(false)
  })

  test('appendix D has eleven entries: secrets are rotated at risk, logs never end', () => {
    const script = fence(698)
    const entries = statementsOf(script).map(({ start, end }) => script.slice(start, end))
    expect(entries).toHaveLength(11)
    expect(entries.map(entry => [riskOf(entry), interactionOf(entry)])).toEqual([
      ['view', 'none'],
      ['safe', 'none'],
      ['view', 'none'],
      ['change', 'none'],
      ['change', 'none'],
      ['change', 'none'],
      ['danger', 'none'],
      ['change', 'none'],
      ['change', 'none'],
      ['change', 'none'],
      ['view', 'endless'],
    ])
  })

  test('eight values in scripts would be redirections to bash', () => {
    const redirecting = [...fences.values()].flatMap(findValues).filter(value => value.redirect)
    expect(new Set(redirecting.map(value => value.name))).toEqual(
      new Set([
        'staging-org',
        'prod-org',
        'tag',
        'deployment-url',
        'service-user',
        'previous-deployment-url',
        'org-id',
        'user-id',
      ]),
    )
  })

  test('database URLs are secrets, organisations are none', () => {
    const values = findValues(fence(137))
    expect(values.map(({ name, kind, secret }) => [name, kind, secret])).toEqual([
      ['SUPABASE_STAGING_DB_URL', 'env', true],
      ['staging-org', 'placeholder', false],
    ])
  })
})
