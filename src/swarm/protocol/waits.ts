/**
 * Why a project waits, as its owner tells the others. The codes are API: they keep their meaning and are never reused.
 *
 * - `output-exists`, `output-unwritable`: the finished file's name is taken, or its folder cannot be written.
 * - `no-room`: the output's disk has too little room.
 * - `source-away`, `source-changed`: the source cannot be read, or is not the file that was submitted.
 * - `prepare-failed`, `join-failed`: the source could not be read to its end, or the finished file could not be made.
 * - `other-machine`: the remaining scenes failed on the only machine that tried.
 * - `other-maker`: the remaining scenes need the bytes of an encoder that no connected machine has.
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

/** The failed step of the owner that keeps a project waiting. */
export type TroubleCode = Exclude<WaitCode, 'other-machine' | 'other-maker'>

/** File names stay on the owner. */
export interface Waits {
  readonly code: WaitCode
  /** `other-machine`: the encoder's last message. `other-maker`: the build. Otherwise empty. */
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

/** Whether a look at the place is enough to retry; otherwise the work has to be done again. */
export const isAtPlace = (code: TroubleCode): boolean => PLACES.has(code)
