/** What an approver needs beside the flags, and how to sign with nothing but bash and OpenSSH. A test runs that. */
export const APPROVE_HELP = String.raw`
What you decide on is shown first, and is what you sign. An answer beside the request is taken by the run at once, or
when it is resumed. From another machine send the file of --out to the operator: signoff resume RUN --approval FILE

Exit codes: 0 signed. Nothing was signed: 2 usage, or no decision; 5 your key may not decide this gate; 6 you operate
the run, or have decided already; 7 the request stands no more; 20 no key; 65 the request cannot be trusted.

Without Signoff, in bash; the first two lines are yours. A role or a reason that there is none of is null, without quotes:

  request=gate-3.1.request.json; key=~/.ssh/id_ed25519; me=kim@example.com
  role='"Release Manager"'; decision=go; reason='"within noise"'
  s=$(grep -o '"statement":.*,"lines":\[' "$request" | sed 's/^"statement"://; s/}},"lines":\[$//')
  s+=",\"role\":$role,\"decision\":\"$decision\",\"reason\":$reason,\"approver\":\"$me\""
  s+=",\"decidedOn\":\"$(date -u +%FT%TZ)\"}}"
  printf 'DSSEv1 28 application/vnd.in-toto+json %s %s' "$(printf %s "$s" | wc -c)" "$s" > decision.pae
  ssh-keygen -Y sign -f "$key" -n signoff-approval-v1 decision.pae
  printf '{"payloadType":"application/vnd.in-toto+json","payload":"%s","signatures":[{"sig":"%s"}]}\n' \
    "$(printf %s "$s" | base64 -w0)" "$(base64 -w0 < decision.pae.sig)" > mine.approval.json

mine.approval.json goes beside the request, in .signoff/inbox/RUN/, or to the operator. Read what you sign: echo "$s"
`
