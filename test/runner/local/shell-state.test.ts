import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSession, type SessionOfScripts } from './session-of-scripts.ts'

let session: SessionOfScripts
beforeEach(() => {
  session = openSession()
})
afterEach(() => session.end())

/** Runs the blocks one after the other; the output of the last one. */
async function afterBlocks(...blocks: string[]): Promise<string> {
  let out = ''
  for (const block of blocks) out = (await session.run(block)).out
  return out
}

describe('what one block leaves behind, the next one finds', () => {
  test.each([
    ['plain variables', 'a=1', 'echo "$a"', '1\n'],
    ['exported variables', 'export A=1', 'bash -c \'echo "$A"\'', '1\n'],
    ['that a variable is not exported', 'a=1', 'bash -c \'echo "${a-none}"\'', 'none\n'],
    ['values of several lines', "v=$'a\\nb\\n'", 'printf %s "$v"', 'a\nb\n'],
    ['values that look like assignments', "v=$'A=B\\nC=D'", 'echo "$v"; echo "${C-none}"', 'A=B\nC=D\nnone\n'],
    ['empty values', 'v=', 'echo "${v-unset}."', '.\n'],
    ['quotes, dollars and backslashes', `v='"$x\`y\`\\'`, 'echo "$v"', '"$x`y`\\\n'],
    ['bytes that are not text', "v=$'\\x01\\xff\\x7f'", 'printf %s "$v" | od -An -tx1', ' 01 ff 7f\n'],
    [
      'a PEM key',
      'k="-----BEGIN-----\nMIIB+/=\n-----END-----"',
      'echo "$k"',
      '-----BEGIN-----\nMIIB+/=\n-----END-----\n',
    ],
    ['arrays', 'a=(1 "2 3" "")', 'echo "${#a[@]} ${a[1]}"', '3 2 3\n'],
    ['associative arrays', 'declare -A m=([k]=v ["a b"]="c d")', 'echo "${m[k]} ${m[a b]}"', 'v c d\n'],
    ['namerefs', 'x=1; declare -n r=x', 'r=2; echo "$x"', '2\n'],
    [
      'integers and read-only variables',
      'declare -i n=3; readonly R=r',
      'n+=4; echo "$n $R"; (R=x) 2>/dev/null || echo ro',
      '7 r\nro\n',
    ],
    [
      'variables that were only declared',
      'declare -A m; declare -a l; declare -i n',
      'm[k]=v; m[j]=w; l[3]=x; n=2+3; echo "${#m[@]} ${m[k]} ${!l[*]} $n"',
      '2 v 3 5\n',
    ],
    ['that a variable is to be exported once it is set', 'export A', 'A=1; bash -c \'echo "$A"\'', '1\n'],
    ['the status of the last command', 'set +e; (exit 3)', 'echo "$?"; false; echo on', '3\n'],
    ['keys of any text', "declare -A m=([$'a\\nb']=1 [x y]=\"q'\")", 'echo "${m[$\'a\\nb\']} ${m[x y]}"', "1 q'\n"],
    [
      '2,000 variables',
      'for i in {1..2000}; do declare "v_$i=$(printf %0100d $i)"; done',
      'echo "${#v_1999}"',
      '100\n',
    ],
    ['100 KB in one variable', 'export BIG=$(printf %0100000d 1)', 'bash -c \'echo "${#BIG}"\'', '100000\n'],
    ['that a variable may not be changed, be it PATH', 'readonly PATH', '(PATH=x) 2>/dev/null || echo ro', 'ro\n'],
    ['functions', 'f() { echo "f $1"; }', 'f 1', 'f 1\n'],
    ['functions with names of any kind', 'a-b() { echo ab; }; x.y() { echo xy; }', 'a-b; x.y', 'ab\nxy\n'],
    [
      'functions that bear the names of builtins',
      'cd() { echo "cd $1"; }; exit() { echo no; }',
      'cd /x; exit 3',
      'cd /x\nno\n',
    ],
    ['exported functions', 'f() { echo f; }; export -f f', 'bash -c f', 'f\n'],
    ['functions with extended patterns', 'shopt -s extglob; f() { [[ $1 == !(x|y) ]]; }', 'f z && echo ok', 'ok\n'],
    ['functions with heredocs', "f() { cat <<'E'\n$a `b`\nE\n}", 'f', '$a `b`\n'],
    ['aliases, as a terminal does', "alias hi='echo hi'", 'hi', 'hi\n'],
    ['that aliases are not to be used', "shopt -u expand_aliases; alias cat='echo alias'", 'cat /dev/null', ''],
    [
      'an alias and a function of one name',
      "shopt -s expand_aliases; hi() { echo function; }; alias hi='echo alias'",
      'hi; \\hi',
      'alias\nfunction\n',
    ],
    [
      'a function with a word in it that became an alias later',
      "shopt -s expand_aliases; hi() { echo function; }; f() { hi; }; alias hi='echo alias'",
      'f',
      'function\n',
    ],
    [
      'aliases of the words that the session itself is read by',
      "a=1; shopt -s expand_aliases; alias builtin='echo no' declare='echo no' trap='echo no' local='echo no'",
      'echo "$a"; builtin x',
      '1\nno x\n',
    ],
    [
      'builtins that were switched off',
      'a=1; enable -n printf declare',
      'echo "$a"; type -t printf declare || true',
      '1\nfile\n',
    ],
    ['shell options', 'shopt -s nullglob', 'shopt -q nullglob && echo on', 'on\n'],
    ['set options', 'set -u; set -o noglob; set +B', 'echo "$-" | grep -o "[ufB]" | tr -d "\\n"', 'fu'],
    ['unset variables of the environment', 'unset LANG', 'echo "${LANG-none}"', 'none\n'],
    ['changes of the PATH', 'PATH=$PATH:/extra/bin', 'echo "${PATH##*:}"', '/extra/bin\n'],
    ['the folder', 'mkdir "a b"; cd "a b"', 'echo "${PWD##*/}"', 'a b\n'],
    ['the folder before', 'mkdir d; cd d', 'cd - >/dev/null; echo "${PWD##*/}"', 'work\n'],
    ['the stack of folders', 'mkdir d; pushd d >/dev/null', 'popd >/dev/null; echo "${PWD##*/}"', 'work\n'],
    [
      'a deep stack of folders',
      'mkdir a b c; cd a; pushd ../b >/dev/null; pushd ../c >/dev/null',
      'for i in 1 2; do popd >/dev/null; echo "${PWD##*/}"; done',
      'b\na\n',
    ],
    [
      'a folder that was reached by a link',
      'mkdir real; ln -s real link; cd link',
      'echo "${PWD##*/}"; pwd -P | sed "s#.*/##"',
      'link\nreal\n',
    ],
    ['the umask', 'umask 027', 'umask', '0027\n'],
    ['IFS', 'IFS=,', 'v=a,b; set -- $v; echo $#', '2\n'],
    [
      'IFS of letters and signs that names are made of',
      "IFS='_al/'; v_all=x",
      'a=1; cat="x_y"; set -- $cat; echo "$# $v_all"',
      '2 x\n',
    ],
    [
      'a read-only IFS',
      "readonly IFS=$'\\n'; set -f; shopt -s nullglob",
      'v="a b"; set -- $v; echo "$# $-" | tr -d ehB; shopt -q nullglob && echo on',
      '1 f\non\n',
    ],
    ...[':', '-', 'e', ':-_ae'].flatMap((signs): [string, string, string, string][] => [
      [
        `IFS of ${signs}, which names of options and the lists of them hold, with options set and a trap at the end`,
        `IFS='${signs}'; set -uf; shopt -s nullglob; trap 'v=$((v + 1))' EXIT; v=1`,
        'printf "%s\\n" "$IFS" "$v"; shopt -q nullglob && [[ $- == *u*f* || $- == *f*u* ]] && echo on',
        `${signs}\n2\non\n`,
      ],
    ]),
    ['a read-only IFS of :', 'readonly IFS=:; set -u', 'v=a:b; set -- $v; echo $#', '2\n'],
    ['IFS that is not set', 'unset IFS', 'echo "${IFS-unset}"', 'unset\n'],
    [
      'limits, soft and hard ones',
      'ulimit -n 100; ulimit -Sn 50; ulimit -c 0',
      'ulimit -Sn; ulimit -Hn; bash -c "ulimit -c"',
      '50\n100\n0\n',
    ],
    [
      'more than the largest file that it may write',
      'ulimit -Sf 1; v=$(printf %05000d 1)',
      'echo "${#v} $(ulimit -f)"; trap -p',
      '5000 1\n',
    ],
    ['traps of signals', "trap 'echo usr' USR1", 'kill -USR1 $$', 'usr\n'],
    ['that a trap was removed', "trap 'echo usr' USR1; trap - USR1", 'trap -p', ''],
    ['names that the shell uses for itself', 'o=1; n=2; x=3; file=4', 'echo "$o$n$x$file"', '1234\n'],
  ])('%s', async (_, first, second, expected) => {
    expect(await afterBlocks(first, second)).toBe(expected)
  })

  test('it stays over blocks that say nothing of it', async () => {
    expect(await afterBlocks('a=1; f() { echo "$a"; }', ':', ':', 'f')).toBe('1\n')
  })

  test('a session of a recovery flow has a state of its own', async () => {
    await session.run('a=1')
    expect((await session.run('echo "${a-none}"', { session: 'recovery' })).out).toBe('none\n')
  })

  test('a later process finds it too', async () => {
    await session.run('a=1')
    const later = session.again()
    expect((await later.run('echo "$a"', { step: 'later' })).out).toBe('1\n')
  })

  test('a failing block keeps what it did before it failed', async () => {
    expect(await afterBlocks('a=1; false; a=2', 'echo "$a"')).toBe('1\n')
  })

  test('of a secret nothing is written down, be it read-only, a number or in a function that ends the block', async () => {
    session.executor.keepSecret('PIN', '271828182')
    const secret = { secrets: ['PIN'], env: {} }
    for (const block of [
      'a=1; readonly PIN',
      'declare -i PIN; export PIN',
      'f() { local PIN=$PIN a=2; exit 0; }; f',
      'f() { local -i PIN=$PIN; exit 0; }; f',
      'declare -ir PIN',
      'pin=$PIN; unset PIN; readonly -a PIN=([1]=$pin); unset pin',
      'pin=$PIN; unset PIN; declare -rA PIN=([k]=$pin); unset pin',
    ]) {
      expect(await session.run(block, secret)).toMatchObject({ exit: 0 })
      expect(spawnSync('grep', ['-r', '271828182', session.stateDir]).stdout.toString()).toBe('')
      expect((await session.run('echo "$a${PIN-none}"')).out).toBe('1none\n')
    }
  })

  test('what every block is given anew is not kept, be it read-only', async () => {
    await session.run('readonly SIGNOFF_STEP; declare -r SIGNOFF', { step: 'first' })
    expect((await session.run('echo "$SIGNOFF_STEP"', { step: 'second' })).out).toBe('second\n')
  })

  test('variables that a step is given win over the state only when they are new', async () => {
    await session.run('echo "$TAG"; TAG=changed', { env: { TAG: 'v1' } })
    expect((await session.run('echo "$TAG"', { env: { TAG: 'v1' } })).out).toBe('changed\n')
    expect((await session.run('echo "$TAG"', { env: { TAG: 'v2' } })).out).toBe('v2\n')
  })

  test('sh starts where the bash blocks stand, and leaves nothing behind', async () => {
    await session.run('mkdir d; cd d; export A=1; umask 027')
    const sh = await session.run('echo "$A ${PWD##*/} $(umask)"; cd /; A=2', { shell: 'sh' })
    expect(sh.out).toBe('1 d 0027\n')
    expect((await session.run('echo "$A ${PWD##*/}"')).out).toBe('1 d\n')
  })

  test('sh is started whatever the bash blocks have named, and no trap of theirs sees it', async () => {
    await session.run("alias exec='echo alias'; exec() { echo function; }; trap 'echo \"> $BASH_COMMAND\"' DEBUG")
    expect(await session.run('echo sh', { shell: 'sh' })).toMatchObject({ out: 'sh\n', err: '', exit: 0 })
  })
})

describe('a block cannot destroy its session', () => {
  test.each([
    ['exit', 'a=2; exit 3', 3, '2\n'],
    [
      'exit in a function, whose locals are gone',
      'a=2; f() { local a=3 zz=4; g; }; g() { local a=5; exit 4; }; f',
      4,
      '2\n',
    ],
    ['a failing command in a function', 'a=2; f() { local a=3; false; }; f', 1, '2\n'],
    ['exec: the state before it holds', 'a=2; exec echo gone', 0, '1\n'],
    ['KILL: the state before it holds', 'a=2; kill -KILL $$', null, '1\n'],
    ['an unset variable under set -u', 'a=2; set -u; echo "$nope"', 1, '2\n'],
    ['a syntax error', 'a=2\nfi', 2, '2\n'],
    ['an unclosed quote', 'a=2\necho "x', 2, '2\n'],
    ['redefined builtins', 'a=2; declare() { echo no; }; builtin() { echo no; }; unset -f builtin', 0, '2\n'],
    ['posix mode', 'a=2; set -o posix', 0, '2\n'],
    ['closed streams', 'a=2; exec >&- 2>&-', 0, '2\n'],
    ['streams that lead elsewhere', 'a=2; exec >out.txt 2>&1; echo hidden', 0, '2\n'],
    ['set -n', 'a=2\nset -n\na=3', 0, '1\n'],
    ['SIGTERM to its own group', 'a=2; kill -TERM 0', null, '2\n'],
    ['an unset PATH', 'a=2; unset PATH', 0, '2\n'],
    ['noclobber', 'a=2; set -C', 0, '2\n'],
    ['a smaller file than the state is: the state before it holds', 'a=2; ulimit -f 0', 0, '1\n'],
    ['the folder of the script itself', 'a=2; cd "$(dirname "$0")"', 0, '2\n'],
    ['a folder above it', 'a=2; cd "$(dirname "${BASH_SOURCE[0]}")/.."', 0, '2\n'],
  ])('%s', async (_, block, exit, expected) => {
    await session.run('a=1')
    expect((await session.run(block)).exit).toBe(exit)
    expect((await session.run('echo "$a${zz-}"')).out).toBe(expected)
  })

  test.each([
    ['a job to wait for', 'sleep 600 >/dev/null 2>&1 & p=$!', 'wait $p', 127, 'is not a child of this shell'],
    ['a job by its number', 'sleep 600 >/dev/null 2>&1 &', 'wait %1', 127, 'no such job'],
    ['a descriptor', 'exec 5>file', 'echo x >&5', 1, 'Bad file descriptor'],
  ])('what it cannot hand on is said, and missing in the next one: %s', async (_, first, second, exit, says) => {
    const { reports } = await session.run(first)
    expect(reports.find(({ kind }) => kind === 'left')).toMatchObject({ event: { state: 'kept' } })
    const next = await session.run(second)
    expect(next.exit).toBe(exit)
    expect(next.err).toContain(says)
  })

  test('a folder that is gone is named, and nothing of the block runs', async () => {
    mkdirSync(join(session.folder, 'd'))
    await session.run('cd d')
    rmSync(join(session.folder, 'd'), { recursive: true })
    const result = await session.run('touch ran')
    expect(result.exit).toBe(1)
    expect(result.err).toContain(`${session.folder}/d`)
    expect(existsSync(join(session.folder, 'ran'))).toBe(false)
  })
})

describe('what a block reads and writes', () => {
  test.each([
    ['nothing at its stdin, be it in a loop', 'while read -r line; do echo "$line"; done; cat; echo on', 0, 'on\n', ''],
    [
      'a stream that it has closed: the write fails, and not the block',
      'exec 1>&-; echo x 2>/dev/null || echo "$?" >&2',
      0,
      '',
      '1\n',
    ],
    ['lines that end as DOS ends them, as they are', 'a=1\r\necho "[$a]"\r\n', 0, '[1\r]\r\n', ''],
    ['a heredoc with blank lines', "cat <<'E'\n\na\n\n\nb\nE", 0, '\na\n\n\nb\n', ''],
    ['substituted files', 'cat <(echo a) <(echo b); echo c | tee >(cat >&2) >/dev/null; sleep 0.1', 0, 'a\nb\n', 'c\n'],
    ['a coprocess', 'coproc cat; echo hi >&"${COPROC[1]}"; read -r x <&"${COPROC[0]}"; echo "$x"', 0, 'hi\n', ''],
  ])('%s', async (_, block, exit, out, err) => {
    expect(await session.run(block)).toMatchObject({ exit, out, err })
  })
})

describe('a block ends at its first failing command', () => {
  test.each([
    ['a command', 'false; echo on', 1, ''],
    ['a part of a pipe', '(exit 7) | cat; echo on', 7, ''],
    ['not under set +e', 'set +e; false; echo on', 0, 'on\n'],
    ['not in a condition', 'if false; then :; fi; false || echo on', 0, 'on\n'],
  ])('%s', async (_, block, exit, out) => {
    expect(await session.run(block)).toMatchObject({ exit, out })
  })

  test('again in the block after one that switched it off', async () => {
    expect(await session.run('set +e +o pipefail')).toMatchObject({ exit: 0 })
    expect(await session.run('false; echo on')).toMatchObject({ exit: 1, out: '' })
  })
})

describe('the EXIT trap of a block', () => {
  test('runs at the end of its block, and the state is kept', async () => {
    expect(await session.run("a=1; trap 'echo bye $? $a; b=2' EXIT; (exit 3)")).toMatchObject({
      out: 'bye 3 1\n',
      exit: 3,
    })
    expect((await session.run('echo "$a$b"')).out).toBe('12\n')
  })

  test('may exit with a code of its own', async () => {
    expect(await session.run("a=1; trap 'exit 9' EXIT")).toMatchObject({ exit: 9 })
    expect((await session.run('echo "$a"')).out).toBe('1\n')
  })

  test('runs in a subshell as well, and can be listed and removed', async () => {
    const result = await session.run("trap 'echo out' EXIT; (trap 'echo in' EXIT); trap -p EXIT; trap - EXIT")
    expect(result.out).toBe('in\ntrap -- echo\\ out EXIT\n')
  })

  test('ERR, DEBUG and RETURN traps can be set, changed and removed', async () => {
    const script = "set +e; trap 'echo E1' ERR; false; trap 'echo E2' ERR; false; trap - ERR; false"
    expect((await session.run(script)).out).toBe('E1\nE2\n')
  })
})

describe('nothing of ours shows', () => {
  test('in the environment', async () => {
    const { out } = await session.run('env | cut -d= -f1 | sort | tr "\\n" " "')
    expect(out).toBe('HOME LANG PATH PWD SHLVL SIGNOFF SIGNOFF_ATTEMPT SIGNOFF_RUN SIGNOFF_STEP _ ')
  })

  test('in the trace of set -x', async () => {
    const { err } = await session.run('set -x; echo hi; trap "echo bye" EXIT')
    expect(err).toBe("+ echo hi\n+ trap 'echo bye' EXIT\n+ builtin eval 'echo bye'\n++ echo bye\n")
    expect((await session.run(':')).err).toBe('+ :\n')
  })

  test('in what bash says of a locale that this machine does not have: once, where it is asked for', async () => {
    expect((await session.run('export LC_ALL=xx_YY; a=1')).err).toContain('cannot change locale (xx_YY)')
    expect(await session.run('echo "$a $LC_ALL"')).toMatchObject({ out: '1 xx_YY\n', err: '' })
  })

  test("a person's BASH_ENV is read once and kept", async () => {
    const file = join(session.folder, 'env.bash')
    writeFileSync(file, 'echo read')
    const other = openSession({ environment: { PATH: process.env.PATH ?? '', BASH_ENV: file } })
    expect((await other.run('echo "$BASH_ENV"')).out).toBe(`read\n${file}\n`)
    expect((await other.run('bash -c :')).out).toBe('read\n')
    other.end()
  })

  test('options of the shell that started Signoff do not reach the scripts', async () => {
    const other = openSession({
      environment: { PATH: process.env.PATH ?? '', SHELLOPTS: 'xtrace:noclobber', BASHOPTS: 'nullglob' },
    })
    expect(await other.run('echo hi; shopt -q nullglob || echo off')).toMatchObject({ out: 'hi\noff\n', err: '' })
    other.end()
  })
})

test('messages of bash carry the line of the runbook', async () => {
  const result = await session.run('echo ok\nno-such-command-here', { line: 41 })
  expect(result.err).toMatch(/line 42: no-such-command-here: command not found/)
})

test('the text reaches bash byte for byte', async () => {
  const script = 'cat <<\'E\'\n\n  two\\\n$HOME `x`\r\n\té\u0000\nE\nprintf %s "end"'.replace('\u0000', '')
  expect((await session.run(script)).out).toBe('\n  two\\\n$HOME `x`\r\n\té\nend')
})
