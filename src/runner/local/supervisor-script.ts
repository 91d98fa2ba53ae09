/**
 * The supervisor: a small bash that outlives Signoff, in a session of its own, started once for each order.
 * It needs nothing of Node, so that killing Signoff loses nothing. `bash -p` keeps the person's BASH_ENV, exported
 * functions and SHELLOPTS out of it, and hands them on to the script.
 *
 * Arguments: claim folder, time limit in seconds (empty: none), grace in seconds, spool limit in bytes, umask, BASH_ENV of
 * the script, then the command. It reads and writes in the claim folder:
 *
 * - `started`, made with O_EXCL: the second supervisor to come runs nothing. Its process id and `/proc/<pid>/stat`.
 * - `out`, `err`: the spools. It holds real pipes, so that the script can open /dev/stderr and cannot truncate its own
 *   spool; the copiers (`dd`, since `head -c` holds output back) read them until the last process that holds them has gone.
 * - `status`, space for which was made before: lines, each of them whole or not yet there. `block PID STAT`,
 *   `ended CODE exited|signalled START END UPSTART UPEND`, `lost out|err BYTES`, `drained`.
 * - `stop.SIGINT` and so on: made with O_EXCL by whoever sends that signal, so that Signoff and the time limit here
 *   never both send it. The limit is armed as soon as the script runs.
 *
 * How a script ended is told apart by bash's own words: it says nothing of a job that called `exit 143`, lists one that SIGINT,
 * SIGTERM or SIGPIPE ended, and writes a line about any other signal; both go to `jobs`, from before the script starts, since
 * bash may have noticed its end before anybody waits for it. Other jobs are listed there too: only words about this one count.
 *
 * It stands in braces, so that bash has read it whole before its first line runs.
 *
 * Once it has begun to stop the group it goes on until the group is gone, whatever the script's own process did.
 *
 * Job control (`set -m`) puts the script in a process group of its own and leaves SIGINT alive in it.
 */
export const SUPERVISOR_SCRIPT = `{
claim=$1 limit=$2 grace=$3 spool=$4 mask=$5 env=$6; shift 6
umask 077
set -m -o noclobber
trap : HUP INT TERM
stat_of() { IFS= read -r stat <"/proc/$1/stat" || stat=$(ps -o lstart= -p "$1"); }
uptime_of() { IFS=' ' read -r up _ </proc/uptime || up=; }
copy() {
  LC_ALL=C
  if [[ $OSTYPE == linux* ]]; then command -p dd bs=131072 iflag=count_bytes count="$spool" status=none >>"$claim/$1"
  else command -p cat >>"$claim/$1"; fi
  if IFS= read -r -d '' -n 1; then lost=$(command -p wc -c); printf 'lost %s %s\\n' "$1" $((lost + 1)) >&5; fi
}
watch() {
  command -p sleep "$limit"
  for signal in INT TERM KILL; do
    if printf '{"signal":"SIG%s","why":"time-limit","by":null,"sender":"supervisor"}\\n' $signal >"$claim/stop.SIG$signal" || [[ ! -s $claim/stop.SIG$signal ]]; then
      kill -$signal -- -"$block"
    fi
    command -p sleep "$grace"
    kill -0 -- -"$block" || break
  done
}
{
  stat_of $$
  printf '%s\\n%s\\n' $$ "$stat" >"$claim/started" || exit 97
  exec 5<>"$claim/status"
  exec 3> >(copy out); out=$!
  exec 4> >(exec 3>&-; copy err); err=$!
  uptime_of; upstart=$up start=$EPOCHREALTIME
} 2>/dev/null
exec 2>"$claim/jobs"
{ umask "$mask"; BASH_ENV=$env exec "$@"; } </dev/null >&3 2>&4 3>&- 4>&- 5>&- &
block=$!
exec 3>&- 4>&-
stat_of $block 2>/dev/null
printf 'block %s %s\\n' $block "$stat" >&5
watcher=
if [[ -n $limit ]]; then watch 2>/dev/null 5>&- & watcher=$!; fi
while :; do
  wait $block; code=$?
  kill -0 $block 2>/dev/null || break
done
end=$EPOCHREALTIME; uptime_of 2>/dev/null
how=exited
if ((code > 128)); then
  jobs -l >&2
  said=$(<"$claim/jobs") listed='\\[1\\][+-]? +[^0-9 ]' named="[^0-9]$block[^0-9]"
  [[ $said =~ $listed || $said =~ $named ]] && how=signalled
fi
printf 'ended %s %s %s %s %s %s\\n' $code $how "$start" "$end" "$upstart" "$up" >&5
if [[ -n $watcher ]]; then
  sender=
  [[ -e $claim/stop.SIGINT ]] && IFS= read -r sender <"$claim/stop.SIGINT"
  [[ $sender == *'"supervisor"'* ]] && wait $watcher
  kill -KILL -- -$watcher 2>/dev/null
fi
wait $out; wait $err
printf 'drained\\n' >&5
exit
}
`
