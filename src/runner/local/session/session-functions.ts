import { PASSING_VARIABLES } from './own-variables.ts'

/** The last line of a state that was written whole. One line, since under `set -v` bash shows the lines that it reads after. */
export const STATE_END = '__signoff_set #signoff: whole\n'

/**
 * - Only builtins, called as `builtin X` where a runbook could have a function of that name.
 * - The state is bash text, read back by `.`, in the order in which it can be read: shell options before functions (extglob),
 *   traps after everything they would fire on, aliases after every line that they could change, `-e` and `-x` last.
 *   Its first lines are comments for `session-state.ts`.
 * - The trap's text is read when it runs: `\builtin`, since a runbook may have an alias of that name.
 * - A variable that was declared as an array, a number or exported, and never set, is listed by `declare` alone, in a line without
 *   `=`, beside the values of others: so not where a secret is held that could not be unset.
 * - What ends in a function sees its locals: unsetting one shows what it hid, once for each function that runs.
 * - `trap` is a function so that a runbook's own EXIT trap runs at the end of its block and does not take the place of the dump.
 * - A runbook's EXIT trap may call `exit`, and then nothing after it runs: the state is written before it too, by a subshell.
 * - A bash with a command (`-c`) only starts another shell: no trap is to see that.
 * - Nothing of ours shows to a DEBUG trap: `__signoff_over` tells it that the block has ended. An expansion sets it, before which no trap runs.
 * - `__signoff_cd` goes to the folder of the block if it has one, and keeps the session's: that is what is written down.
 * - Lists of options are taken apart without IFS: a runbook may have made it read-only. Behind `builtin local` bash splits what is not quoted.
 * - A block starts with errexit and pipefail, whatever the block before it did to them, and with the status that that ended with: behind
 *   it stands `&& :`, which keeps it and is no failure.
 * - Lists that only a command prints are read back through a file, each behind the one before it. bash does not tell of most lists that
 *   they could not be written, so each ends in a mark: without one the disk was full, and no state is written that lacks what is cut. No file is emptied that can be
 *   written on as it is: some file systems (ext4) put on the disk at once what is written into a file that was emptied.
 * - It is read for every block: what few blocks need is in `SESSION_MORE`, and nothing here loops over the variables.
 */
export const SESSION_FUNCTIONS = `
__signoff_user_exit= __signoff_read=0 __signoff_whole=1 __signoff_limits= __signoff_off=(+exuvTEfk +o posix)
__signoff_over=0 __signoff_null=/dev/null
builtin declare -A __signoff_traps
__signoff_traps=()
__signoff_at_exit='{ __signoff_status=$? __signoff_options=$SHELLOPTS __signoff_shopts=$BASHOPTS; \\builtin set "\${__signoff_off[@]}"; } 2>"\${__signoff_null:!(__signoff_over=1)}"
if [[ -n $__signoff_user_exit ]]; then
  (__signoff_dump)
  { __signoff_set && __signoff_return && __signoff_nothing=; } 2>/dev/null
  \\builtin eval "\${__signoff_user_exit:__signoff_over=0}"
  {
    __signoff_options=$SHELLOPTS __signoff_shopts=$BASHOPTS
    \\builtin set "\${__signoff_off[@]}"
  } 2>"\${__signoff_null:!(__signoff_over=1)}"
fi
__signoff_dump'
__signoff_return() { return "$__signoff_status"; }
__signoff_set() {
  builtin local o rest="$__signoff_options:"
  builtin set -e -o pipefail
  [[ $SHELLOPTS != "$__signoff_options" ]] || return 0
  builtin set +e +o pipefail
  for o in braceexpand hashall interactive-comments; do
    [[ :$__signoff_options: == *:$o:* ]] || builtin set +o "$o"
  done
  while [[ -n $rest ]]; do
    o=\${rest%%:*} rest=\${rest#*:}
    case $o in errexit|xtrace|monitor|privileged|noexec) ;; *) builtin set -o "$o" ;; esac
  done
  [[ :$__signoff_options: == *:errexit:* ]] && builtin set -e
  [[ :$__signoff_options: != *:xtrace:* ]] || builtin set -x
}
__signoff_shopt() {
  [[ $BASHOPTS == "$1" ]] && return
  builtin local o rest="$BASHOPTS:"
  while [[ -n $rest ]]; do o=\${rest%%:*} rest=\${rest#*:}; builtin shopt -u "$o" 2>/dev/null; done
  rest=$1:
  while [[ -n $rest ]]; do o=\${rest%%:*} rest=\${rest#*:}; builtin shopt -s "$o" 2>/dev/null; done
}
__signoff_retrap() { ((\${#__signoff_traps[@]} == 0)) || [[ $- == *c* ]] || { __signoff_load; __signoff_trap_again; }; }
__signoff_cd() {
  __signoff_began=$1
  if [[ -n $__signoff_folder ]]; then __signoff_stood=$1; builtin set -- "$__signoff_folder"; fi
  builtin cd -- "$1" 2>/dev/null && return
  builtin printf 'signoff: the folder %s, where this block starts, is not there\\n' "$1" >&2
  builtin exit 1
}
__signoff_unread() {
  builtin printf 'signoff: the shell state that the blocks before have left cannot be read back\\n' >&2
  builtin trap - EXIT
  builtin exit 1
}
__signoff_empty() { [[ ! -s $1 ]] || builtin : >|"$1"; }
__signoff_list() {
  builtin local -n "__signoff_l=$1"
  { "\${@:2}"; builtin printf '#end\n'; } >>"$__signoff_lists"
  builtin mapfile -t -s "$__signoff_read" "$1" <"$__signoff_lists"
  __signoff_read=$((__signoff_read + \${#__signoff_l[@]}))
  if [[ \${__signoff_l[*]: -1} == '#end' ]]; then builtin unset -v "$1[-1]"; else __signoff_whole=; fi
}
__signoff_builtins() {
  __signoff_disabled=()
  builtin enable -n >>"$__signoff_lists"
  [[ -s $__signoff_lists ]] || return
  builtin enable compgen declare enable jobs mapfile printf shopt trap umask unset
  __signoff_list __signoff_disabled builtin :
}
__signoff_drop() { builtin unset -v ${PASSING_VARIABLES.join(' ')} "\${__signoff_secret[@]}"; }
__signoff_declared() { builtin declare -A; builtin declare -a; builtin declare -i; builtin declare -x; }
__signoff_names() {
  builtin local __signoff_n
  builtin shopt -s extglob
  builtin shopt -u nocasematch
  __signoff_list __signoff_all builtin compgen -v -X "$__signoff_own"
  for __signoff_n in "\${__signoff_secret[@]}"; do builtin declare -p "$__signoff_n" >/dev/null && return; done
  __signoff_list __signoff_bare __signoff_declared
  builtin local - IFS=$'\\n'
  builtin set -f
  for __signoff_n in \${__signoff_bare[@]/*=*}; do
    [[ $__signoff_n == 'declare -'+([a-zA-Z])' '+([a-zA-Z0-9_]) && \${__signoff_n##* } != $__signoff_own ]] && __signoff_all+=("\${__signoff_n##* }")
  done
}
__signoff_dump() {
  { [[ -z $__signoff_limits ]] || { __signoff_load; __signoff_read_limits; }; } 2>/dev/null
  { __signoff_empty "$__signoff_lists"; __signoff_empty "$__signoff_file"; } 2>/dev/null
  __signoff_read=0 __signoff_whole=1
  {
    __signoff_builtins
    __signoff_jobs
    for __signoff_n in "\${FUNCNAME[@]:1}"; do __signoff_drop; done
    __signoff_names
  } 2>/dev/null
  # A claim goes away: who goes where the script itself lies (\`cd "$(dirname "$0")"\`) stays where it began, as at a prompt.
  [[ $PWD/ != "\${__signoff_file%/claims/*}"/* ]] || __signoff_stood=\${__signoff_stood-$__signoff_began}
  [[ -z $__signoff_whole ]] || __signoff_write 2>/dev/null >>"$__signoff_file" || __signoff_whole=
}
__signoff_jobs() {
  __signoff_running=()
  [[ -z $! ]] || __signoff_list __signoff_running builtin jobs -pr
}
__signoff_write() {
  builtin local __signoff_n
  builtin printf '#cwd %q\\n' "\${__signoff_stood-$PWD}"
  ((\${#__signoff_running[@]} == 0)) || builtin printf '#job %s\\n' "\${__signoff_running[@]}"
  for __signoff_n in 3 4 5 6 7 8 9; do [[ ! -e /dev/fd/$__signoff_n ]] || builtin printf '#open %s\\n' "$__signoff_n"; done
  builtin compgen -P '#exported ' -X "$__signoff_own" -e
  [[ :$__signoff_shopts: != *:extglob:* ]] || builtin printf '#extglob\\n'
  builtin printf '#\\n__signoff_shopt %q\\n' "$__signoff_shopts"
  if [[ \${#FUNCNAME[@]} -gt 3 ]]; then __signoff_load; __signoff_reveal; fi
  if [[ \${#__signoff_all[@]} != 0 ]]; then
    builtin printf '{\\n'
    builtin declare -p "\${__signoff_all[@]}"
    builtin printf '} 2>/dev/null\\n'
  fi
  builtin printf '__signoff_again\\n__signoff_cd %q\\n' "\${__signoff_stood-$PWD}"
  [[ -n \${OLDPWD-} ]] && builtin printf 'OLDPWD=%q\\n' "$OLDPWD"
  for ((__signoff_n = \${#DIRSTACK[@]} - 1; __signoff_n > 0; __signoff_n--)); do
    builtin printf 'builtin pushd -n %q >/dev/null\\n' "\${DIRSTACK[__signoff_n]}"
  done
  builtin umask -p
  if [[ -n $__signoff_limits ]]; then __signoff_write_limits; fi
  builtin unset -f trap ulimit __signoff_{again,builtins,cd,declared,drop,dump,empty,exports,jobs,list,load,names,read_limits,retrap,return,reveal,set,shopt,show_trap,trap_again,unexport,unread,write,write_limits}
  builtin declare -f
  builtin declare -F
  for __signoff_n in errexit pipefail; do
    [[ :$__signoff_options: == *:$__signoff_n:* ]] || __signoff_options+=:$__signoff_n
  done
  builtin printf '__signoff_options=%q __signoff_status=%s\\n' "$__signoff_options" "$__signoff_status"
  builtin trap - EXIT
  builtin trap -p
  [[ $__signoff_limits != *XFSZ ]] || builtin printf 'builtin trap - XFSZ\\n'
  ((\${#__signoff_traps[@]} == 0)) || builtin declare -p __signoff_traps
  builtin printf '%s\\n' 'builtin trap -- "$__signoff_at_exit" EXIT'
  ((\${#BASH_ALIASES[@]} == 0)) || builtin declare -p BASH_ALIASES
  builtin printf '%s\\n' "\${__signoff_disabled[@]/#/\\\\builtin }" '${STATE_END.trimEnd()}'
}
__signoff_load() {
  if builtin shopt -q expand_aliases; then
    builtin shopt -u expand_aliases
    builtin . "$__signoff_more"
    builtin shopt -s expand_aliases
  else builtin . "$__signoff_more"; fi
}
__signoff_again() {
  [[ \${#__signoff_given[@]} == 0 ]] || builtin declare -gx "\${__signoff_given[@]}"
  builtin unset -v __signoff_given
}
trap() {
  { builtin local -; builtin set +x; } 2>/dev/null
  __signoff_load && trap "$@"
}
ulimit() {
  { builtin local -; builtin set +x; } 2>/dev/null
  if (($# > 0)) && [[ \${!#} != -* ]]; then __signoff_limits=set; fi
  builtin ulimit "$@"
}
`
