import type { Entry, EventOf, RunEvent } from '../model/index.ts'

/**
 * What the core needs from the world. No port assumes one process or one disk: the embedded defaults lie in
 * `local/`, a durable workflow over a database can stand behind the same ones.
 */
export interface Ports {
  readonly journal: Journal
  readonly executor: Executor
  readonly clock: Clock
  readonly ids: Ids
  /** The file that the runbook was read from; absent where there is none to look at. */
  readonly runbook?: RunbookFile
  /** Signs offers of a hand-off with the operator's key; absent where nobody can. */
  readonly handoff?: HandoffSigner
}

export interface RunbookFile {
  /**
   * Looks whether the file is still what it was at the last look; the first compares with the text that the run began with. Null
   * where nothing is new. `sha256` and `text` are null where the file is gone.
   */
  look(): Promise<{ readonly sha256: string | null; readonly text: string | null } | null>
}

export interface HandoffSigner {
  /** Signs over the journal's last line. Nothing is appended meanwhile: whoever calls holds the turn. */
  offer(
    to: string,
    note: string | null,
    challenge: string,
  ): Promise<
    { readonly ok: true; readonly event: EventOf<'handoff.offer'> } | { readonly ok: false; readonly why: string }
  >
}

/** The append-only record. What `append` has returned for is written; `barrier` makes it survive a power cut. */
export interface Journal {
  /**
   * Writes one event as a line and resolves once the write has returned.
   * @throws {SignoffError} `JOURNAL_UNWRITABLE`; final: nothing may be appended after it.
   */
  append(event: RunEvent): Promise<Entry>
  /** Resolves once every line appended so far is on the disk. Covers all lines before it, so batch them. */
  barrier(): Promise<void>
}

export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  nowMs(): number
  /** Calls back once at or after `atMs`. Returns the function that cancels it. */
  at(atMs: number, callback: () => void): () => void
}

export interface Ids {
  /** 16 random bytes in base64url: challenges of approval requests. */
  challenge(): string
}

/** One script to be run: the deterministic id is the claim, so that it is started at most once. */
export interface ScriptOrder {
  /** `run:step:attempt`. */
  readonly id: string
  readonly run: string
  readonly step: string
  readonly attempt: number
  /** As handed to the shell, values entered. Secrets are never in it. */
  readonly script: string
  readonly shell: 'bash' | 'sh' | 'zsh'
  /** Command that runs it in place of a shell, from the configuration; the file of the script is its last argument. */
  readonly interpreter?: readonly string[] | null
  /** Line of the runbook that holds the first line of the script, so that bash's messages name it. */
  readonly line: number
  /** Where the session starts; later blocks go on where the one before them left. Absolute. */
  readonly cwd: string
  /** Where this order alone starts: relative to `cwd`, or absolute. Absent: where the session stands. */
  readonly folder?: string
  /** Values of `env` parameters that this step needs, by name, without the secrets. */
  readonly env: Readonly<Record<string, string>>
  /** Names of secrets that this step needs; the executor holds their values. */
  readonly secrets: readonly string[]
  readonly timeoutMs: number | null
  /** `main`, or the key of a recovery flow: each has a shell state of its own. */
  readonly session: string
  /** It asks or draws at the person's terminal, and is lent it while it runs. Absent: it has none. */
  readonly terminal?: boolean
}

/** What a script did, in the order it was seen. Texts and digests are those after masking. */
export type ScriptReport =
  | RecordedReport
  /** Output beyond what is kept of it, as it goes by: masked, shown and never recorded; the newest of it where there is too much. */
  | { readonly kind: 'passing'; readonly event: EventOf<'output'> }

/** What a run records of what a script does. */
export type RecordedReport =
  | { readonly kind: 'output'; readonly event: EventOf<'output'> }
  | { readonly kind: 'stopping'; readonly event: EventOf<'step.stop'> }
  | { readonly kind: 'resized'; readonly event: EventOf<'output.resize'> }
  /** Just before the end, where there is something to say. */
  | { readonly kind: 'left'; readonly event: EventOf<'step.left'> }
  | {
      readonly kind: 'ended'
      readonly end: EventOf<'output.end'>
      readonly outcome: EventOf<'step.end'>['outcome']
      readonly exit: number | null
      readonly signal: string | null
      readonly ms: number
    }
  /** Possible after the end, where `step.left` said that a stream is open. */
  | { readonly kind: 'late'; readonly event: LateEvent }

/** What others say into a script's pipes after it has ended, and the end of that. */
export type LateEvent = EventOf<'output.late'> | EventOf<'output.late.end'>

/** What is on record of a script that has ended and whose pipes are held by others, for each stream. */
export interface LateRecorded {
  /** Offset where its own output ended, and matches that were masked in it. */
  readonly from: number
  readonly masked: number
  /** Offset up to which late output is on record; `from` where none is. */
  readonly at: number
}

/** Bytes of each stream of one attempt that are recorded already. */
export interface RecordedBytes {
  readonly out: number
  readonly err: number
  readonly pty?: number
}

/** What an executor says about an order before it starts: for the record. */
export interface Described {
  readonly shell: string
  readonly cwd: string
  /** The environment variables, by name, that a script of this order will see. */
  readonly env: readonly string[]
  /** The terminal that it gets; absent where it gets none. */
  readonly terminal?: {
    /** Columns and rows; null where what it shows cannot be recorded. */
    readonly size: readonly [number, number] | null
    /** Why it cannot be recorded; null where it can. */
    readonly unrecorded: string | null
  }
}

export interface Executor {
  /** Called after `check`, and before `run`. */
  describe(order: ScriptOrder): Described
  /**
   * `bash -n`, the authority, just before a block runs, and whether the folder is there in which it would start: null if it
   * may start, else what bash says, or that the folder is not there. It starts nothing, and may be asked ahead of that too.
   */
  check(order: ScriptOrder): Promise<string | null>
  /**
   * Makes what an order needs to start, between `check` and `run`, while its start is put on the disk. It starts nothing, and what it made
   * is no claim that `find` knows of; `run` does without it too.
   */
  makeReady(order: ScriptOrder): void
  /**
   * Starts it, once for one id, however often it is called and whatever was killed in between; reports until `ended`.
   * Resolves when the end was taken by `report`; a slow taker slows the reading. Late reports may follow until `leave`.
   */
  run(order: ScriptOrder, report: (report: ScriptReport) => Promise<void>): Promise<void>
  /** Whether an order of an earlier process is still running, has ended unseen, was never started, or is lost. */
  find(order: Pick<ScriptOrder, 'id' | 'run' | 'step' | 'attempt'>): Promise<'running' | 'ended' | 'absent' | 'lost'>
  /** Follows an order that `find` called running or ended, from its recorded offset on. */
  attach(
    order: Pick<ScriptOrder, 'id' | 'run' | 'step' | 'attempt'>,
    recorded: RecordedBytes,
    report: (report: ScriptReport) => Promise<void>,
    /**
     * Set where its output may hold secrets that nobody has given to this process: what is not on record is counted as lost, not
     * recorded unmasked. The digests of what is on record.
     */
    unread?: Readonly<Partial<Record<'out' | 'err' | 'pty', string>>> | null,
  ): Promise<void>
  /** Sends one signal to the whole group, or SIGINT, SIGTERM, SIGKILL each after a grace. */
  stop(id: string, signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'escalate', by: string | null): Promise<void>
  /** Takes a secret into memory: masked in everything from now on, handed to steps that name it. */
  keepSecret(name: string, value: string): void
  /** Masks the secrets that are held in any text that is about to be recorded. */
  mask(text: string): string
  /** Removes claims and spools that are recorded. Called after `step.end` is durable; where late output comes, it goes with the last of it. */
  forget(id: string): Promise<void>
  /** Goes on with late output that an earlier process of this run recorded. False if nothing of it is left. */
  attachLate(
    order: Pick<ScriptOrder, 'id' | 'run' | 'step' | 'attempt'>,
    recorded: Readonly<Record<'out' | 'err', LateRecorded>>,
    report: (report: ScriptReport) => Promise<void>,
  ): boolean
  /**
   * Ends the following of late output, because the run ends or pauses. What it gives is to be recorded; a late report that was not
   * taken yet is in it, and must be refused. Who holds the pipes goes on unharmed, and what it says is thrown away.
   */
  leave(): Promise<readonly LateEvent[]>
}
