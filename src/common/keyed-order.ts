/** Tasks with the same key run one after the other; tasks with different keys do not wait for each other. */
export interface KeyedOrder {
  run: <T>(key: string, task: () => Promise<T>) => Promise<T>
  /** Resolves when no task runs for a key, whatever the outcome. */
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
