/**
 * Why nothing of a project goes on, as its owner tells the others. The words are API: they keep their meaning and are never reused.
 *
 * - `output-exists`, `output-unwritable`: the finished file cannot get its name, or cannot lie in its folder.
 * - `no-room`: the output's disk has too little room.
 * - `source-away`, `source-changed`: the source cannot be read, or is not the file that was submitted.
 * - `prepare-failed`, `join-failed`: the source could not be read to its end, or the finished file could not be made.
 * - `other-machine`: the scenes left failed on the only machine that tried.
 * - `other-maker`: the scenes left need the bytes of an encoder that no connected machine has.
 */
export const WAIT_CODES = [
  'output-exists',
  'output-unwritable',
  'no-room',
  'source-away',
  'source-changed',
  'prepare-failed',
  'join-failed',
  'other-machine',
  'other-maker'
] as const

export type WaitCode = (typeof WAIT_CODES)[number]

/** What of the owner's own steps keeps a project waiting. */
export type TroubleCode = Exclude<WaitCode, 'other-machine' | 'other-maker'>

/** Names of files stay at the owner. */
export interface Waits {
  readonly code: WaitCode
  /** `other-machine`: the last words of the encoder. `other-maker`: the build. Otherwise empty. */
  readonly detail: string
}

/** What a look at the place can find out. */
const PLACES: ReadonlySet<WaitCode> = new Set<WaitCode>([
  'output-exists',
  'output-unwritable',
  'no-room',
  'source-away',
  'source-changed'
])

/** Whether what is needed is not where it should be, and looking again costs nothing; otherwise the work has to be done again. */
export const isAtPlace = (code: TroubleCode): boolean => PLACES.has(code)
