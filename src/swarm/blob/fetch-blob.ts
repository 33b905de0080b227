import { setTimeout as after } from 'node:timers/promises'
import { BlobError, moreTelling } from './blob-error.ts'
import { findHolders } from './holders.ts'
import { transfer, type TransferComponents, type TransferEnd } from './transfer.ts'
import { afterSource, NO_SOURCES, withSources, type BlobRef } from '../protocol/index.ts'
import type { Turns } from './turns.ts'

export interface FetchComponents extends TransferComponents {
  /** Transfers from one peer wait here for each other, so that the peer does not have to refuse them. */
  readonly turns: Turns
}

export interface FetchInit {
  readonly stallMs: number
  /** First pause before busy peers are asked again; doubles. */
  readonly busyWaitMs: number
  readonly signal: AbortSignal
}

/** How often a busy source is asked again: with pauses of 0.5, 1, 2, 4, 8 and 16 s about half a minute. */
const BUSY_ROUNDS = 6

/**
 * Fetches a blob from the first of several sources that can deliver it: the named ones, best first; then connected peers that say they hold it; then
 * busy ones. Chunks from one source are kept for the next.
 * @throws BlobError of the most informative failure, ShelfError, or the signal's reason.
 */
export async function fetchBlob(
  components: FetchComponents,
  ref: BlobRef,
  sources: readonly string[],
  init: FetchInit
): Promise<void> {
  const search = new Search(components, ref, init)
  if (await search.ask(sources)) return
  for await (const holder of findHolders(components.node, ref, search.isAsked, init.signal))
    if (await search.ask([holder])) return
  for (let round = 0; round < BUSY_ROUNDS && search.isBusy; round += 1) {
    const waitMs = init.busyWaitMs * 2 ** round * (0.8 + 0.4 * Math.random())
    await pause(waitMs, init.signal)
    if (await search.ask(search.takeBusy())) return
  }
  throw search.failure ?? new BlobError('not-found', 'no peer has it')
}

/** What is known about the sources of one blob while it is being fetched. */
class Search {
  failure: BlobError | undefined
  readonly isAsked = (peer: string): boolean => this.#asked.has(peer)
  readonly #components: FetchComponents
  readonly #ref: BlobRef
  readonly #init: FetchInit
  readonly #asked: Set<string>
  #sources = NO_SOURCES

  constructor(components: FetchComponents, ref: BlobRef, init: FetchInit) {
    this.#components = components
    this.#ref = ref
    this.#init = init
    this.#asked = new Set([components.node.peerId.toString()])
  }

  /** One after the other. @returns true when the blob is here. */
  async ask(sources: readonly string[]): Promise<boolean> {
    const self = this.#components.node.peerId.toString()
    const others = sources.filter((source) => source !== self)
    this.#sources = withSources(this.#sources, others)
    for (let [source] = this.#sources.line; source != null; [source] = this.#sources.line) {
      this.#asked.add(source)
      const end = await this.#transfer(source)
      if (end.type === 'done') return true
      if (end.type === 'failed') this.#note(source, end)
      // [RULE 55]
      this.#sources = afterSource(this.#sources, end.type === 'mixed' ? end : { ...end, code: end.error.code })
    }
    return false
  }

  get isBusy(): boolean {
    return this.#sources.busy.length > 0
  }

  /** Sources that were busy when they were last asked; they are forgotten here. */
  takeBusy(): readonly string[] {
    const { busy } = this.#sources
    this.#sources = { ...this.#sources, busy: [] }
    return busy
  }

  #note(source: string, { error }: TransferEnd & { readonly type: 'failed' }): void {
    const { log } = this.#components
    log.debug({ peer: source, sha256: this.#ref.sha256, err: error }, 'could not get a blob from a peer')
    this.failure = moreTelling(this.failure, error)
  }

  async #transfer(source: string): Promise<TransferEnd> {
    const { stallMs, signal } = this.#init
    const end = await this.#components.turns.take(source, signal)
    try {
      return await transfer(this.#components, this.#ref, source, { alone: this.#sources.alone, stallMs, signal })
    } finally {
      end()
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await after(ms, undefined, { signal })
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}
