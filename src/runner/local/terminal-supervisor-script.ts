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
 * list in braces, so that `code` stays empty and the EXIT trap finds it so. SIGPIPE counts as exit 141.
 *
 * Arguments: claim folder, time limit in seconds (empty: none), grace in seconds, umask, BASH_ENV of the script, the command.
 */
export const TERMINAL_SUPERVISOR_SCRIPT = `{
claim=$1 limit=$2 grace=$3 mask=$4 env=$5; shift 5
umask 077
set -o noclobber
trap : HUP INT TERM
stat_of() { IFS= read -r stat <"/proc/$1/stat" || stat=$(ps -o lstart= -p "$1"); }
uptime_of() { IFS=' ' read -r up _ </proc/uptime || up=; }
block_of() { IFS=' ' read -r word block _ <"$claim/status" && [[ $word == block ]]; }
watch() {
  command -p sleep "$limit"
  block_of || return
  for signal in INT TERM KILL; do
    if printf '{"signal":"SIG%s","why":"time-limit","by":null,"sender":"supervisor"}\\n' $signal >"$claim/stop.SIG$signal" || [[ ! -s $claim/stop.SIG$signal ]]; then
      kill -$signal -- -"$block"
    fi
    command -p sleep "$grace"
    kill -0 -- -"$block" || break
  done
}
hang_up() {
  IFS= read -r _ <&3
  for _ in {1..50}; do block_of && break; command -p sleep 0.1; done
  block_of && kill -HUP -- -"$block" && kill -CONT -- -"$block"
}
finish() {
  end=$EPOCHREALTIME
  exec 2>/dev/null
  uptime_of
  how=exited
  if [[ -z $code ]]; then code=130 how=signalled
  elif ((code > 128)) && [[ -s $claim/jobs ]]; then how=signalled; fi
  printf 'ended %s %s %s %s %s %s\\n' $code $how "$start" "$end" "$upstart" "$up" >&5
  if [[ -n $watcher ]]; then
    sender=
    [[ -e $claim/stop.SIGINT ]] && IFS= read -r sender <"$claim/stop.SIGINT"
    [[ $sender == *'"supervisor"'* ]] && wait $watcher
    kill -KILL -- -$watcher
  fi
  kill -KILL -- -$hanger
  wait $hanger
  trap '' PIPE
  printf 'ended\\n' >&3
  IFS= read -r _ <&3 && printf 'closed out\\nclosed err\\n' >&5
}
{
  stat_of $$
  printf '%s\\n%s\\n' $$ "$stat" >"$claim/started" || exit 97
  exec 5<>"$claim/status"
  uptime_of; upstart=$up start=$EPOCHREALTIME
  hang_up </dev/null >/dev/null 5>&- & hanger=$!
  watcher=
  if [[ -n $limit ]]; then watch </dev/null >/dev/null 3>&- 5>&- & watcher=$!; fi
  code=
  trap finish EXIT
} 2>/dev/null
exec 2>"$claim/jobs"
(
  stat_of $BASHPID 2>/dev/null
  printf 'block %s %s\\n' $BASHPID "$stat" >&5
  umask "$mask"
  BASH_ENV=$env exec "$@" 2>&1 3>&- 5>&-
)
code=$?
while [[ -n $(jobs -sp) ]]; do
  code=
  exec 2>|"$claim/jobs"
  fg %% >/dev/null
  code=$?
done
exit
}
`
