import type { Stream } from '@libp2p/interface'
import { waitFor } from '../common/wait.ts'

export interface StreamIOInit {
  /** Unread bytes at which the sender is paused. Default 1 MiB. */
  readonly highWaterBytes?: number
  /** Beyond that: pause the sender, or end the stream if no honest peer sends so much. Default `pause`. */
  readonly whenFull?: 'pause' | 'abort'
}

/** What one unread piece costs beside its bytes: a sender of single bytes must not fill the memory with their wrappers. */
const PIECE_BYTES = 128

/** A message takes as much memory as has come of it, not as much as its sender announced. */
const FIRST_BYTES = 16 * 1024

function enlarged(data: Uint8Array, bytes: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes)
  larger.set(data)
  return larger
}

/** Reads and writes one libp2p stream with backpressure both ways. Every protocol goes through it. */
export interface StreamIO {
  /** @throws Error when the stream ends before. */
  readExact: (bytes: number, signal?: AbortSignal) => Promise<Uint8Array>
  /** The next length-prefixed message; undefined when the remote has ended its side between two messages. */
  readFrame: (bytesMax: number, signal?: AbortSignal) => Promise<Uint8Array | undefined>
  /** The received bytes, in chunks of any size, until the remote ends its side or this many bytes have arrived. */
  body: (bytesMax?: number, signal?: AbortSignal) => AsyncGenerator<Uint8Array>
  /** Resolves when more may be written. */
  write: (data: Uint8Array, signal?: AbortSignal) => Promise<void>
  writeFrame: (data: Uint8Array, signal?: AbortSignal) => Promise<void>
  /** Ends the writing side only. */
  end: (signal?: AbortSignal) => Promise<void>
  abort: (error: Error) => void
}

/** Wraps a stream. Call it synchronously, first thing in a handler: bytes that arrive earlier are missed. */
export function createStreamIO(stream: Stream, init: StreamIOInit = {}): StreamIO {
  return new EventStreamIO(stream, init.highWaterBytes ?? 1 << 20, init.whenFull ?? 'pause')
}

/** The it-pipe view of a stream: `pipe(source, duplex(io), sink)`. */
export function duplex(io: StreamIO, signal?: AbortSignal) {
  return {
    source: io.body(Infinity, signal),
    sink: async (source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> => {
      for await (const chunk of source) await io.write(chunk, signal)
      await io.end(signal)
    }
  }
}

class EventStreamIO implements StreamIO {
  readonly #stream: Stream
  readonly #high: number
  readonly #low: number
  readonly #whenFull: 'pause' | 'abort'
  readonly #queue: Uint8Array[] = []
  #bytes = 0
  #closed = false
  #error: Error | undefined
  #wake: (() => void) | undefined
  #resuming = false

  constructor(stream: Stream, highWaterBytes: number, whenFull: 'pause' | 'abort') {
    this.#stream = stream
    this.#high = highWaterBytes
    this.#low = highWaterBytes >> 1
    this.#whenFull = whenFull
    stream.addEventListener('message', (event) => {
      const { data } = event
      if (data instanceof Uint8Array) this.#queue.push(data)
      else this.#queue.push(...data)
      this.#bytes += data.byteLength
      if (!this.#resuming) this.#holdBack()
      this.#wakeReader()
    })
    stream.addEventListener('remoteCloseWrite', () => this.#wakeReader())
    stream.addEventListener('end', () => this.#wakeReader())
    stream.addEventListener('close', (event) => {
      this.#closed = true
      this.#error = event.error
      this.#wakeReader()
    })
  }

  async readExact(bytes: number, signal?: AbortSignal): Promise<Uint8Array> {
    let out = new Uint8Array(Math.min(bytes, FIRST_BYTES))
    let filled = 0
    while (filled < bytes) {
      if (!(await this.#fill(signal))) throw new Error(`the stream ended after ${filled} of ${bytes} bytes`)
      const chunk = this.#take(bytes - filled)
      const needed = filled + chunk.byteLength
      if (needed > out.byteLength) out = enlarged(out, Math.min(bytes, Math.max(needed, 2 * out.byteLength)))
      out.set(chunk, filled)
      filled += chunk.byteLength
    }
    return out
  }

  async readFrame(bytesMax: number, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    if (!(await this.#fill(signal))) return undefined
    const header = await this.readExact(4, signal)
    const bytes = new DataView(header.buffer).getUint32(0)
    if (bytes > bytesMax) throw new Error(`a message of ${bytes} bytes; the limit is ${bytesMax}`)
    return this.readExact(bytes, signal)
  }

  async *body(bytesMax = Infinity, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    let left = bytesMax
    while (left > 0 && (await this.#fill(signal))) {
      const chunk = this.#take(left)
      left -= chunk.byteLength
      yield chunk
    }
  }

  async write(data: Uint8Array, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (!this.#stream.send(data)) await this.#drained(signal)
  }

  async writeFrame(data: Uint8Array, signal?: AbortSignal): Promise<void> {
    const framed = new Uint8Array(4 + data.byteLength)
    new DataView(framed.buffer).setUint32(0, data.byteLength)
    framed.set(data, 4)
    await this.write(framed, signal)
  }

  async end(signal?: AbortSignal): Promise<void> {
    await this.#stream.close(signal == null ? undefined : { signal })
  }

  abort(error: Error): void {
    this.#stream.abort(error)
  }

  /** Cost of the unread data. */
  get #held(): number {
    return this.#bytes + this.#queue.length * PIECE_BYTES
  }

  #holdBack(): void {
    if (this.#held < this.#high || this.#stream.readStatus !== 'readable') return
    if (this.#whenFull === 'pause') this.#stream.pause()
    else this.#stream.abort(new Error('the remote peer sends more than it was asked for'))
  }

  /** A pause from inside the dispatch that `resume()` triggers would be undone by `resume()` itself: it waits until that is over. */
  #resume(): void {
    this.#resuming = true
    try {
      this.#stream.resume()
    } finally {
      this.#resuming = false
    }
    this.#holdBack()
  }

  get #atEnd(): boolean {
    const stream = this.#stream
    if (stream.readBufferLength > 0) return false
    return (
      this.#closed ||
      stream.readableEnded ||
      stream.remoteWriteStatus === 'closed' ||
      stream.readStatus === 'closed' ||
      stream.status !== 'open'
    )
  }

  /** Waits until there is data to read; false at the end. */
  async #fill(signal?: AbortSignal): Promise<boolean> {
    for (;;) {
      signal?.throwIfAborted()
      if (this.#held <= this.#low && this.#stream.readStatus === 'paused') this.#resume()
      if (this.#bytes > 0) return true
      if (this.#error != null) throw this.#error
      if (this.#atEnd) return false
      await waitFor<void>((done) => {
        this.#wake = done
        return () => (this.#wake = undefined)
      }, signal)
    }
  }

  #wakeReader(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }

  #take(bytesMax: number): Uint8Array {
    const first = this.#queue[0]
    if (first == null) throw new Error('nothing to read')
    if (first.byteLength <= bytesMax) {
      this.#queue.shift()
      this.#bytes -= first.byteLength
      return first
    }
    this.#queue[0] = first.subarray(bytesMax)
    this.#bytes -= bytesMax
    return first.subarray(0, bytesMax)
  }

  /** Listens for `drain` itself: the stream's own promise for it only waits the first time. */
  async #drained(signal?: AbortSignal): Promise<void> {
    const stream = this.#stream
    if (!stream.writableNeedsDrain) return
    await waitFor<void>((done, fail) => {
      const drained = (): void => done()
      const closed = (): void => fail(this.#error ?? new Error('the stream was closed'))
      stream.addEventListener('drain', drained)
      stream.addEventListener('close', closed)
      return () => {
        stream.removeEventListener('drain', drained)
        stream.removeEventListener('close', closed)
      }
    }, signal)
  }
}
