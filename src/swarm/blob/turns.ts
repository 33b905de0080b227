/** At most this many at once for each key; the others wait their turn, first come first served. */
export interface Turns {
  /** @returns what to call when the turn is over. @throws the signal's reason. */
  take: (key: string, signal: AbortSignal) => Promise<() => void>
}

interface Line {
  running: number
  readonly waiting: (() => void)[]
}

export function createTurns(perKeyMax: number): Turns {
  const lines = new Map<string, Line>()

  function end(key: string, line: Line): void {
    const next = line.waiting.shift()
    if (next != null) {
      next()
      return
    }
    line.running -= 1
    if (line.running === 0) lines.delete(key)
  }

  return {
    take: async (key, signal) => {
      signal.throwIfAborted()
      const line = lines.get(key) ?? { running: 0, waiting: [] }
      lines.set(key, line)
      if (line.running < perKeyMax) {
        line.running += 1
        return () => end(key, line)
      }
      const turn = Promise.withResolvers<void>()
      const begin = (): void => turn.resolve()
      const leave = (): void => {
        const at = line.waiting.indexOf(begin)
        if (at < 0) return
        line.waiting.splice(at, 1)
        turn.reject(signal.reason)
      }
      line.waiting.push(begin)
      signal.addEventListener('abort', leave, { once: true })
      try {
        await turn.promise
      } finally {
        signal.removeEventListener('abort', leave)
      }
      return () => end(key, line)
    }
  }
}
