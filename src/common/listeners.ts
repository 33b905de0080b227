/** Functions that are called with each piece of news, in the order they were added. */
export interface Listeners<T> {
  /** @returns a function that ends it. */
  add: (listener: (news: T) => void) => () => void
  tell: (news: T) => void
}

/** @param onError is told of what a listener threw. Default: `tell` throws it, and the listeners after it hear nothing. */
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
