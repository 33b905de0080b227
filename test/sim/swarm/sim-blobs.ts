import type { BlobRef } from '../../../src/swarm/protocol/index.ts'
import type { Host } from './host.ts'

const RETRY_MS = 2000

/** Which blobs a simulated node holds, and how they come from others. Their bytes are not modelled, their length is. */
export class SimBlobs {
  readonly #host: Host
  /** Who else holds a blob: what a request would find out. */
  readonly #holds: (peer: string, sha256: string) => boolean
  /** What came of transfers that broke. */
  readonly #partial = new Map<string, number>()

  constructor(host: Host, holds: (peer: string, sha256: string) => boolean) {
    this.#host = host
    this.#holds = holds
  }

  has(sha256: string): boolean {
    return this.#host.disk.files.read(`blob/${sha256}`) != null
  }

  /** Durable when done; waits for space. */
  put(sha256: string, done: () => void): void {
    const { disk, scope } = this.#host
    disk.files.write(`blob/${sha256}`, new Uint8Array([1]), { sync: true }, (error) => {
      if (error == null) done()
      else scope.after(RETRY_MS, () => this.put(sha256, done))
    })
  }

  delete(sha256: string): void {
    this.#host.disk.files.delete(`blob/${sha256}`, {})
  }

  /** From the first source that has it; a transfer that broke goes on with the next where it was. */
  fetch(ref: BlobRef, sources: readonly string[], done: (fetched: boolean) => void): () => void {
    let cancelled = false
    let cancel = (): void => {}
    const attempt = (left: readonly string[]): void => {
      if (cancelled) return
      const [from, ...others] = left
      if (this.has(ref.sha256)) {
        done(true)
        return
      }
      if (from == null) {
        done(false)
        return
      }
      if (from === this.#host.id || !this.#holds(from, ref.sha256)) {
        this.#host.scope.after(1, () => attempt(others))
        return
      }
      const transfer = this.#host.network.transfer({
        from,
        to: this.#host.id,
        totalBytes: ref.bytes,
        offsetBytes: Math.min(ref.bytes, this.#partial.get(ref.sha256) ?? 0),
        onDone: () => {
          this.#partial.delete(ref.sha256)
          this.put(ref.sha256, () => {
            if (!cancelled) done(true)
          })
        },
        onFail: (_reason, receivedBytes) => {
          this.#partial.set(ref.sha256, receivedBytes)
          this.#host.scope.after(1, () => attempt(others))
        }
      })
      cancel = () => transfer.cancel()
    }
    attempt(sources)
    return () => {
      cancelled = true
      cancel()
    }
  }
}
