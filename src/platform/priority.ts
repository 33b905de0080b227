import { setPriority } from 'node:os'
import { findProgram } from './programs.ts'
import { type System, thisSystem } from './system.ts'

/** Whether a started program's priority is set from here, since no word of `startWords` does it. */
export const isSetFromHere = (nice: number, system: System, find: (name: string) => string | undefined): boolean =>
  nice > 0 && (!system.hasGroups || find('nice') === undefined)

/** Gives a running program the priority that it was not started with. @param nice 0..19 */
export function lowerPriority(pid: number, nice: number): void {
  if (!isSetFromHere(nice, thisSystem, findProgram)) return
  try {
    setPriority(pid, nice)
  } catch {
    // It has ended already, or this user may not: then it runs as it is.
  }
}
