import { assertNever } from '../../common/assert-never.ts'
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

/** Bytes that a source has to give before it breaks off again: fewer are no progress. */
const PROGRESS_BYTES = LIMITS.chunkBytes / 16

/** Whether a source that broke off may be asked again as if it were the first time. @param bytes that came of it */
export const isProgress = (bytes: number): boolean => bytes >= PROGRESS_BYTES

/** How often in a row a source may break off without progress and be asked again. */
const FRUITLESS_MAX = 3

/** What lay here when a transfer began, and what came of it. */
export interface Came {
  /** Bytes of complete chunks at the beginning. */
  readonly storedBytes: number
  /** Bytes of one more chunk, which was not complete. */
  readonly restBytes: number
  /** Bytes that came and are kept. */
  readonly bytes: number
  /** Chunks that were completed. */
  readonly chunks: number
}

/** How a transfer from one source ended without the blob. */
export type SourceEnd =
  /** The whole, or one chunk, does not match its hash, and not all of it came from this source. */
  | { readonly type: 'mixed'; readonly part: 'whole' | 'chunk' }
  | {
      readonly type: 'failed'
      /** `broke-off`: it had said that it has the blob. `stalled`: nothing came for too long. */
      readonly code: 'not-found' | 'busy' | 'wrong-bytes' | 'unreached' | 'broke-off' | 'stalled'
      readonly came: Came
    }

/** The one source that gave all bytes that lie here; undefined: there are several, or nobody knows. */
export interface Givers {
  readonly all: string | undefined
  /** Of the chunk that is not complete. */
  readonly rest: string | undefined
}

/** The sources of one blob while it is being fetched. */
export interface SourceSearch {
  /** Sources to be tried, the next one first. */
  readonly line: readonly string[]
  /** Sources that were busy when they were last asked. */
  readonly busy: readonly string[]
  /** Sources that sent wrong bytes by themselves: they are not asked again. */
  readonly liars: ReadonlySet<string>
  /** Sources that delivered a part. */
  readonly gave: ReadonlySet<string>
  /** Each source has to give the whole blob. */
  readonly alone: boolean
  readonly givers: Givers
  /** How often in a row the first source of the line broke off without progress. */
  readonly fruitless: number
}

const NOBODY: Givers = { all: undefined, rest: undefined }

export const NO_SOURCES: SourceSearch = {
  line: [],
  busy: [],
  liars: new Set(),
  gave: new Set(),
  alone: false,
  givers: NOBODY,
  fruitless: 0
}

/** Puts sources into the line, each once. */
export function withSources(search: SourceSearch, sources: readonly string[]): SourceSearch {
  const line = [...new Set([...search.line, ...sources])]
  return { ...search, line: line.filter((source) => !search.liars.has(source)) }
}

/** [RULE 55] Bytes that do not form the blob, or a chunk of it, prove a lie only of the source that sent all of them. @param bytes that lay here before */
export const isMixed = (bytes: number, giver: string | undefined, source: string): boolean =>
  bytes > 0 && giver !== source

/**
 * [RULE 55] What follows when the first source of the line did not deliver the blob.
 * Bytes from several sources that do not form the blob are discarded; from then on each source is tried alone, and only one whose own bytes fail has lied.
 * Who broke off is asked for the rest, as long as that brings something.
 */
export function afterSource(search: SourceSearch, end: SourceEnd): SourceSearch {
  const [source, ...rest] = search.line
  if (source === undefined) return search
  if (end.type === 'mixed') return afterMixed(search, source, end)
  const givers = giversAfter(search.givers, source, end.came)
  const gave = end.came.bytes > 0 ? new Set(search.gave).add(source) : search.gave
  const same = { ...search, givers, gave }
  const next = { ...same, line: rest, fruitless: 0 }
  switch (end.code) {
    case 'not-found':
    case 'stalled':
      return next
    case 'busy':
      return { ...next, busy: [...search.busy, source] }
    case 'wrong-bytes':
      return {
        ...next,
        liars: new Set(search.liars).add(source),
        line: rest.filter((other) => other !== source)
      }
    case 'unreached':
    case 'broke-off': {
      const hasAnswered = end.code === 'broke-off' || gave.has(source)
      const fruitless = isProgress(end.came.bytes) ? 0 : search.fruitless + 1
      return hasAnswered && fruitless <= FRUITLESS_MAX ? { ...same, fruitless } : next
    }
    default:
      return assertNever(end.code)
  }
}

function afterMixed(search: SourceSearch, source: string, { part }: SourceEnd & { type: 'mixed' }): SourceSearch {
  // From the beginning of the chunk on, all is its own.
  if (part === 'chunk') return { ...search, givers: { ...search.givers, rest: source } }
  const begun = { ...search, line: [], gave: new Set<string>(), alone: true, givers: NOBODY, fruitless: 0 }
  return withSources(begun, [...search.line, ...search.gave])
}

function giversAfter(givers: Givers, source: string, { storedBytes, restBytes, bytes, chunks }: Came): Givers {
  if (bytes === 0) return givers
  const isMine = (giver: string | undefined, before: number): string | undefined =>
    isMixed(before, giver, source) ? undefined : source
  return {
    all: isMine(givers.all, storedBytes + restBytes),
    rest: chunks > 0 ? source : isMine(givers.rest, restBytes)
  }
}
