/**
 * What few blocks need, read when one does.
 *
 * - bash shows none of an ERR, DEBUG or RETURN trap to a function, so they are kept in \`__signoff_traps\`, for \`trap -p\` and for the
 *   blocks that follow. A DEBUG or RETURN trap passes over what is ours.
 * - bash puts back an ERR, DEBUG or RETURN trap that a function removes, so removing one sets `:`.
 * - `exit` inside a function runs the EXIT trap in the scope of that function. Its locals are taken out: `t`, an
 *   attribute that means nothing on a variable, marks the global one, and what hides it is unset until it shows.
 * - A recovery flow takes what the main flow exported, and nothing else of it. That is asked in a subshell first, which writes into the
 *   file of lists as well and cannot tell how far: each of the two begins it anew.
 * - Limits are read before anything is written: the state may be longer than the largest file that the block allows itself. What may be
 *   raised again is, and where that does not do, the write fails as on a full disk, and no signal ends a script that has ended well.
 */
export const SESSION_MORE = `
__signoff_reveal() {
  builtin local __signoff_n __signoff_depth
  for __signoff_n in "\${__signoff_all[@]}"; do
    [[ -v $__signoff_n || -n \${!__signoff_n@a} ]] || continue
    builtin declare -gt "$__signoff_n"
    for ((__signoff_depth = \${#FUNCNAME[@]}; __signoff_depth > 0; __signoff_depth--)); do
      [[ \${!__signoff_n@a} == *t* ]] && break
      builtin unset -v "$__signoff_n"
    done
    builtin declare -g +t "$__signoff_n"
  done
}
__signoff_exports() {
  __signoff_unexport
  __signoff_given=()
  __signoff_cd() { :; }
  . "$1" >/dev/null 2>&1
  builtin trap - EXIT
  builtin set +exu
  __signoff_names
  builtin local __signoff_n __signoff_a __signoff_f
  for __signoff_n in "\${__signoff_all[@]}"; do
    [[ $__signoff_fresh != *" $__signoff_n "* && \${!__signoff_n@a} == *x* ]] && builtin declare -p "$__signoff_n"
  done
  while builtin read -r __signoff_n __signoff_a __signoff_f; do
    [[ $__signoff_a == *x* ]] && builtin declare -f "$__signoff_f" && builtin printf 'builtin declare -fx %q\\n' "$__signoff_f"
  done < <(builtin declare -F)
}
__signoff_unexport() {
  builtin local __signoff_n
  __signoff_empty "$__signoff_lists"
  __signoff_read=0
  __signoff_names
  for __signoff_n in "\${__signoff_all[@]}"; do
    [[ $__signoff_fresh != *" $__signoff_n "* && \${!__signoff_n@a} == *x* ]] && builtin unset -v "$__signoff_n"
  done
}
__signoff_read_limits() {
  __signoff_hard=$(builtin ulimit -Ha) __signoff_soft=$(builtin ulimit -Sa)
  builtin ulimit -Sf "$(builtin ulimit -Hf)"
  if [[ -z $(builtin trap -p XFSZ) ]]; then
    builtin trap '' XFSZ
    __signoff_limits=XFSZ
  fi
}
__signoff_write_limits() {
  builtin local - IFS=$'\\n'
  builtin set -f
  builtin printf '__signoff_limits=set\\n{\\n'
  for __signoff_n in $__signoff_hard; do
    [[ $__signoff_n =~ -([^p])\\)\\ +(.+)$ ]] && builtin printf 'builtin ulimit -%s %s\\n' "\${BASH_REMATCH[@]:1}"
  done
  for __signoff_n in $__signoff_soft; do
    [[ $__signoff_n =~ -([^p])\\)\\ +(.+)$ ]] && builtin printf 'builtin ulimit -S%s %s\\n' "\${BASH_REMATCH[@]:1}"
  done
  builtin printf '} 2>/dev/null\\n'
}
__signoff_trap_again() {
  builtin local __signoff_n
  for __signoff_n in "\${!__signoff_traps[@]}"; do trap -- "\${__signoff_traps[$__signoff_n]}" "$__signoff_n"; done
}
__signoff_show_trap() {
  case $1 in
    EXIT) [[ -z $__signoff_user_exit ]] || builtin printf 'trap -- %q EXIT\\n' "$__signoff_user_exit" ;;
    ERR|DEBUG|RETURN) [[ -z \${__signoff_traps[$1]+set} ]] || builtin printf 'trap -- %q %s\\n' "\${__signoff_traps[$1]}" "$1" ;;
    *) builtin trap -p "$1" ;;
  esac
}
trap() {
  { builtin local -; builtin set +x; } 2>/dev/null
  builtin local __signoff_n __signoff_text
  if [[ $# == 0 || $1 == -p && $# == 1 ]]; then
    [[ $BASH_SUBSHELL != 0 ]] || __signoff_show_trap EXIT
    builtin trap -p {1..64}
    for __signoff_n in DEBUG ERR RETURN; do __signoff_show_trap "$__signoff_n"; done
    return 0
  fi
  case $1 in
    -p)
      for __signoff_n in "\${@:2}"; do __signoff_trap_name; __signoff_show_trap "$__signoff_n" || return; done
      return ;;
    -l|-[!-]*) builtin trap "$@"; return ;;
    --) shift ;;
  esac
  if (($# == 0)); then builtin trap --; return; fi
  if (($# == 1)); then set -- - "$1"; fi
  for __signoff_n in "\${@:2}"; do
    __signoff_trap_name
    case $__signoff_n in
      EXIT)
        if ((BASH_SUBSHELL > 0)); then builtin trap -- "$1" EXIT
        elif [[ $1 == - ]]; then __signoff_user_exit=
        else __signoff_user_exit=$1; fi ;;
      ERR|DEBUG|RETURN)
        if [[ $1 == - ]]; then
          builtin unset -v "__signoff_traps[$__signoff_n]"
          builtin trap : "$__signoff_n"
          continue
        fi
        __signoff_traps[$__signoff_n]=$1
        __signoff_text=$1
        [[ $__signoff_n == ERR ]] || __signoff_text='case "$__signoff_over \${FUNCNAME-} $BASH_COMMAND" in 1*|"0 "trap\\ *|"0 "ulimit\\ *|*__signoff_*) ;; *) '$1$'\\n;; esac'
        builtin trap -- "$__signoff_text" "$__signoff_n" ;;
      *) builtin trap -- "$1" "$__signoff_n" || return ;;
    esac
  done
}
__signoff_trap_name() {
  case \${__signoff_n^^} in
    0|EXIT) __signoff_n=EXIT ;;
    ERR|DEBUG|RETURN) __signoff_n=\${__signoff_n^^} ;;
  esac
}
`
