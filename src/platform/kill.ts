import { spawn, type SpawnOptions } from 'node:child_process'
import { join } from 'node:path'
import { type System, thisSystem } from './system.ts'

/**
 * Spawn options that let a program be ended with everything that it started, and that end it with this process. On Windows it stays in this process's job, which the system
 * ends with it, and gets a console that nobody sees, so that a Ctrl-C does not reach it.
 */
export const groupOptions = ({ hasGroups }: System = thisSystem): Pick<SpawnOptions, 'detached' | 'windowsHide'> => ({
  detached: hasGroups,
  windowsHide: true
})

/** The program and arguments that end a process and all that it started, where there are no groups. */
export function treeKiller(pid: number, env: NodeJS.ProcessEnv = process.env): readonly [string, ...string[]] {
  const windows = env['SystemRoot'] ?? env['windir'] ?? 'C:\\Windows'
  return [join(windows, 'System32', 'taskkill.exe'), '/PID', String(pid), '/T', '/F']
}

/** Ends a process, or with a negative number a group; one that has ended already is no error. */
export function killNow(target: number): void {
  try {
    process.kill(target, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

/** Ends at once a program that was started with {@link groupOptions} and starts no others, or whose group ends with it. */
export function killProgram(pid: number, { hasGroups }: System = thisSystem): void {
  killNow(hasGroups ? -pid : pid)
}

/** Ends a program that was started with {@link groupOptions} and all that it started. */
export function killTree(pid: number, system: System = thisSystem): void {
  if (system.hasGroups) return killProgram(pid, system)
  const [command, ...words] = treeKiller(pid)
  const killer = spawn(command, words, { stdio: 'ignore', windowsHide: true })
  killer.once('error', () => killNow(pid))
  killer.once('exit', (code) => {
    if (code !== 0) killNow(pid)
  })
}
