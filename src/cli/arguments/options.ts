import { type Command, InvalidArgumentError, Option } from 'commander'
import { SignoffError } from '../../model/index.ts'

/** What part of a runbook is meant. */
export function selectionOptions(command: Command): Command {
  return command
    .option('--env <name>', 'environment of the run; it can only raise how strongly is asked')
    .option('--from <step>', 'begin at this step or section')
    .option('--only <section>', 'walk this section alone')
    .option('--until <step>', 'end with this step or section')
}

/** What is said beforehand: values, secrets, answers. */
export function valueOptions(command: Command): Command {
  return command
    .option('--set <name=value>', 'a value of the runbook', pairs, new Map())
    .option(
      '--secret <name=file>',
      'a secret, from a file; - is standard input, /dev/fd/3 a descriptor',
      pairs,
      new Map(),
    )
    .option('--secret-env <name=variable>', 'a secret, read from an environment variable', pairs, new Map())
    .option('--answers <file>', 'answers for a run that nobody attends (YAML)')
}

/** What every command that walks a run takes. */
export function walkOptions(command: Command): Command {
  return valueOptions(command)
    .option('--confirm <step=phrase>', 'the typed phrase of a dangerous step', pairs, new Map())
    .addOption(
      new Option('--ui <kind>', 'who is asked, and how').choices(['auto', 'full', 'plain', 'none']).default('auto'),
    )
    .option('--ascii', 'no character beyond ASCII on the screen')
    .option('--key <file>', 'your signing key')
    .option('--approval <file>', 'bring in a signed approval', collect, [])
    .option('--wait-limit <time>', 'a longer wait pauses an unattended run', '10m')
    .option('--json', 'the result as data on standard output')
    .option(
      '--events <file>',
      'write each line of the journal there too, as it is recorded (NDJSON); a pipe or /dev/fd/3 will do',
    )
    .option('--retry <step>', 'without a terminal: run a step that fails or failed once more', collect, [])
    .option('--skip <step>', 'without a terminal: skip this step', collect, [])
    .option(
      '--resolve <step=outcome>',
      'without a terminal: passed, failed or rerun, where a person knows the outcome',
      pairs,
      new Map(),
    )
    .option('--edit <step=file>', 'without a terminal: run the script of this file instead', pairs, new Map())
    .option('--reason <text>', 'why; needed by all of these, and recorded')
}

/** `NAME=VALUE`, any number of times. */
export function pairs(text: string, before: Map<string, string>): Map<string, string> {
  const at = text.indexOf('=')
  if (at <= 0) throw new InvalidArgumentError('expected NAME=VALUE')
  return new Map(before).set(text.slice(0, at), text.slice(at + 1))
}

/** A text, any number of times. */
export function collect(text: string, before: readonly string[]): string[] {
  return [...before, text]
}

/** @throws {SignoffError} `USAGE` for anything but a whole number from 0. */
export function number(text: string): number {
  const value = Number(text)
  // An empty text, such as a variable of a shell that is not set, is none: it would ask for nothing.
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new SignoffError('USAGE', `"${text}" is no number`)
  return value
}
