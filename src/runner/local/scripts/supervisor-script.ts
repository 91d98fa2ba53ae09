import { SUPERVISOR_PARTS } from './supervisor-parts.ts'

/**
 * A launcher: a bash in a session of its own that supervises scripts, one at a time, and checks others before. A fork costs a fifth of
 * starting another bash. `bash -p` keeps the person's BASH_ENV, exported functions and SHELLOPTS out of it, and hands them on to the
 * scripts.
 *
 * It reads orders from descriptor 3, a wire that goes both ways: words that each end in NUL, which neither paths nor environments can hold:
 *
 * - `check FILE`: reads the whole file without running any of it and answers `CODE\n`. The file's first line ends in `set -n`, and it
 *   is read by `.` in a fork: the same reader as `bash -n`, without starting another bash. What it says goes to `FILE.said`.
 * - `run COUNT WORD..`, and an empty word behind the last one: answers `0\n`, and from then on the order depends on nobody: it is the
 *   supervisor of this script until that has ended, whatever becomes of Signoff. Then it says `free\n` and reads on. Secrets come this
 *   way too: no file and no list of processes ever shows them.
 *
 * Descriptors that Signoff was started with are no business of its scripts: it closes them. 255 is its own script; 6 is the
 * wire, which nothing that it starts has, since some of it lives longer.
 *
 * It ends when the wire has ended, that is when Signoff has, however, and no script of it is left.
 *
 * The words of an order: claim folder, time limit in seconds (empty: none), grace in seconds, spool limit in bytes, umask, BASH_ENV of
 * the script, count of `NAME=VALUE` words, these words, then the command. It reads and writes in the claim folder:
 *
 * - `started`, made with O_EXCL: the second supervisor to come runs nothing. Its process id and `/proc/<pid>/stat`.
 * - `out`, `err`: the spools, each made with its first byte. It holds real pipes, so that the script can open /dev/stderr and cannot
 *   truncate its own spool; the copiers (`dd`, since `head -c` holds output back) read them until the last process that holds them has
 *   gone, and do not need their supervisor for it. Most scripts leave one stream silent: `dd` is started at its first byte. It counts
 *   reads, however short: each 65,536 of them, which a script that writes line by line has made in a quarter of a minute, it ends and is
 *   started anew. Pipes and copiers are made as soon as a script was read, while its start is put on record: which claim they are for is
 *   the first that comes through the pipe, before the script has it.
 * - `status`: lines, each of them whole or not yet there. `block PID STAT` and `ended CODE exited|signalled START END UPSTART UPEND` have
 *   space that was made before. Behind it copiers append `copier out|err PID STAT`, `lost out|err BYTES`, `closed out|err`: little enough
 *   to lie in the same block of most disks.
 * - `stop.SIGINT` and so on, see `supervisor-parts.ts`. The time limit is armed as soon as the script runs.
 *
 * How a script ended is told apart by bash's own words: it says nothing of a job that called `exit 143`, lists one that SIGINT,
 * SIGTERM or SIGPIPE ended, and writes a line about any other signal; both go to `jobs`, from before the script starts, since
 * bash may have noticed its end before anybody waits for it: between the two no command may have its stderr elsewhere that starts
 * a process, or the words go there. Other jobs are listed there too: only words about this one count. It is the first job, since those
 * of the script before were given up.
 *
 * All this is done by a fork, and the bash that was started ends: a shell that is no subshell is told of each script that somebody
 * suspends, and would wait for it anew all the time.
 *
 * A `dd` that ends by an error, or is told to go, may have read what it has not written, and does not say how much. The kernel counts what a process
 * and its children have read: taking off what this shell has read itself, and what a `dd` that copies nothing reads to start, leaves what the other one has
 * taken from the pipe. Where the kernel does not tell, one byte counts as lost: at least that is.
 *
 * A copier that was told to go counts what still comes and throws it away, so that who holds the pipe is not killed by it. It forgets
 * the id of a \`dd\` that has ended: by then it may be somebody else's.
 *
 * Job control (`set -m`) puts each script in a process group of its own and leaves SIGINT alive in it.
 *
 * All of it stands in braces, so that bash has read it whole before its first line runs.
 */
export const SUPERVISOR_SCRIPT = `{
umask 077
exec 6<&3
for __signoff_fd in /dev/fd/*; do
  __signoff_fd=\${__signoff_fd##*/}
  [[ $__signoff_fd == [0-26] || $__signoff_fd == 255 || $__signoff_fd == *[!0-9]* ]] || eval "exec $__signoff_fd>&-"
done
set -m -o noclobber
${SUPERVISOR_PARTS.trim()}
__signoff_copy() {
  export LC_ALL=C
  IFS= read -r -d '' __signoff_claim && IFS= read -r -d '' __signoff_spool || return
  exec 5>>"$__signoff_claim/status"
  __signoff_lost=0 __signoff_size=1 __signoff_dd= __signoff_told=
  trap '__signoff_told=1; kill $__signoff_dd 2>/dev/null' TERM
  IFS= read -r -d '' -n 1 __signoff_byte || { printf 'closed %s\\n' "$1" >&5; return; }
  __signoff_stat $BASHPID
  printf 'copier %s %s %s\\n' "$1" $BASHPID "$__signoff_stat" >&5
  # Two words and the line about this shell, each with its end, and the byte.
  __signoff_own=$((4 + \${#__signoff_claim} + \${#__signoff_spool} + \${#__signoff_stat}))
  while :; do
    { if [[ -n $__signoff_byte ]]; then printf %s "$__signoff_byte"; else printf '\\0'; fi >>"$__signoff_claim/$1"; } ||
      __signoff_lost=$((__signoff_lost + 1)) __signoff_size=$((__signoff_size - 1))
    if [[ $OSTYPE == linux* ]]; then
      command -p dd bs=131072 iflag=count_bytes count=$((__signoff_spool - __signoff_size)) status=none <&0 >>"$__signoff_claim/$1" &
    else command -p cat <&0 >>"$__signoff_claim/$1" & fi
    __signoff_dd=$!
    [[ -z $__signoff_told ]] || kill $__signoff_dd
    while :; do
      wait $__signoff_dd; __signoff_code=$?
      kill -0 $__signoff_dd 2>/dev/null || break
    done
    __signoff_dd=
    ((__signoff_code == 0)) || __signoff_in_hand "$1"
    IFS= read -r -d '' -n 1 __signoff_byte || break
    __signoff_size=$(($(command -p wc -c <"$__signoff_claim/$1") + 1))
    if [[ -n $__signoff_told ]] || ((__signoff_code != 0 || __signoff_size > __signoff_spool)); then
      __signoff_lost=$((__signoff_lost + 1 + $(command -p wc -c)))
      break
    fi
    __signoff_reads && __signoff_own=$((__signoff_read + \${#__signoff_io}))
  done
  ((__signoff_lost == 0)) || printf 'lost %s %s\\n' "$1" $__signoff_lost >&5
  printf 'closed %s\\n' "$1" >&5
}
__signoff_reads() {
  __signoff_io=
  IFS= read -r -d '' __signoff_io </proc/self/io
  __signoff_read=\${__signoff_io%%$'\\n'*} __signoff_read=\${__signoff_read#rchar: }
  [[ $__signoff_read == +([0-9]) ]]
}
__signoff_in_hand() {
  if __signoff_reads; then
    __signoff_all=$((__signoff_read - __signoff_own)) __signoff_own=$((__signoff_read + \${#__signoff_io}))
    command -p dd count=0 status=none
    __signoff_reads
    __signoff_all=$((__signoff_all - (__signoff_read - __signoff_own)))
    __signoff_all=$((__signoff_all - ($(command -p wc -c <"$__signoff_claim/$1") - __signoff_size)))
    # Less than nothing: it was told to go before it had started.
    ((__signoff_all < 0)) || __signoff_lost=$((__signoff_lost + __signoff_all))
  elif ((__signoff_code < 128)); then
    __signoff_lost=$((__signoff_lost + 1))
  fi
}
__signoff_ready() {
  [[ -e /dev/fd/3 ]] || exec 3> >(exec 4>&- 6>&-; __signoff_copy out)
  [[ -e /dev/fd/4 ]] || exec 4> >(exec 3>&- 6>&-; __signoff_copy err)
}
__signoff_tell() {
  printf '%s\\0%s\\0' "$__signoff_claim" "$__signoff_spool" >&$1
}
__signoff_supervise() {
  unset -v __signoff_words
  disown -a
  __signoff_claim=$1 __signoff_limit=$2 __signoff_grace=$3 __signoff_spool=$4 __signoff_mask=$5 __signoff_env=$6 __signoff_count=$7
  shift 7
  __signoff_take || return
  __signoff_ready
  __signoff_tell 3 || { exec 3>&-; __signoff_ready; __signoff_tell 3; }
  __signoff_tell 4 || { exec 4>&-; __signoff_ready; __signoff_tell 4; }
  __signoff_start
  exec 2>"$__signoff_claim/jobs"
  {
    umask "$__signoff_mask"
    ((__signoff_count == 0)) || export -- "\${@:1:__signoff_count}"
    shift "$__signoff_count"
    BASH_ENV=$__signoff_env exec "$@"
  } </dev/null >&3 2>&4 3>&- 4>&- 5>&- 6>&- &
  __signoff_block=$!
  exec 3>&- 4>&-
  set --
  __signoff_stat $__signoff_block
  printf 'block %s %s\\n' $__signoff_block "$__signoff_stat" >&5
  if [[ -n $__signoff_limit ]]; then __signoff_watch 2>/dev/null 5>&- 6>&- & __signoff_watcher=$!; fi
  while :; do
    wait $__signoff_block; __signoff_code=$?
    kill -0 $__signoff_block 2>/dev/null || break
  done
  __signoff_end=$EPOCHREALTIME
  __signoff_how=exited
  if ((__signoff_code > 128)); then
    jobs -l >&2
    __signoff_said=$(<"$__signoff_claim/jobs") __signoff_listed='\\[1\\][+-]? +[^0-9 ]' __signoff_named="[^0-9]$__signoff_block[^0-9]"
    [[ $__signoff_said =~ $__signoff_listed || $__signoff_said =~ $__signoff_named ]] && __signoff_how=signalled
  fi
  # Whoever follows the script learns by our end what we could not write.
  __signoff_ended $__signoff_code $__signoff_how || exit
  exec 5>&- 2>/dev/null
}
__signoff_serve() {
  set -m
  trap : HUP INT TERM PIPE
  while IFS= read -r -d '' -u 6 __signoff_what; do
    IFS= read -r -d '' -u 6 __signoff_first || break
    case $__signoff_what in
      check)
        (. "$__signoff_first") 2>|"$__signoff_first.said"
        printf '%s\\n' $? >&6
        __signoff_ready ;;
      run)
        mapfile -t -d '' -u 6 -n "$__signoff_first" __signoff_words
        # A half order is none: Signoff went while it was giving it. mapfile takes a word without its NUL for one, \`read\` does not.
        IFS= read -r -d '' -u 6 __signoff_last && [[ -z $__signoff_last && \${#__signoff_words[@]} == "$__signoff_first" ]] || break
        printf '0\\n' >&6
        __signoff_supervise "\${__signoff_words[@]}"
        printf 'free\\n' >&6 ;;
    esac
  done
}
__signoff_serve &
exit
}
`
