import { decodeBlobReceipt, type BlobHeader } from './codec-blob.ts'
import { toHex } from './codec-checks.ts'
import { ProtocolError } from './errors.ts'
import { LIMITS } from './limits.ts'

/** Bytes of a sha-256. */
const HASH_BYTES = 32

/** [RULE 52] Whether a chunk has the hash that its sender announced for it. @param sha256 of the chunk, in hex */
export function isAnnouncedChunk(chunkHashes: Uint8Array, index: number, sha256: string): boolean {
  return toHex(chunkHashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)) === sha256
}

/** [RULE 53] Only the answer to a probe may come without the hash of every chunk. @throws ProtocolError `invalid` */
export function checkChunkHashes({ chunkHashes }: Pick<BlobHeader, 'chunkHashes'>, bytes: number): void {
  if (chunkHashes.byteLength !== Math.ceil(bytes / LIMITS.chunkBytes) * HASH_BYTES)
    throw new ProtocolError('invalid', 'the chunk hashes are missing')
}

/**
 * [RULE 54] A transfer counts as delivered when the receiver has confirmed the hash of the complete blob on its disk.
 * @param receipt its message
 * @throws ProtocolError `invalid` for another blob, or as `decodeBlobReceipt`
 */
export function checkDelivered(receipt: Uint8Array, sha256: string): void {
  if (decodeBlobReceipt(receipt) !== sha256) throw new ProtocolError('invalid', 'a receipt for another blob')
}

/** How a transfer from one source ended without the blob. */
export type SourceEnd =
  /** The whole does not match its hash, and not all of it came from this source. */
  | { readonly type: 'mixed' }
  /** `gave`: chunks of it were kept. */
  | {
      readonly type: 'failed'
      readonly code: 'not-found' | 'busy' | 'wrong-bytes' | 'unreachable'
      readonly gave: boolean
    }

/** The sources of one blob while it is being fetched. */
export interface SourceSearch {
  /** Sources to be tried, the next one first. */
  readonly line: readonly string[]
  /** Sources that were busy when they were last asked. */
  readonly busy: readonly string[]
  /** Sources that sent wrong bytes by themselves: they are not asked again. */
  readonly liars: ReadonlySet<string>
  /** Sources that delivered a part and broke off. */
  readonly gave: ReadonlySet<string>
  /** Each source has to give the whole blob. */
  readonly alone: boolean
}

export const NO_SOURCES: SourceSearch = { line: [], busy: [], liars: new Set(), gave: new Set(), alone: false }

/** Puts sources into the line, each once. */
export function withSources(search: SourceSearch, sources: readonly string[]): SourceSearch {
  const line = [...new Set([...search.line, ...sources])]
  return { ...search, line: line.filter((source) => !search.liars.has(source)) }
}

/** [RULE 55] Bytes that do not form the blob prove a lie only of the source that sent all of them. @param storedBytes that other transfers had left here */
export const isMixed = (storedBytes: number): boolean => storedBytes > 0

/**
 * [RULE 55] What follows when the first source of the line did not deliver the blob.
 * Bytes from several sources that do not form the blob are discarded; from then on each source is tried alone, and only one whose own bytes fail has lied.
 */
export function afterSource(search: SourceSearch, end: SourceEnd): SourceSearch {
  const [source, ...rest] = search.line
  if (source === undefined) return search
  const next = { ...search, line: rest }
  if (end.type === 'mixed')
    return withSources({ ...next, line: [], gave: new Set(), alone: true }, [source, ...rest, ...search.gave])
  if (end.code === 'busy') return { ...next, busy: [...search.busy, source] }
  if (end.code === 'wrong-bytes') {
    const liars = new Set(search.liars).add(source)
    return { ...next, liars, line: rest.filter((other) => other !== source) }
  }
  return end.gave && !search.alone ? { ...next, gave: new Set(search.gave).add(source) } : next
}
