/** Functions that are called with each value, in the order in which they were added. */
export interface Listeners<T> {
  /** @returns a function that ends it. */
  add: (listener: (news: T) => void) => () => void
  tell: (news: T) => void
}

/** @param onError gets what a listener threw. Default: `tell` throws it, and the later listeners are not called. */
export function createListeners<T>(onError: (error: unknown) => void = rethrow): Listeners<T> {
  const listeners = new Set<(news: T) => void>()
  return {
    add: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell: (news) => {
      for (const listener of listeners) {
        try {
          listener(news)
        } catch (error) {
          onError(error)
        }
      }
    }
  }
}

function rethrow(error: unknown): never {
  throw error
}
