/**
 * What few blocks need, read when one does.
 *
 * - bash puts back an ERR, DEBUG or RETURN trap that a function removes, so removing one sets `:`.
 * - `exit` inside a function runs the EXIT trap in the scope of that function. Its locals are taken out: `t`, an
 *   attribute that means nothing on a variable, marks the global one, and what hides it is unset until it shows.
 * - A recovery flow takes what the main flow exported, and nothing else of it. That is asked in a subshell first, which writes into the
 *   file of lists as well and cannot tell how far: each of the two begins it anew.
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
trap() {
  { builtin local -; builtin set +x; } 2>/dev/null
  builtin local __signoff_n
  builtin local -a __signoff_specs
  if [[ $# == 0 || $1 == -p && $# == 1 ]]; then
    [[ -n $__signoff_user_exit && $BASH_SUBSHELL == 0 ]] && builtin printf "trap -- %q EXIT\\n" "$__signoff_user_exit"
    builtin trap -p {1..64} ERR DEBUG RETURN
    return
  fi
  case $1 in
    -p)
      shift
      for __signoff_n; do
        case $__signoff_n in
          EXIT|exit|0) [[ -n $__signoff_user_exit ]] && builtin printf "trap -- %q EXIT\\n" "$__signoff_user_exit" ;;
          *) builtin trap -p "$__signoff_n" ;;
        esac
      done
      return ;;
    -l|-[!-]*) builtin trap "$@"; return ;;
    --) shift ;;
  esac
  if ((BASH_SUBSHELL > 0 || $# == 0)); then builtin trap -- "$@"; return; fi
  if (($# == 1)); then set -- - "$1"; fi
  for __signoff_n in "\${@:2}"; do
    case $__signoff_n in
      EXIT|exit|Exit|0) if [[ $1 == - ]]; then __signoff_user_exit=; else __signoff_user_exit=$1; fi ;;
      *) __signoff_specs+=("$__signoff_n") ;;
    esac
  done
  ((\${#__signoff_specs[@]})) || return 0
  if [[ $1 == - ]]; then
    for __signoff_n in "\${__signoff_specs[@]}"; do
      case $__signoff_n in ERR|DEBUG|RETURN) builtin trap : "$__signoff_n" ;; *) builtin trap - "$__signoff_n" || return ;; esac
    done
    return 0
  fi
  builtin trap -- "$1" "\${__signoff_specs[@]}"
}
`
