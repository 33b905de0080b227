import { verifySegment } from '../../encode/run/index.ts'
import { createLimit } from '../limit.ts'
import { stepWhenFull, type SpaceWatch } from '../step-when-full.ts'
import type { BlobUse } from '../blob-use.ts'
import type { ProjectSpec } from '../project-spec.ts'
import type { BlobExchange } from '../../swarm/index.ts'
import type { PendingResult } from '../../swarm/protocol/index.ts'
import type { BlobStore } from '../../storage/index.ts'

export type Verdict = { readonly ok: true } | { readonly ok: false; readonly blamed: boolean; readonly reason: string }

export interface VerificationComponents {
  readonly blobs: BlobStore
  readonly isOwnBlob: BlobUse
  readonly exchange: BlobExchange
  readonly guard: SpaceWatch
}

export interface Verifier {
  /** Fetches a result and checks it: bytes, structure, every frame decoded, and the same stream parameters as its siblings. */
  verify: (result: PendingResult, expected: ExpectedResult, signal: AbortSignal) => Promise<Verdict>
}

export interface ExpectedResult {
  readonly spec: ProjectSpec
  readonly frames: number
  /** Hash that was accepted for the scene before its file was lost; only the same bytes will do. */
  readonly sha256: string | undefined
}

/** Results that are fetched and decoded at the same time. */
const PARALLEL = 2

/** One for each project: the first accepted scene sets the stream parameters that all others must have. */
export function createVerifier({ blobs, exchange, isOwnBlob, guard }: VerificationComponents): Verifier {
  const limit = createLimit(PARALLEL)
  let sequenceHeader: string | undefined

  async function check(
    result: PendingResult,
    { spec, frames, sha256 }: ExpectedResult,
    signal: AbortSignal
  ): Promise<Verdict> {
    const { blob, worker } = result
    if (sha256 != null && sha256 !== blob.sha256) return blame('these are not the bytes that were accepted before')
    try {
      await stepWhenFull(guard, async () => exchange.fetch(blob, [worker], { signal }), signal)
    } catch (error) {
      signal.throwIfAborted()
      return { ok: false, blamed: false, reason: `the result could not be fetched: ${message(error)}` }
    }
    try {
      const verified = await verifySegment(
        {
          file: blobs.path(blob.sha256),
          encoder: spec.encoder.name,
          frames,
          video: spec.video,
          bitDepth: spec.bitDepth
        },
        { signal }
      )
      sequenceHeader ??= verified.sequenceHeader
      if (verified.sequenceHeader === sequenceHeader) return { ok: true }
      return await refuse(blob.sha256, 'its stream parameters differ from those of the other scenes')
    } catch (error) {
      signal.throwIfAborted()
      return refuse(blob.sha256, message(error))
    }
  }

  async function refuse(sha256: string, reason: string): Promise<Verdict> {
    // The bytes of another scene, handed in for this one, are still that scene's.
    if (!isOwnBlob(sha256)) await blobs.delete(sha256)
    return blame(reason)
  }

  return { verify: async (result, expected, signal) => limit(async () => check(result, expected, signal)) }
}

function blame(reason: string): Verdict {
  return { ok: false, blamed: true, reason }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
