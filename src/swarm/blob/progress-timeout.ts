/** A deadline that every chunk moves on: nothing else ends a transfer whose peer is frozen. */
export interface ProgressTimeout {
  readonly signal: AbortSignal
  /** Passes a source through; each chunk counts as progress. */
  watch: (source: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array>
  clear: () => void
}

export function createProgressTimeout(stallMs: number, parent: AbortSignal): ProgressTimeout {
  const own = new AbortController()
  const expire = (): void => own.abort(new Error(`no progress for ${stallMs / 1000} s`))
  let timer = setTimeout(expire, stallMs)
  return {
    signal: AbortSignal.any([own.signal, parent]),
    watch: async function* (source) {
      for await (const chunk of source) {
        clearTimeout(timer)
        timer = setTimeout(expire, stallMs)
        yield chunk
      }
    },
    clear: () => clearTimeout(timer)
  }
}
