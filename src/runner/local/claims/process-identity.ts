import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** Where processes live: a process id means something on one machine, between two boots of it. */
export interface Place {
  readonly machineId: string
  readonly bootId: string
}

/** The machine and boot this process runs in. */
export function readPlace(): Place {
  return { machineId: machineId(), bootId: bootId() }
}

/**
 * When a process started, as a text to be compared only: ids of processes are used again, pairs of id and start are not.
 * Null if there is no such process, or it is a zombie: it has ended, only nobody has asked how.
 */
export function readProcessStart(pid: number): string | null {
  try {
    return startOfStat(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch (error) {
    if (process.platform === 'linux') return null
    try {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null
    } catch {
      // `ps` answers with an error for a process that is gone.
      void error
      return null
    }
  }
}

/**
 * Whether a process is there that /proc does not show to this account, as it does where it is mounted with `hidepid`: a signal may
 * not be sent to it, and there is one to refuse.
 */
export function isHidden(pid: number): boolean {
  if (existsSync(`/proc/${pid}`)) return false
  try {
    process.kill(pid, 0)
    return process.platform === 'linux'
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * Whether a process group has a member that is not a zombie: one that has ended counts for `kill` until its parent has asked how,
 * and an orphan's new parent may take its time. Where there is no /proc, every group is taken to have one.
 */
export function hasMembers(group: number): boolean {
  return process.platform !== 'linux' || readdirSync('/proc').some(name => isMember(name, group))
}

/** How many members a process group has, zombies not counted; null where there is no /proc to tell. */
export function countMembers(group: number): number | null {
  return process.platform === 'linux' ? readdirSync('/proc').filter(name => isMember(name, group)).length : null
}

function isMember(name: string, group: number): boolean {
  if (!/^\d+$/.test(name)) return false
  try {
    const line = readFileSync(`/proc/${name}/stat`, 'latin1')
    const [state, , pgrp] = line.slice(line.lastIndexOf(')') + 2).split(' ')
    return pgrp === String(group) && state !== 'Z' && state !== 'X'
  } catch {
    // It went while we looked.
    return false
  }
}

/** The start time in a line of `/proc/<pid>/stat`; null for a zombie. Where there is no /proc, the line is ps's text itself. */
export function startOfStat(line: string): string | null {
  const close = line.lastIndexOf(')')
  if (close === -1) return line.trim() || null
  const fields = line.slice(close + 2).split(' ')
  const state = fields[0]
  return state === 'Z' || state === 'X' ? null : (fields[19] ?? null)
}

function machineId(): string {
  return readFirst(['/etc/machine-id', '/var/lib/dbus/machine-id']) ?? hostname()
}

function bootId(): string {
  const id = readFirst(['/proc/sys/kernel/random/boot_id'])
  if (id !== null) return id
  return execFileSync('sysctl', ['-n', 'kern.boottime'], { encoding: 'utf8' }).trim()
}

function readFirst(paths: readonly string[]): string | null {
  for (const path of paths) {
    try {
      const text = readFileSync(path, 'utf8').trim()
      if (text !== '') return text
    } catch {
      // The next one may be there.
    }
  }
  return null
}
