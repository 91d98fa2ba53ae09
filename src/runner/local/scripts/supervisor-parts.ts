/**
 * What every supervisor does the same way, be its script on pipes or in a terminal. The names are its own, since a variable of the
 * person's environment that had one of them would be changed for the scripts. They are read by `supervisor-script.ts` and
 * `terminal-supervisor-script.ts`, which set `claim`, `limit` and `grace`, and write the status at descriptor 5.
 *
 * - `stat PID`: sets `stat` to the line of `/proc/PID/stat`, or to what `ps` says; empty for a process that has gone.
 * - `uptime`: sets `up` to the seconds since boot, by a clock that does not jump; empty where there is none.
 * - `take`: takes the claim by O_EXCL; false where that is done: the second supervisor to come runs nothing.
 * - `group`: sets `block`, the process and group of the script; false where it is not said within 5 s.
 * - `watch`: once the time is over, signals the group of the script until it is gone, each signal once: `stop.SIGINT` and so on are
 *   made with O_EXCL by whoever sends that signal, so that Signoff and this never both do. Once it has begun to stop the group it
 *   goes on until the group is gone, whatever the script's own process did.
 * - `ended CODE HOW`: the last word on the script; then the watch is ended, unless it has begun to stop the group. False where the word
 *   could not be written.
 */
export const SUPERVISOR_PARTS = `
__signoff_stat() {
  if [[ $OSTYPE == linux* ]]; then IFS= read -r __signoff_stat 2>/dev/null <"/proc/$1/stat" || __signoff_stat=
  else __signoff_stat=$(ps -o lstart= -p "$1"); fi
}
__signoff_uptime() { IFS=' ' read -r __signoff_up _ 2>/dev/null </proc/uptime || __signoff_up=; }
__signoff_take() {
  __signoff_stat $BASHPID
  printf '%s\\n%s\\n' $BASHPID "$__signoff_stat" >"$__signoff_claim/started" || return 97
  exec 5<>"$__signoff_claim/status"
  __signoff_watcher=
}
__signoff_start() { __signoff_uptime; __signoff_upstart=$__signoff_up __signoff_start=$EPOCHREALTIME; }
__signoff_group() {
  [[ -z \${__signoff_block-} ]] || return 0
  for _ in {1..50}; do
    while IFS=' ' read -r __signoff_word __signoff_block _; do [[ $__signoff_word == block ]] && return; done <"$__signoff_claim/status"
    command -p sleep 0.1
  done
  return 1
}
__signoff_watch() {
  command -p sleep "$__signoff_limit"
  __signoff_group || return
  for __signoff_signal in INT TERM KILL; do
    __signoff_stop=$__signoff_claim/stop.SIG$__signoff_signal
    if printf '{"signal":"SIG%s","why":"time-limit","by":null,"sender":"supervisor"}\\n' $__signoff_signal >"$__signoff_stop" || [[ ! -s $__signoff_stop ]]; then
      kill -$__signoff_signal -- -"$__signoff_block"; kill -CONT -- -"$__signoff_block"
    fi
    command -p sleep "$__signoff_grace"
    kill -0 -- -"$__signoff_block" || break
  done
}
__signoff_ended() {
  __signoff_uptime
  printf 'ended %s %s %s %s %s %s\\n' "$1" "$2" "$__signoff_start" "$__signoff_end" "$__signoff_upstart" "$__signoff_up" >&5
  __signoff_written=$?
  if [[ -n $__signoff_watcher ]]; then
    __signoff_sender=
    [[ -e $__signoff_claim/stop.SIGINT ]] && IFS= read -r __signoff_sender <"$__signoff_claim/stop.SIGINT"
    [[ $__signoff_sender == *'"supervisor"'* ]] && wait $__signoff_watcher
    kill -KILL -- -$__signoff_watcher 2>/dev/null
  fi
  return $__signoff_written
}
`
