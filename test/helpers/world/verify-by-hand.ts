import { mkdirSync } from 'node:fs'
import { execa } from 'execa'

export interface HandCheck {
  readonly exitCode: number
  readonly output: string
}

/**
 * Checks a sealed transcript with nothing of ours: the commands of docs/transcript-format.md, section 12, run by bash.
 * It ends with 0 only if seal, journal digest, chain, and each approval with the digest of its request are all good.
 */
export async function verifyByHand(given: {
  readonly bundle: string
  readonly journal: string
  readonly signers: string
  readonly operator: string
  /** A folder of our own for the files that it takes apart. */
  readonly scratch: string
}): Promise<HandCheck> {
  mkdirSync(given.scratch, { recursive: true })
  const result = await execa('bash', ['-euo', 'pipefail', '-c', SCRIPT], {
    cwd: given.scratch,
    env: {
      BUNDLE: given.bundle,
      JOURNAL: given.journal,
      SIGNERS: given.signers,
      OPERATOR: given.operator,
    },
    reject: false,
    all: true,
  })
  return { exitCode: result.exitCode ?? -1, output: result.all }
}

const SCRIPT = String.raw`
# An envelope on stdin becomes NAME.pae and NAME.sig.
open_envelope() {
  cat > envelope
  grep -o '"payload":"[^"]*' envelope | cut -c12- | base64 -d > payload
  { printf 'DSSEv1 28 application/vnd.in-toto+json %s ' "$(wc -c < payload | tr -d ' ')"; cat payload; } > "$1.pae"
  grep -o '"sig":"[^"]*' envelope | cut -c8- | base64 -d > "$1.sig"
}

head -1 "$BUNDLE" | open_envelope seal
ssh-keygen -Y verify -f "$SIGNERS" -I "$OPERATOR" -n signoff-seal-v1 -s seal.sig < seal.pae
digest=$(sha256sum < "$JOURNAL" | cut -c1-64)
grep -c "\"journal.jsonl\",\"digest\":{\"sha256\":\"$digest\"" seal.pae

previous=$(printf %064d 0)
while IFS= read -r line; do
  case $line in
    '{"seq":'*',"prev":"'"$previous"'",'*) ;;
    *) echo "broken: $line"; exit 1 ;;
  esac
  previous=$({ printf '\0'; printf %s "$line"; } | sha256sum | cut -c1-64)
done < "$JOURNAL"
grep -c "\"head\":\"$previous\"" seal.pae

# An approval stands in its line as a JSON string: without the backslashes it is the envelope.
while IFS= read -r line; do
  principal=$(grep -o '"principal":"[^"]*' <<< "$line" | cut -c14-)
  request=$(grep -o '"request":[0-9]*' <<< "$line" | head -1 | cut -c11-)
  sed 's/.*"envelope":"//; s/\\"/"/g' <<< "$line" | open_envelope approval
  ssh-keygen -Y verify -f "$SIGNERS" -I "$principal" -n signoff-approval-v1 -s approval.sig < approval.pae
  leaf=$({ printf '\0'; sed -n "$((request + 1))p" "$JOURNAL" | tr -d '\n'; } | sha256sum | cut -c1-64)
  grep -c "\"leaf\":\"$leaf\"" approval.pae
done < <(grep '"kind":"approval",' "$JOURNAL" || true)
`
