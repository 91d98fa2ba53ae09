import { SUPERVISOR_PARTS } from './supervisor-parts.ts'

/**
 * The supervisor of a script that has a terminal. It keeps the same claim folder as `supervisor-script.ts` (`started`, `status`,
 * `stop.*`), so that whoever reads a claim need not know which of the two wrote it. What differs:
 *
 * - Its standard input and output are the terminal, and it is started with `bash -m`: that alone makes bash hand the terminal to
 *   the script's process group, so that Ctrl-C and Ctrl-Z are the script's, and `ssh` or `sudo` can open /dev/tty.
 * - It copies nothing. Output is read by Signoff at the other end of the pseudo-terminal; where there is none, by nobody.
 * - Descriptor 3 is a wire to Signoff. `ended` goes out once the status is written; a line comes back when the last of the
 *   output is in the spool. If the wire ends while the script runs, Signoff is gone and the terminal with it: the script is
 *   sent SIGHUP, as a terminal does it. The kernel would tell only the leader of the session, which is the supervisor.
 *
 * A script that was suspended (Ctrl-Z) has no shell above it that could wake it up, so it is woken at once.
 *
 * How it ended: bash says a word about every signal but SIGINT and SIGPIPE; one that died of SIGINT makes bash leave the whole
 * list in braces, so that `code` stays empty and the EXIT trap finds it so. SIGPIPE counts as exit 141: bash tells the two apart only
 * in a job that never had the terminal.
 *
 * Arguments: claim folder, time limit in seconds (empty: none), grace in seconds, umask, BASH_ENV of the script, the command.
 */
export const TERMINAL_SUPERVISOR_SCRIPT = `{
__signoff_claim=$1 __signoff_limit=$2 __signoff_grace=$3 __signoff_mask=$4 __signoff_env=$5; shift 5
umask 077
set -o noclobber
trap : HUP INT TERM
${SUPERVISOR_PARTS.trim()}
__signoff_hang_up() {
  IFS= read -r _ <&3
  __signoff_group && kill -HUP -- -"$__signoff_block" && kill -CONT -- -"$__signoff_block"
}
__signoff_finish() {
  __signoff_end=$EPOCHREALTIME
  exec 2>/dev/null
  __signoff_how=exited
  if [[ -z $__signoff_code ]]; then __signoff_code=130 __signoff_how=signalled
  elif ((__signoff_code > 128)) && [[ -s $__signoff_claim/jobs ]]; then __signoff_how=signalled; fi
  __signoff_ended $__signoff_code $__signoff_how
  kill -KILL -- -$__signoff_hanger
  wait $__signoff_hanger
  trap '' PIPE
  printf 'ended\\n' >&3
  IFS= read -r _ <&3 && printf 'closed out\\nclosed err\\n' >&5
}
{
  __signoff_take || exit
  __signoff_start
  __signoff_hang_up </dev/null >/dev/null 5>&- & __signoff_hanger=$!
  if [[ -n $__signoff_limit ]]; then __signoff_watch </dev/null >/dev/null 3>&- 5>&- & __signoff_watcher=$!; fi
  __signoff_code=
  trap __signoff_finish EXIT
} 2>/dev/null
exec 2>"$__signoff_claim/jobs"
(
  __signoff_stat $BASHPID 2>/dev/null
  printf 'block %s %s\\n' $BASHPID "$__signoff_stat" >&5
  umask "$__signoff_mask"
  BASH_ENV=$__signoff_env exec "$@" 2>&1 3>&- 5>&-
)
__signoff_code=$?
while [[ -n $(jobs -sp) ]]; do
  __signoff_code=
  exec 2>|"$__signoff_claim/jobs"
  fg %% >/dev/null
  __signoff_code=$?
done
exit
}
`
