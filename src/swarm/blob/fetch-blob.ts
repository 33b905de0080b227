import { setTimeout as after } from 'node:timers/promises'
import { BlobError, moreTelling } from './blob-error.ts'
import { findHolders } from './holders.ts'
import { transfer, type TransferComponents, type TransferEnd } from './transfer.ts'
import { afterSource, NO_SOURCES, type SourceEnd, withSources, type BlobRef } from '../protocol/index.ts'
import type { Turns } from './turns.ts'

export interface FetchComponents extends TransferComponents {
  /** Transfers from one peer wait here for each other, so that the peer does not have to refuse them. */
  readonly turns: Turns
  /** Whether what a peer sends stays on the local network. */
  readonly isNear: (peer: string) => boolean
}

export interface FetchInit {
  readonly stallMs: number
  /** First pause before busy peers are asked again; doubles. */
  readonly busyWaitMs: number
  /** Spares the uplink of a far source: near peers that hold the blob are asked before it, also those that nobody named. */
  readonly nearFirst: boolean
  readonly signal: AbortSignal
}

/** How often a busy source is asked again: with pauses of 0.5, 1, 2, 4, 8 and 16 s about half a minute. */
const BUSY_ROUNDS = 6

/** A near peer answers in milliseconds, or something is wrong with it. */
const NEAR_MS_MAX = 2000

/**
 * Fetches a blob from the first of several sources that can deliver it: the named ones, best first; then connected peers that say they hold it; then
 * busy ones. A source that breaks off is asked for the rest; what it gave is kept for the next, too.
 * @throws BlobError of the most informative failure, ShelfError, or the signal's reason.
 */
export async function fetchBlob(
  components: FetchComponents,
  ref: BlobRef,
  sources: readonly string[],
  init: FetchInit
): Promise<void> {
  const search = new Search(components, ref, init)
  if (init.nearFirst && (await askNear(search, components, ref, sources, init.signal))) return
  if (await search.ask(sources.filter((source) => !search.isAsked(source)))) return
  for await (const holder of findHolders(components.node, ref, search.isAsked, init.signal))
    if (await search.ask([holder])) return
  for (let round = 0; round < BUSY_ROUNDS && search.isBusy; round += 1) if (await search.askBusy(round)) return
  throw search.failure ?? new BlobError('not-found', 'no peer has it')
}

/** Asks near peers, where the best source is far. @returns true when the blob is here */
async function askNear(
  search: Search,
  { node, isNear }: FetchComponents,
  ref: BlobRef,
  sources: readonly string[],
  signal: AbortSignal
): Promise<boolean> {
  const [best] = sources
  if (best === undefined || isNear(best)) return false
  if (await search.ask(sources.filter(isNear))) return true
  const isExcluded = (peer: string): boolean => search.isAsked(peer) || !isNear(peer)
  for await (const holder of findHolders(node, ref, isExcluded, signal, NEAR_MS_MAX))
    if (await search.ask([holder])) return true
  return false
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
      this.#sources = afterSource(this.#sources, sourceEnd(end))
      const { line, fruitless } = this.#sources
      // Connections need a moment to come back.
      if (end.type === 'failed' && line[0] === source) await pause(this.#waitMs(fruitless), this.#init.signal)
    }
    return false
  }

  /** Waits until busy sources may be asked again, and asks them. @returns true when the blob is here. */
  async askBusy(round: number): Promise<boolean> {
    await pause(this.#waitMs(round), this.#init.signal)
    const { busy } = this.#sources
    this.#sources = { ...this.#sources, busy: [] }
    return this.ask(busy)
  }

  get isBusy(): boolean {
    return this.#sources.busy.length > 0
  }

  /** How long to wait before somebody is asked for the same again. */
  #waitMs(round: number): number {
    return this.#init.busyWaitMs * 2 ** round * (0.8 + 0.4 * Math.random())
  }

  #note(source: string, { error }: TransferEnd & { readonly type: 'failed' }): void {
    const { log } = this.#components
    log.debug({ peer: source, sha256: this.#ref.sha256, err: error }, 'could not get a blob from a peer')
    this.failure = moreTelling(this.failure, error)
  }

  async #transfer(source: string): Promise<TransferEnd> {
    const { stallMs, signal } = this.#init
    const { turns, download } = this.#components
    const endTurn = await turns.take(source, signal)
    let leave: (() => void) | undefined
    try {
      leave = await download.enter(source, signal)
      const { alone, givers } = this.#sources
      return await transfer(this.#components, this.#ref, source, { alone, givers, stallMs, signal })
    } finally {
      leave?.()
      endTurn()
    }
  }
}

/** What the rules are told of a transfer. */
function sourceEnd(end: Exclude<TransferEnd, { type: 'done' }>): SourceEnd {
  if (end.type === 'mixed') return end
  const { error, hasAnswered, isStalled, came } = end
  if (error.code !== 'unreachable') return { type: 'failed', code: error.code, came }
  return { type: 'failed', code: isStalled ? 'stalled' : hasAnswered ? 'broke-off' : 'unreached', came }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await after(ms, undefined, { signal })
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}
