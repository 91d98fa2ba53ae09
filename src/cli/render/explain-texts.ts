import type { FindingCode } from '../../model/index.ts'

/** What `signoff lint --explain` and docs/findings.md say of a code beyond its meaning. */
export interface ExplainText {
  /** Why it matters on the day of the release. */
  readonly why: string
  /** What an author does about it. */
  readonly fix: string
  /** Lines of a runbook that raise it. */
  readonly example: readonly string[]
}

/** One entry for each code of FINDINGS; every example but those of bytes and files is parsed by a test, and raises its code. */
export const EXPLAIN_TEXTS: Readonly<Record<FindingCode, ExplainText>> = {
  SO001: {
    why: 'Everything behind the opening line would be one block, headings and commands included. None of it is a step.',
    fix: 'End the block with as many backticks as it began with.',
    example: ['## Phase 1: Build', '', '```bash', 'make build', '', '## Phase 2: Deploy'],
  },
  SO002: {
    why: 'The end of the first block is most likely missing, so what belongs to which block is a guess.',
    fix: 'Close the first block before the second one opens, or tag the outer one `markdown` if it shows Markdown.',
    example: ['````bash', 'make build', '```bash', 'make push', '```', '````'],
  },
  SO003: {
    why: 'A file with other bytes than UTF-8 text would be shown and run differently from what its author saw.',
    fix: 'Save the file as UTF-8. The place is that of the first byte that is wrong.',
    example: ['# Release <0xff>'],
  },
  SO004: {
    why: 'The text was UTF-8, read as another encoding and saved. Titles are repaired for showing; a command keeps its wrong characters.',
    fix: 'Restore the arrows, ticks and accents, and save the file as UTF-8 once.',
    example: ['## 1. Build â†’ Deploy', '', '- [ ] The build is green'],
  },
  SO005: {
    why: 'Where a conditional of a template does not end, nobody can say which steps it covers.',
    fix: 'Render the template first, or end the conditional.',
    example: ['## Steps', '', '{% if hotfix %}', '', '- [ ] Tell support'],
  },
  SO006: {
    why: 'People say "we are at 3.2". A number that two headings bear sends them to two places.',
    fix: 'Number the headings anew. Until then the second one has a position of its own, which the plan shows.',
    example: ['## 1. Build', '', '- [ ] Built', '', '## 1. Deploy', '', '- [ ] Deployed'],
  },
  SO007: {
    why: 'A report tells what was done. Walking it would do it again.',
    fix: 'If it is a procedure after all, untick its boxes, change its title, or say `mode: linear` in the front matter.',
    example: ['# Migration report', '', '## 1. Summary', '', '- [x] Done', '- [x] Checked', '- [x] Announced'],
  },
  SO008: {
    why: 'Signoff walks one procedure. A catalog holds several, of which a person chooses; a reference holds none.',
    fix: 'Choose with `--only SECTION`. If the file is one procedure, number its phases or say `mode: linear` in the front matter.',
    example: ['# Commands', '', 'Some useful links.'],
  },
  SO009: {
    why: 'A block that is not taken for a script is named, so that nothing is left out in silence.',
    fix: 'Nothing, if it is text. If it is a script, tag it `bash`.',
    example: ['## Steps', '', '```json', '{"replicas": 3}', '```'],
  },
  SO010: {
    why: 'What a reader cannot see must not become work: boxes in a comment are none.',
    fix: 'Take them out of the comment, or out of the `markdown` block, if they are meant.',
    example: ['## Steps', '', '<!--', '- [ ] Hidden', '-->', '', '- [ ] Visible'],
  },
  SO011: {
    why: 'Bash would take the first word of each line for a command.',
    fix: 'Tag the block `text`, or write it as a list of steps.',
    example: ['## Steps', '', '```bash', '1. Push the code to the server', '2. Tell the team about it', '```'],
  },
  SO012: {
    why: 'Bash would run the lines before the mistake and stop in the middle.',
    fix: 'Mend it; `bash -n` shows the same mistake. Tag it `text` if it is no script.',
    example: ['## Steps', '', '```console', '$ make push "v1', '```'],
  },
  SO013: {
    why: 'A block without a tag is a guess, and the reason for the guess is said.',
    fix: 'Tag it `bash`, or `text` if it is none.',
    example: ['## Steps', '', '```', 'kubectl get pods', '```'],
  },
  SO014: {
    why: 'Lines for several machines in one block, or output that cannot be told from commands: none of it may run here.',
    fix: 'One block for each machine, and output in a block of its own.',
    example: ['## Steps', '', '```console', 'root@db1:~# systemctl stop app', 'root@db2:~# systemctl start app', '```'],
  },
  SO015: {
    why: 'The value of the option was cut off, so the command would do something else than its author meant.',
    fix: 'Write the value, or end the line with a backslash if it goes on.',
    example: ['## Steps', '', '```bash', 'kubectl get pods -n', 'production', '```'],
  },
  SO016: {
    why: 'Assignments that nothing reads would be lost with the shell; they are lines for a configuration file.',
    fix: 'Name the file in the step. If a script is to read them, export them where it runs.',
    example: ['## Steps', '', '```bash', 'FEATURE_NEW_CHECKOUT=1', '```'],
  },
  SO017: {
    why: 'A comment such as `# back up the database` without a command is work that somebody must do by hand, in that place.',
    fix: 'Write the command, or make it a step of its own above the block.',
    example: ['## Steps', '', '```bash', 'make stop', '# back up the database', 'make start', '```'],
  },
  SO018: {
    why: '`<org>` without quotes tells bash to read a file named org, and `>` after it may empty another one. Signoff asks for the value instead; bash by hand would not.',
    fix: 'Put it in quotes: `"<org>"`.',
    example: ['## Steps', '', '```bash', 'deployctl release --org <org> --wait', '```'],
  },
  SO019: {
    why: 'A host such as `app.example.com` or a version from last time looks filled in, and is run as it stands.',
    fix: 'Write a `<placeholder>` where a value is meant.',
    example: ['## Steps', '', '```bash', 'curl https://app.example.com/health', '```'],
  },
  SO020: {
    why: 'Nothing that is walked before the script sets the variable, so it would be empty, or depend on whose shell this is: `rm -rf "$DIR/tmp"`. What another option, another section of a catalog or a way back sets does not count; a way back takes over what was exported.',
    fix: 'Set it in a step before, `export` it where a way back reads it, or declare it in the front matter under `signoff: values:`.',
    example: ['## Steps', '', '```bash', 'psql "$REPORTING_DSN" --command "select 1"', '```'],
  },
  SO021: {
    why: 'Whoever can read the file has the secret, and the history keeps it. Signoff shows `***` for it in what it prints.',
    fix: 'Take it out, change it where it is used, and name a variable instead: `"$API_TOKEN"`.',
    example: [
      '## Steps',
      '',
      '```bash',
      'export API_TOKEN="k9-Zp3vT81qLw5"',
      'curl -H "$API_TOKEN" https://api.acme.io',
      '```',
    ],
  },
  SO022: {
    why: '`...`, `a|b|c`, TODO and TBD stand for something that nobody has decided. It would run, or be ticked, as it is.',
    fix: 'Finish it, or take it out.',
    example: ['## Steps', '', '```bash', 'deployctl promote ...', '```'],
  },
  SO023: {
    why: 'A home directory of one person is not there for the next one.',
    fix: 'Use a path of the repository, or a `<placeholder>`.',
    example: ['## Steps', '', '```bash', 'cp /Users/kim/build/app.tgz .', '```'],
  },
  SO024: {
    why: 'A gate that names nobody can be opened by nobody, or by anybody.',
    fix: 'Add `**Owner**: Release Manager + Platform Lead`, or `**Approvers**: …`, to the section.',
    example: ['## 1. Go / no-go', '', '- [ ] The tests are green', '', '**Decision**: GO / NO-GO'],
  },
  SO025: {
    why: 'Of alternatives exactly one is done. Where they look alike, people take both.',
    fix: 'Give each a name: "Option A: Vercel", "Option B: Docker". End each tab where it began, and give a way back a heading of its own.',
    example: [
      '## Deploy',
      '',
      '**Option A:**',
      '',
      '```bash',
      'make deploy-a',
      '```',
      '',
      '**Option A:**',
      '',
      '```bash',
      'make deploy-b',
      '```',
    ],
  },
  SO026: {
    why: 'A heading that promises a way back, and nothing to do below it, is found out at the worst moment.',
    fix: 'Write the steps, or take the heading out.',
    example: [
      '## 1. Deploy',
      '',
      '- [ ] Deployed',
      '',
      '## 2. Rollback',
      '',
      'See the wiki.',
      '',
      '## 3. After',
      '',
      '- [ ] Told',
    ],
  },
  SO027: {
    why: 'When the step fails in production, the next question is how to get back.',
    fix: 'Add a `**Rollback Plan**` to the section, or a rollback phase behind it.',
    example: [
      '## Phase 1: Production',
      '',
      '1. Deploy:',
      '',
      '   ```bash',
      '   kubectl apply -f production.yaml',
      '   ```',
    ],
  },
  SO028: {
    why: 'The lines are for the machine that the command before them opens. Run here, they would hit the wrong one.',
    fix: 'Give the command to the opener (`ssh host command`), or leave them as steps for a person.',
    example: ['## Steps', '', '```bash', 'ssh deploy@web1', 'sudo systemctl restart app', '```'],
  },
  SO029: {
    why: 'A command that follows, watches or serves never ends, and the run would wait for it.',
    fix: 'Leave out `-f`, or say how long to watch.',
    example: ['## Steps', '', '```bash', 'kubectl logs -f deploy/api', '```'],
  },
  SO030: {
    why: 'Two people read "performance acceptable" in two ways. With a number the observed value is asked and compared.',
    fix: 'Name a value and its limit, such as `error rate < 1 %`, where there is one.',
    example: ['## 1. Deploy', '', '- [ ] Deployed', '', '**Success Criteria**: the service feels fast'],
  },
  SO031: {
    why: 'A sample of output is similar to a wrong output too: `5/5 ready` and `0/5 ready` differ in one character.',
    fix: 'Say what must appear: `<!-- signoff expect=contains -->` before the output.',
    example: ['## Steps', '', '```console', '$ kubectl get pods', 'api-7d9f   1/1   Running', '```'],
  },
  SO032: {
    why: 'The author relies on the marker. One that is not understood, or that nothing follows, has no effect.',
    fix: 'See docs/writing-runbooks.md for the words and the places. A marker never loosens anything.',
    example: ['## Steps', '', '<!-- signoff gaet -->', '', '- [ ] Told'],
  },
  SO033: {
    why: 'Whoever follows the link on the day of the release finds nothing.',
    fix: 'Mend the link. Another file is shown, not followed: its steps are no part of the run.',
    example: ['## Steps', '', '- [ ] Done as in [the rollback](#rolling-it-back)'],
  },
  SO034: {
    why: 'Settings between the first two `---` lines cannot be read, so none of them counts.',
    fix: 'Mend the YAML, or take it out.',
    example: ['---', 'signoff: [', '---', '', '- [ ] Done'],
  },
  SO035: {
    why: 'There is nothing to walk.',
    fix: 'Write the first step.',
    example: [''],
  },
  SO036: {
    why: 'When a step in production needs a decision, nobody is named who may take it.',
    fix: 'Add `**Owner**: Platform Team` below the heading of the phase.',
    example: [
      '## Phase 1: Production',
      '',
      '1. Deploy:',
      '',
      '   ```bash',
      '   kubectl apply -f production.yaml',
      '   ```',
    ],
  },
  SO037: {
    why: 'The text speaks of a decision, and the walk would go past it without asking anybody: who decides, and where, could not be told from the words.',
    fix: 'Say it as `**Decision**: GO / NO-GO` with `**Approvers**: Release Manager + Platform Lead` below it, or as a sentence that names them, such as "The Release Manager gives the GO / NO-GO".',
    example: [
      '## 1. Prepare',
      '',
      '- [ ] Tests pass',
      '',
      'We hold the go/no-go meeting at noon.',
      '',
      '## 2. Deploy',
      '',
      '- [ ] Deployed',
    ],
  },
  SO038: {
    why: 'The walk follows the order of the file. Whether people are to go elsewhere they decide themselves: it is asked where the sentence stands, with the place it names. In text below a step it is only shown, which is a warning.',
    fix: 'Nothing, where the order of the file and that one exception are what you mean. Of alternatives make options, of a way back a section "Rollback", of a condition a heading or item that begins with "If".',
    example: [
      '## 1. Database',
      '',
      'If the schema is current, skip to section 2.',
      '',
      '- [ ] A snapshot was taken',
      '',
      '## 2. Deploy',
      '',
      '- [ ] Deployed',
    ],
  },
  SO039: {
    why: 'A page that was exported from another tool shows its steps there, and here they are text that no walk stops at. Commands among macros may be a rollback or an example: they are done by hand.',
    fix: 'Write commands as fences, and steps as a list or a table of Markdown. Take out what only the other tool reads.',
    example: ['## 1. Deploy', '', '{code:language=bash}', 'make deploy', '{code}', '', '- [ ] Deployed'],
  },
  SO040: {
    why: 'What is a rollback, an example or an appendix is known in several languages; a condition, a wait, a gate or an instruction in the prose is told by English words only.',
    fix: 'Look through `signoff plan`. Say what is missing by markers, which are invisible when rendered: `<!-- signoff if="…" -->`, `wait=5m`, `gate approvers="…"`.',
    example: [
      '## 1. デプロイ',
      '',
      '関係者に連絡してから、アプリケーションを新しいバージョンに更新し、画面が表示されることを確認する。',
      '',
      '- [ ] 画面が表示される',
    ],
  },
}
