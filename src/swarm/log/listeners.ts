import type { Logger } from '../logger.ts'

/** Those who want to be told; one that throws is logged and hinders nobody. */
export interface Listeners<T> {
  /** @returns a function that ends it. */
  add: (listener: (news: T) => void) => () => void
  tell: (news: T) => void
}

export function createListeners<T>(log: Logger): Listeners<T> {
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
          log.error({ err: error }, 'a listener failed')
        }
      }
    }
  }
}
