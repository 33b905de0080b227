import { clockTime } from '../../common/clock-time.ts'

/** Slots that a node does without because an encoder ran out of memory, as the API tells. */
export interface FewerSlots {
  /** That its user wants. */
  readonly wanted: number
  /** That it uses. */
  readonly slots: number
  /** Scenes that were being encoded when memory ran out. */
  readonly ranAt: number
  /** Time of day in milliseconds when one more is tried. */
  readonly retryAtMs: number
}

/** `one slot fewer: the encoder ran out of memory at 8 slots; the node tries one more at 15:10, or at once with "grav1 workers 8"` */
export function fewerSlotsText({ wanted, slots, ranAt, retryAtMs }: FewerSlots, nowMs = Date.now()): string {
  const less = wanted - slots
  const how = less === 1 ? 'one slot fewer' : `${less} slots fewer`
  const back = `the node tries one more at ${clockTime(retryAtMs, nowMs)}, or at once with "grav1 workers ${wanted}"`
  return `${how}: the encoder ran out of memory at ${ranAt} slots; ${back}`
}
