/** What happens to one thing happens one after the other; different things do not wait for each other. */
export interface KeyedOrder {
  run: <T>(key: string, task: () => Promise<T>) => Promise<T>
  /** When nothing is under way for a key, however it ended. */
  ended: (key: string) => Promise<void>
}

export function createKeyedOrder(): KeyedOrder {
  const tails = new Map<string, Promise<unknown>>()
  return {
    run: async (key, task) => {
      const running = (tails.get(key) ?? Promise.resolve()).then(task, task)
      tails.set(key, running)
      try {
        return await running
      } finally {
        if (tails.get(key) === running) tails.delete(key)
      }
    },
    ended: async (key) => {
      await Promise.resolve(tails.get(key)).catch(() => {})
    }
  }
}
