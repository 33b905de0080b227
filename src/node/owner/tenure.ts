/** The time in which this node writes its own projects: from the epoch of this run until it stops or another node takes over. */
export interface Tenure {
  /** Own projects go on. */
  readonly isOpen: boolean
  /** Another node has this one's key and goes on with all projects. */
  readonly isDeposed: boolean
  /** The epoch of this run, once own projects go on. Rejects when the node stops before. */
  readonly opened: Promise<number>
  /** Aborted when the node stops. */
  readonly signal: AbortSignal
  open: (epoch: number) => void
  depose: () => void
  /** @throws Error when another node writes in this one's name */
  checkMayWrite: () => void
  stop: () => void
}

export function createTenure(): Tenure {
  const opened = Promise.withResolvers<number>()
  // Nobody may be waiting when the node is stopped.
  opened.promise.catch(() => {})
  const stopped = new AbortController()
  let isOpen = false
  let isDeposed = false
  return {
    get isOpen() {
      return isOpen
    },
    get isDeposed() {
      return isDeposed
    },
    opened: opened.promise,
    signal: stopped.signal,
    open: (epoch) => {
      isOpen = true
      opened.resolve(epoch)
    },
    depose: () => {
      isDeposed = true
    },
    checkMayWrite: () => {
      if (isDeposed) throw new Error('another node runs with the identity of this one; stop one of them')
    },
    stop: () => {
      const stopping = new Error('stopping')
      stopped.abort(stopping)
      opened.reject(stopping)
    }
  }
}
