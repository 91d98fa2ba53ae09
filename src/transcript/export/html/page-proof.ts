import type { VerifyReport } from '../../verify/verify-report.ts'
import { addendaIn } from '../addenda.ts'
import { type Html, html, joined, preformatted } from './html-text.ts'
import type { RecordedRun } from './recorded-run.ts'

/** Above this a page would carry more evidence than a browser should be asked to hash. */
export const MOST_EVIDENCE = 16 * 1024 * 1024

/** The place where the page's script says what it found; without it, that nothing was checked. */
export function checkBox(journalBytes: number): Html {
  const carried = journalBytes <= MOST_EVIDENCE
  const without = carried
    ? 'not checked: the script of this page does not run here; the commands below need none'
    : `not checked: the journal has ${mebibytes(journalBytes)}, and a page carries no more than ${mebibytes(MOST_EVIDENCE)}; the commands below check the transcript itself`
  return html`<section id="check" data-verdict="not-checked"><h2>Evidence</h2>
<p id="check-answer" role="status">${without}</p>
<div id="signers" hidden><label for="signers-file">Whose keys are they? Pick an <b>allowed_signers</b> file that you trust:</label> <input type="file" id="signers-file"> <span id="signers-said"></span>
<p class="fine">Take it from the reviewed history of your repository, never from whoever gave you this page. Certificates and revocation are not looked at here.</p></div>
<details id="check-more" hidden><summary>What was looked at</summary>
<ul id="check-list"></ul>
<p id="save" hidden></p></details>
<p class="warn">A page cannot vouch for itself: whoever could change it could change this check too, and the text above. <a href="#by-hand">Check it with other tools</a>, or export it again from the transcript and compare.</p>
</section>`
}

function mebibytes(bytes: number): string {
  return `${(Math.floor(bytes / 104_857.6) / 10).toString()} MiB`
}

/** What `verify` said when the page was made, and what was said after the seal. */
export function verificationSection(report: VerifyReport, bundle: string | null): Html {
  const { status, exitCode, findings, signers, seal } = report
  const items = findings.map(
    ({ check, exit, message, line }) =>
      html`<li><b>${exit === 0 ? 'note' : `exit ${exit}`}</b>, ${check}${line !== null && `, line ${line}`}: ${message}</li>`,
  )
  return html`<section id="verification"><h2>When this page was made</h2>
<p><code>signoff verify</code> said <b>${status.replace('-', ' ')}</b> (exit ${exitCode})${signers !== null && html`, by a signers file with sha256 <code>${signers.sha256}</code>`}.${seal !== null && timeText(seal)}</p>
${findings.length > 0 && html`<ul class="list">${joined(items, html`\n`)}</ul>`}
${addendaList(bundle)}
</section>`
}

function timeText({ timestamp }: NonNullable<VerifyReport['seal']>): string {
  return timestamp === null
    ? ' Times are what the writer and the signer claim.'
    : ` Times are what the writer claims; the seal was there at ${timestamp.at}, by ${timestamp.by}.`
}

function addendaList(bundle: string | null): Html {
  const said = addendaIn(bundle)
  if (said.length === 0) return html``
  return html`<h3>Said after the seal</h3>
<ul class="list">${said.map(
    ({ n, author, at, type, text }) =>
      html`<li><b>${type}</b> ${n} by <b class="who">${author}</b>, ${at.slice(0, 19).replace('T', ' ')} UTC<p class="quote">${text}</p></li>`,
  )}</ul>`
}

/** More approvals than this are checked by the audit pack. */
const MOST_APPROVALS = 12

/** The commands that check the same with coreutils and OpenSSH (docs/transcript-format.md, section 12), from the page as it was saved. */
export function byHandSection({ acts }: RecordedRun, report: VerifyReport, carried: boolean): Html {
  const { seal, withheld } = report
  if (seal === null)
    return html`<section id="by-hand"><h2>Check it with other tools</h2><p>There is no seal, so there is nothing that a tool could check but the chain: <code>signoff verify</code>.</p></section>`
  const time = `${seal.finishedOn.slice(0, 19).replace(/[-:T]/g, '')}Z`
  const verify = (principal: string, namespace: string, name: string) =>
    `ssh-keygen -Y verify -f allowed_signers -I ${quoted(principal)} -n ${namespace} -Overify-time=${time} -s ${name}.sig < ${name}.pae`
  const approvals = acts.flatMap(({ event, seq }) =>
    event.kind === 'approval' && event.envelope.startsWith(PLAIN_ENVELOPE) ? [{ seq, principal: event.principal }] : [],
  )
  const lines = [
    ...(carried ? FROM_THE_PAGE : ['# in the folder of the transcript']),
    ...SEAL,
    verify(seal.signer.principal, 'signoff-seal-v1', 'seal'),
    ...(withheld === null ? [SAME_JOURNAL] : []),
    ...approvals
      .slice(0, MOST_APPROVALS)
      .flatMap(({ seq, principal }) => [
        ...approvalLines(seq),
        verify(principal, 'signoff-approval-v1', `approval-${seq}`),
      ]),
    ...(withheld === null ? CHAIN : []),
  ]
  const left = approvals.length - MOST_APPROVALS
  return html`<section id="by-hand"><h2>Check it with other tools</h2>
<p>With coreutils, grep, sed and OpenSSH${carried && ', from this page as you saved it'}. <code>allowed_signers</code> is the file that you trust. Right are <code>Good ... signature</code> from ssh-keygen${withheld === null && html`, <code>1</code>, <code>1</code>, and no <code>broken</code>`}.${withheld !== null && ' Lines are withheld, so the tree over all lines has to be made: CHECK.txt of export --format audit does it.'}${left > 0 && ` ${left} more approvals: export --format audit.`}</p>
<pre class="script">\n${preformatted(lines.join('\n'))}</pre>
</section>`
}

const SAME_JOURNAL =
  'grep -c "\\"journal.jsonl\\",\\"digest\\":{\\"sha256\\":\\"$(sha256sum < journal.jsonl | cut -c1-64)\\"" seal.pae   # 1: the journal is the sealed one'

const CHAIN = [
  'p=$(printf %064d 0); while IFS= read -r l; do case $l in \'{"seq":\'*\',"prev":"\'$p\'",\'*) ;; *) echo "broken: $l";; esac',
  'p=$({ printf \'\\0\'; printf %s "$l"; } | sha256sum | cut -c1-64); done < journal.jsonl; grep -c "\\"head\\":\\"$p\\"" seal.pae   # 1, and no "broken"',
]

/** What the commands below can take apart; whoever signed by other means may have written it otherwise. */
const PLAIN_ENVELOPE = '{"payloadType":"application/vnd.in-toto+json","payload":"'

const FROM_THE_PAGE = ['journal.jsonl', 'transcript.intoto.jsonl'].map(
  (name, index) =>
    `sed -n 's/^<script type="text\\/plain" id="${index === 0 ? 'data-journal' : 'data-bundle'}">\\(.*\\)<\\/script>$/\\1/p' page.html | base64 -d > ${name}`,
)

const SEAL = [
  'head -1 transcript.intoto.jsonl | grep -o \'"payload":"[^"]*\' | cut -c12- | base64 -d > payload',
  "{ printf 'DSSEv1 28 application/vnd.in-toto+json %s ' $(wc -c < payload); cat payload; } > seal.pae",
  'head -1 transcript.intoto.jsonl | grep -o \'"sig":"[^"]*\' | cut -c8- | base64 -d > seal.sig',
]

function approvalLines(seq: number): string[] {
  const field = (name: string) =>
    `sed -n ${seq + 1}p journal.jsonl | grep -o '\\\\"${name}\\\\":\\\\"[^\\\\]*' | cut -d'"' -f4 | base64 -d`
  return [
    `${field('payload')} > payload`,
    `{ printf 'DSSEv1 28 application/vnd.in-toto+json %s ' $(wc -c < payload); cat payload; } > approval-${seq}.pae`,
    `${field('sig')} > approval-${seq}.sig`,
  ]
}

/** A word for a shell, whatever stands in it: these lines are made to be copied. */
function quoted(text: string): string {
  return /^[A-Za-z0-9@._+-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** The evidence as it lies in the page: base64, so that nothing in it is markup. */
export function dataBlocks(journal: Buffer | null, bundle: string | null): Html {
  const block = (id: string, bytes: Buffer) =>
    html`<script type="text/plain" id="${id}">${bytes.toString('base64')}</script>\n`
  return html`${journal !== null && block('data-journal', journal)}${bundle !== null && block('data-bundle', Buffer.from(bundle))}`
}
