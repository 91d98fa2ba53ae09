/**
 * Runs the ssh-keygen of the machine, for what node:crypto cannot do: KRLs, certificates, kinds of keys to come. It is
 * handed in by the caller, since nothing here starts a process. `files` are written, by name, into a private temporary
 * folder that is the working directory of the process and is removed behind it. Never interactive.
 */
export type SshKeygen = (
  args: readonly string[],
  stdin: Uint8Array,
  files?: Readonly<Record<string, Uint8Array>>,
) => Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>
