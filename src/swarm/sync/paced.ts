/** Something for each key soon, and not again before a pause: calls meanwhile make one more. */
export interface Paced {
  readonly run: (key: string, task: () => void) => void
  readonly forget: (key: string) => void
  /** Runs nothing from now on. */
  readonly stop: () => void
}

/** @param pauseMs between two tasks of one key */
export function createPaced(pauseMs: number): Paced {
  /** When the last task began, and the next one that waits. */
  const entries = new Map<string, { atMs: number; next: NodeJS.Timeout | undefined }>()
  let stopped = false

  return {
    run: (key, task) => {
      const entry = entries.get(key) ?? { atMs: -Infinity, next: undefined }
      if (entry.next != null || stopped) return
      entries.set(key, entry)
      const waitMs = Math.max(0, entry.atMs + pauseMs - performance.now())
      entry.next = setTimeout(() => {
        entry.next = undefined
        entry.atMs = performance.now()
        task()
      }, waitMs).unref()
    },
    forget: (key) => {
      clearTimeout(entries.get(key)?.next)
      entries.delete(key)
    },
    stop: () => {
      stopped = true
      for (const { next } of entries.values()) clearTimeout(next)
    }
  }
}
