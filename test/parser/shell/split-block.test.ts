import { describe, expect, test } from 'vitest'
import { commentGroups, type Piece, splitBlock, statementsOf } from '../../../src/parser/shell/index.ts'

function told(script: string, pieces: readonly Piece[] = splitBlock(script)): unknown[] {
  return pieces.map(piece => {
    if (piece.kind === 'manual') return [piece.unscripted ? 'unscripted' : 'manual', piece.title]
    if (piece.kind === 'choice')
      return ['choice', piece.title, ...piece.options.map(option => [option.label, ...told(script, option.pieces)])]
    return ['task', piece.title, script.slice(piece.code.start, piece.code.end)]
  })
}

describe('comment groups', () => {
  test('begin at a comment behind a blank line; the first line is the title, its number goes', () => {
    const script = '# 1. Build\n# takes a while\nmake build\n\n# Step 2: Push\nmake push'
    expect(commentGroups(script)).toEqual([
      {
        start: 0,
        end: 37,
        titleLine: 'Build',
        number: '1',
        detail: ['takes a while'],
        commands: true,
        isOption: null,
        comments: [
          { offset: 0, text: '1. Build' },
          { offset: 11, text: 'takes a while' },
        ],
      },
      expect.objectContaining({ start: 39, titleLine: 'Push', number: '2', commands: true }),
    ])
  })

  test('without a comment belong to the one before', () => {
    expect(commentGroups('# Build\nmake\n\nmake install\n\n# Push\nmake push').map(group => group.titleLine)).toEqual([
      'Build',
      'Push',
    ])
  })

  test.each([
    ['a heredoc', "cat <<'EOF'\na\n\n# b\nc\nEOF"],
    ['a heredoc that begins with a comment', "cat > app.conf <<'EOF'\n# managed\n\n# b\nc\nEOF"],
    ['an indented heredoc that begins with a comment', 'cat <<-EOF\n\t# managed\n\t# by us\n\nc\n\tEOF'],
    ['a quote', 'echo "a\n\n# b\nc"'],
    ['a loop', 'for i in 1 2; do\n  echo $i\n\n  # b\n  echo c\ndone'],
    ['a function', 'f() {\n  a\n\n  # b\n  c\n}'],
    ['a continued list', 'a &&\n\n# b\nc'],
    ['an array', 'list=(\n  a\n\n  # b\n  c\n)'],
  ])('are not parted by a blank line and a comment in %s', (_, code) => {
    const script = `# One\n${code}\n\n# Two\ntrue`
    expect(commentGroups(script).map(group => group.titleLine)).toEqual(['One', 'Two'])
    expect(told(script)).toEqual([
      ['task', 'One', code],
      ['task', 'Two', 'true'],
    ])
  })

  test('say whether they are an option', () => {
    expect(commentGroups('# Option 2: by hand\na\n\n# Or via tool:\nb\n\n# c\nd').map(group => group.isOption)).toEqual(
      [{ label: 'by hand' }, { label: 'tool' }, null],
    )
  })
})

describe('a block', () => {
  test('without comments is one piece, with its blank lines', () => {
    expect(told('set -e\n\nmake\n\nmake install\n')).toEqual([['task', null, 'set -e\n\nmake\n\nmake install']])
  })

  test('of nothing but blanks holds nothing', () => {
    expect(splitBlock(' \n\n')).toEqual([])
  })

  test('with a frame of signs around its titles is read the same', () => {
    expect(told('#######\n# Build\n#######\nmake')).toEqual([['task', 'Build', 'make']])
  })

  test('with a number for every comment has a step for each, without blank lines too', () => {
    expect(told('# 1. Build\nmake\n# 2. Tell the team\n# 3. Ship it\n./x')).toEqual([
      ['task', 'Build', 'make'],
      ['manual', 'Tell the team'],
      ['task', 'Ship it', './x'],
    ])
  })
})

describe('a comment among commands', () => {
  test('titles what follows if it shares a word with it', () => {
    expect(told('# Build\nmake\n# push the image\ndocker push x')).toEqual([
      ['task', 'Build', 'make'],
      ['task', 'push the image', 'docker push x'],
    ])
  })

  test('titles what follows if it says copy for cp', () => {
    expect(told('a\n# Copy the settings\ncp x y')).toEqual([
      ['task', null, 'a'],
      ['task', 'Copy the settings', 'cp x y'],
    ])
  })

  test('is work that nobody scripted if no command does it', () => {
    expect(told('. ./.env\ngit pull\n# backup DB\nsudo systemctl restart app')).toEqual([
      ['task', null, '. ./.env\ngit pull'],
      ['unscripted', 'backup DB'],
      ['task', null, 'sudo systemctl restart app'],
    ])
  })

  test('never runs a command that it holds', () => {
    const script = 'kubectl get pods\n# make rollback REV=3'
    expect(told(script)).toEqual([
      ['task', null, 'kubectl get pods'],
      ['unscripted', 'make rollback REV=3'],
    ])
  })

  test('is shown with the command before if it tells what will be seen', () => {
    const script = 'kubectl get pods\n# Expected: 3 Running\nkubectl get svc\n# Wait for an address'
    expect(splitBlock(script)).toMatchObject([
      { kind: 'commands', expects: ['Expected: 3 Running', 'Wait for an address'], code: { start: 0, end: 54 } },
    ])
  })

  test('titles a group at whose end it stands, if a blank line parts them', () => {
    expect(told('# Build\nmake\n# push the image\n\ndocker push x')).toEqual([
      ['task', 'Build', 'make'],
      ['task', 'push the image', 'docker push x'],
    ])
  })
})

describe('alternatives', () => {
  test('end at the next group without a mark, which is common', () => {
    expect(told('# Option A: npm\nnpm i\n\n# Option B: yarn\nyarn\n\n# Build\nmake')).toEqual([
      ['choice', null, ['npm', ['task', 'npm', 'npm i']], ['yarn', ['task', 'yarn', 'yarn']]],
      ['task', 'Build', 'make'],
    ])
  })

  test('by platform are a choice', () => {
    expect(told('# macOS\nbrew install x\n\n# Ubuntu/Debian\napt install x')).toEqual([
      [
        'choice',
        null,
        ['macOS', ['task', 'macOS', 'brew install x']],
        ['Ubuntu/Debian', ['task', 'Ubuntu/Debian', 'apt install x']],
      ],
    ])
  })

  test('that exclude each other are a choice', () => {
    expect(told('# Initial release\na\n\n# Patch release\nb')[0]).toMatchObject([
      'choice',
      null,
      ['Initial release', {}],
      {},
    ])
  })

  test('keep all that belongs to one, up to the next', () => {
    expect(told('# Option 1: a\na\n# tell Bob\nb\n# Option 2: c\nc')).toEqual([
      [
        'choice',
        null,
        ['a', ['task', 'a', 'a'], ['unscripted', 'tell Bob'], ['task', null, 'b']],
        ['c', ['task', 'c', 'c']],
      ],
    ])
  })

  test('have the title of the comment right above the first', () => {
    expect(told('# 3. Deploy\n# Option A: rolling\na\n# Option B: blue-green\nb')[0]).toMatchObject([
      'choice',
      'Deploy',
      {},
      {},
    ])
  })

  test('are none where only one is marked', () => {
    expect(told('# For staging only\na\n\n# Build\nmake')).toEqual([
      ['task', 'For staging only', 'a'],
      ['task', 'Build', 'make'],
    ])
    expect(told('# Via dashboard: click\n\n# Build\nmake')[0]).toEqual(['manual', 'Via dashboard: click'])
  })

  test('need something before an Or, and an "or" in mid-sentence is none', () => {
    expect(told('# Or by hand\na')).toEqual([['task', 'Or by hand', 'a']])
    expect(told('# Use the console\n# or the tool to do it\na')).toEqual([['task', 'Use the console', 'a']])
  })

  test('that say nothing but "or" are named by their command', () => {
    expect(told('go install x\n# or\nbrew install x')).toEqual([
      [
        'choice',
        null,
        ['go install x', ['task', null, 'go install x']],
        ['brew install x', ['task', 'brew install x', 'brew install x']],
      ],
    ])
  })
})

test('statements of a reference block are whole lines with their heredocs', () => {
  const script = 'a 1; b\ncat <<EOF > x\nl\n\nEOF\nfor i in 1; do\n  echo\ndone\n# c\n  z'
  expect(statementsOf(script).map(({ start, end }) => script.slice(start, end))).toEqual([
    'a 1; b',
    'cat <<EOF > x\nl\n\nEOF',
    'for i in 1; do\n  echo\ndone',
    '  z',
  ])
})
