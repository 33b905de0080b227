import { setPriority } from 'node:os'
import { findProgram } from './programs.ts'
import { type System, thisSystem } from './system.ts'

/**
 * Niceness of every program that grav1 starts and that is not an encode: analysis, cutting, proofs, checks, joins, previews and probes come after what the user of the machine does,
 * and before the encoders, which wait for them. Encoders and their decoders have `--nice` (default 19). Two kinds of programs run as the node does: the user's own of `--on-complete`,
 * and what a command starts that somebody waits for (npm).
 */
export const PROGRAM_NICE = 10

/** Niceness of work that nobody waits for: a scene that is encoded again as a proof. */
export const IDLE_NICE = 19

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
