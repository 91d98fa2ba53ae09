import { visible } from '../encoding/visible.ts'

/** A signature of a pack, by the name of its two files: `seal` is `seal.pae` and `seal.sig`. */
export interface PackedSignature {
  readonly file: string
  readonly namespace: string
  /** Who must have made it. */
  readonly principal: string
  /** When the key has to have been valid, milliseconds since the epoch. */
  readonly atMs: number
  /** 1-based line of the journal whose leaf is signed with it: the line that asked. Null for what answers no line. */
  readonly request: number | null
  /** What it decides, word for word; null where it decides nothing. */
  readonly decision: string | null
}

/**
 * `CHECK.txt`: the check of a pack by hand, as a script that `sh` runs with coreutils and OpenSSH alone, and that can be read and typed
 * line by line. Whatever stands in the record enters it quoted, and as plain characters.
 */
export function checkScript(
  about: string,
  signatures: readonly PackedSignature[],
  { sealed, withheld }: { readonly sealed: boolean; readonly withheld: number },
): string {
  const head = visible(about).replaceAll('\n', ' ')
  return [
    `# ${head}`,
    PREAMBLE,
    ...signatures.flatMap(linesFor),
    '',
    ...(sealed ? [withheld === 0 ? SAME_JOURNAL : withheldText(withheld), SEALED] : [UNSEALED]),
    ...(withheld > 0 ? [TREE] : sealed ? [CHAIN, HEAD] : [CHAIN]),
    '',
    'if [ $bad = 0 ]; then echo "All of it is good, as far as your signers file goes."',
    'else echo "NOT GOOD: see the lines that begin with BAD."; fi',
    'exit $bad',
    '',
  ].join('\n')
}

function linesFor({ file, namespace, principal, atMs, request, decision }: PackedSignature): string[] {
  const at = `${new Date(atMs).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`
  return [
    '',
    `signed ${[file, namespace, principal, at].map(quoted).join(' ')}`,
    ...(request === null ? [] : [`asked ${quoted(file)} ${request}`]),
    ...(decision === null ? [] : [`decides ${quoted(file)} ${quoted(decision)}`]),
  ]
}

/** A word of the shell that means just this text. */
function quoted(text: string): string {
  return `'${visible(text).replaceAll("'", "'\\''")}'`
}

const PREAMBLE = String.raw`#
# Checks this folder without Signoff, by a shell, coreutils and OpenSSH:   sh CHECK.txt
# It needs a signers file that YOU trust, from the reviewed history of the repository and never from this folder:
#   SIGNERS=/path/to/allowed_signers REVOKED=/path/to/revoked_keys sh CHECK.txt
# Without SIGNERS it takes ./allowed_signers, which you put there. What it does not prove: docs/checking-a-transcript.md.
[ -n "$SIGNERS" ] || SIGNERS=allowed_signers
[ -r "$SIGNERS" ] || { echo "There is no $SIGNERS: name a signers file that you trust, SIGNERS=FILE sh CHECK.txt"; exit 2; }
bad=0
say() { # say CODE WHAT: whether a check came out well
  if [ "$1" = 0 ]; then printf 'good  %s\n' "$2"; else printf 'BAD   %s\n' "$2"; bad=1; fi
}
holds() { # holds FILE TEXT WHAT
  case $(cat "$1") in *"$2"*) say 0 "$3" ;; *) say 1 "$3" ;; esac
}
signed() { # signed FILE NAMESPACE PRINCIPAL TIME: OpenSSH before 9.1 wants the time without its Z, as local time
  if [ -n "$REVOKED" ]
  then ssh-keygen -Y verify -f "$SIGNERS" -I "$3" -n "$2" -r "$REVOKED" -Overify-time="$4" -s "$1.sig" < "$1.pae"
  else ssh-keygen -Y verify -f "$SIGNERS" -I "$3" -n "$2" -Overify-time="$4" -s "$1.sig" < "$1.pae"; fi
  say $? "$1 is signed by $3, for $2"
}
leaf_of() { # leaf_of LINE: its digest; of a line that is withheld the digest that stands in it
  case $1 in '{"seq":'*',"withheld":"'*) leaf=$(printf %s "$1" | cut -d'"' -f6) ;;
  *) leaf=$({ printf '\0'; printf %s "$1"; } | sha256sum | cut -c1-64) ;; esac
}
asked() { # asked FILE LINE: the answer is to this very line of the journal, and so to everything before it
  line=$(head -n "$2" journal.jsonl | tail -n 1)
  leaf_of "$line"
  holds "$1.pae" "$leaf" "$1 answers line $2 of the journal"
}
decides() { # decides FILE WORD
  case $(cat "$1.pae") in *"\"decision\":\"$2\""* | *"\"decision\": \"$2\""*) say 0 "$1 says $2" ;; *) say 1 "$1 says $2" ;; esac
}`

const SAME_JOURNAL = String.raw`holds seal.pae "\"journal.jsonl\",\"digest\":{\"sha256\":\"$(sha256sum < journal.jsonl | cut -c1-64)\"" "journal.jsonl is the sealed one"`

/** A copy has another digest; what its other lines are is held by the chain and by the head that the seal names. */
function withheldText(lines: number): string {
  return `echo "note  ${lines} of the lines say only their digest, which is not to be checked; the signed addendum says why"`
}

const SEALED = String.raw`holds seal.pae "\"sha256\":\"$(sha256sum < runbook.md | cut -c1-64)\"" "runbook.md is the sealed one"
payload=$(head -n 1 transcript.intoto.jsonl | cut -d'"' -f8)
bytes=$(printf %s "$payload" | base64 -d | wc -c | tr -d ' ')
unpacked=$({ printf 'DSSEv1 28 application/vnd.in-toto+json %s ' "$bytes"; printf %s "$payload" | base64 -d; } | sha256sum)
[ "$unpacked" = "$(sha256sum < seal.pae)" ]
say $? "seal.pae is what transcript.intoto.jsonl holds"`

const UNSEALED = `say 1 "there is NO SEAL: nothing protects the last lines of the journal"`

const CHAIN = `
broken=0
previous=$(printf %064d 0)
while IFS= read -r line; do # each line names the digest of the one before
  case $line in '{"seq":'*',"prev":"'"$previous"'",'*) ;; *) broken=1 ;; esac
  leaf_of "$line"
  previous=$leaf
done < journal.jsonl
say $broken "every line of the journal follows from the one before"`

const HEAD = String.raw`holds seal.pae "\"head\":\"$previous\"" "the last line is the one that the seal names"`

/**
 * Of a copy: a line before one that is withheld is named by no line that is there, so the tree over all lines (RFC 6962) is made instead,
 * and its root held against the seal. A line that is withheld gives its leaf.
 */
const TREE = `
node() { printf '01%s%s' "$1" "$2" | tr a-f A-F | basenc --base16 -d | sha256sum | cut -c1-64; }
number=0 trees=""
while IFS= read -r line; do
  case $line in '{"seq":'"$number"',"withheld":"'*) printf 'note  %s\\n' "$line" ;; esac
  leaf_of "$line"
  number=$((number + 1)) size=1 hash=$leaf
  while [ "\${trees%%:*}" = "$size" ]; do # two trees of one size become one
    tree=\${trees%% *} trees=\${trees#* }
    hash=$(node "\${tree#*:}" "$hash") size=$((size * 2))
  done
  trees="$size:$hash $trees"
done < journal.jsonl
root=""
for tree in $trees; do
  if [ -z "$root" ]; then root=\${tree#*:}; else root=$(node "\${tree#*:}" "$root"); fi
done
holds seal.pae "\\"root\\":\\"$root\\"" "the lines of the journal, and the digests of those withheld, are those that the seal names"`
