import { anySignal } from '../../common/any-signal.ts'

/** A deadline that progress extends: nothing else ends a transfer whose peer hangs. */
export interface ProgressTimeout {
  readonly signal: AbortSignal
  /** Progress: from now on it lasts `stallMs` again, and `extraMs` more this time. */
  touch: (extraMs?: number) => void
  /** Passes a source through; each chunk counts as progress. */
  watch: (source: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array>
  /** Waits for this node's own work, for which the peer cannot be blamed: the deadline is suspended meanwhile. */
  during: <T>(work: Promise<T>) => Promise<T>
  clear: () => void
}

export function createProgressTimeout(stallMs: number, parent: AbortSignal): ProgressTimeout {
  const own = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const touch = (extraMs = 0): void => {
    clearTimeout(timer)
    timer = setTimeout(() => own.abort(new Error(`no progress for ${stallMs / 1000} s`)), stallMs + extraMs)
  }
  touch()
  return {
    signal: anySignal([own.signal, parent]),
    touch,
    watch: async function* (source) {
      for await (const chunk of source) {
        touch()
        yield chunk
      }
    },
    during: async (work) => {
      clearTimeout(timer)
      try {
        return await work
      } finally {
        touch()
      }
    },
    clear: () => clearTimeout(timer)
  }
}
