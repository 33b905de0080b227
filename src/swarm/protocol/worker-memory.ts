/** What the memory of this machine did not hold. */
export interface Shortage {
  /** Slots that its user wants. */
  readonly wanted: number
  /** Scenes that were being encoded when an encoder last ran out of memory; 0 before that. */
  readonly ranAt: number
  /** Projects of which not even one scene fits. */
  readonly tooLarge: ReadonlySet<string>
  /** When more is tried again; Infinity while nothing is short. */
  readonly retryAtMs: number
}

/** How much this worker takes on, as far as its memory allows. */
export interface Capacity {
  readonly slots: number
  readonly shortage: Shortage
}

/** An encoder that was killed once may be killed again, and the system may pick another program then. */
const RETRY_MS = 3_600_000

export const capacityOf = (slots: number): Capacity => ({
  slots,
  shortage: { wanted: slots, ranAt: 0, tooLarge: new Set(), retryAtMs: Infinity }
})

/** If several scenes ran, one fewer runs from now on; a scene that ran alone has no room here, and neither have others of its project. @param ran scenes that were being encoded, with it */
export function withShortage(
  { slots, shortage }: Capacity,
  { projectId, ran, nowMs }: { readonly projectId: string; readonly ran: number; readonly nowMs: number }
): Capacity {
  const again = { ...shortage, retryAtMs: nowMs + RETRY_MS }
  if (ran > 1) return { slots: Math.min(slots, ran - 1), shortage: { ...again, ranAt: ran } }
  return { slots, shortage: { ...again, tooLarge: new Set(shortage.tooLarge).add(projectId) } }
}

/** Its user wants so many slots. Another number, or the same said `anew`, ends the shortage. */
export function withWanted(capacity: Capacity, wanted: number, anew: boolean): Capacity {
  return anew || wanted !== capacity.shortage.wanted ? capacityOf(wanted) : capacity
}

/** After a while one more slot is tried, and what had no room. */
export function retried({ slots, shortage }: Capacity, nowMs: number): Capacity {
  if (nowMs < shortage.retryAtMs) return { slots, shortage }
  const { wanted } = shortage
  if (slots + 1 >= wanted) return capacityOf(wanted)
  return { slots: slots + 1, shortage: { ...shortage, tooLarge: new Set(), retryAtMs: nowMs + RETRY_MS } }
}
