import { ApiRefusal } from '../../../api/refusal.ts'
import { clipOfPiece, clipOfSource, MediaError, type MediaErrorCode } from '../../../encode/index.ts'
import { ParamsError } from '../../../encode/rules/index.ts'
import { BlobError, type BlobExchange } from '../../../swarm/index.ts'
import { checkSource, SourceError } from '../../owner/source-identity.ts'
import { announcedFilters, announcedVideo } from '../../project-spec.ts'
import type { Clip, ClipCache, MakeClip } from './clip-cache.ts'
import type { BlobStore } from '../../../storage/index.ts'
import type { ProjectView, ScenePlan } from '../../../swarm/protocol/index.ts'
import type { OwnerService } from '../../owner/owner-service.ts'

export interface SourceClipsComponents {
  readonly peerId: string
  readonly owner: Pick<OwnerService, 'jobOf'>
  readonly blobs: Pick<BlobStore, 'has' | 'path' | 'hold'>
  readonly exchange: Pick<BlobExchange, 'fetch'>
  readonly cache: ClipCache
}

/** Plans of others say anything: longer scenes and larger pieces are not fetched to be looked at. */
const FRAMES_MAX = 5_000
const PIECE_BYTES_MAX = 1024 ** 3

/** Nothing that the source or its piece could help. */
const OWN_FAILURES: ReadonlySet<MediaErrorCode> = new Set(['tool-missing', 'encode-failed', 'command-refused'])

const GONE = 'its source piece was deleted after the scene was accepted'

/** The frames that a scene is encoded from, as a clip. @throws ApiRefusal */
export type SourceClips = (view: ProjectView, scene: number, signal: AbortSignal) => Promise<Clip>

export function createSourceClips({ peerId, owner, blobs, exchange, cache }: SourceClipsComponents): SourceClips {
  function fromPiece({ announce }: ProjectView, { piece, skip, frames, inputHash }: ScenePlan): MakeClip {
    return async (output, options) => {
      const hold = blobs.hold(piece.sha256)
      try {
        const pieceFile = blobs.path(piece.sha256)
        const what = { video: announcedVideo(announce), filters: announcedFilters(announce) }
        await clipOfPiece({ pieceFile, skip, frames, inputHash, output, ...what }, options)
      } finally {
        hold.release()
      }
    }
  }

  /** Of a project of this node: the piece is cut from the source again, as a clip. */
  function fromSource({ projectId, announce }: ProjectView, plan: ScenePlan): MakeClip {
    const job = owner.jobOf(projectId)
    if (job == null || job.sample !== undefined)
      throw gone(
        `${GONE}, and ${job == null ? 'its source is no longer known' : 'a sample does not record its place in the film'}`
      )
    const { start, frames, inputHash } = plan
    const video = announcedVideo(announce)
    const filters = announcedFilters(announce)
    const nearSeconds = (job.kept?.startMs ?? 0) / 1000 + (start * video.fps.den) / video.fps.num
    const frameNo = job.range === undefined ? start : undefined
    const { source, sourceSamples, deinterlace = false } = job
    return async (output, options) => {
      // The frames' hashes tell for certain; this tells why.
      await checkSource(source, sourceSamples).catch((cause: unknown) => {
        throw cause instanceof SourceError ? gone(cause.message, cause) : cause
      })
      await clipOfSource(
        { source, deinterlace, nearSeconds, start: frameNo, frames, inputHash, output, video, filters },
        options
      )
    }
  }

  async function makerOf(view: ProjectView, plan: ScenePlan, signal: AbortSignal): Promise<MakeClip> {
    const { piece } = plan
    if (await blobs.has(piece)) return fromPiece(view, plan)
    if (view.owner === peerId) return fromSource(view, plan)
    if (piece.bytes > PIECE_BYTES_MAX)
      throw new ApiRefusal('too-large', 400, `The source piece has ${piece.bytes} bytes, too many for a clip.`)
    try {
      await exchange.fetch(piece, [view.owner], { signal })
    } catch (cause) {
      signal.throwIfAborted()
      if (cause instanceof BlobError && cause.code === 'not-found')
        throw gone(`${GONE}; the node that owns the project can still make this clip`, cause)
      const away = 'The source piece is not on this node, and no peer that has it can be reached.'
      throw new ApiRefusal('not-here', 503, away, { cause })
    }
    return fromPiece(view, plan)
  }

  return async (view, scene, signal) => {
    const plan = view.scenes[scene]?.plan
    if (plan == null) throw new ApiRefusal('unknown-scene', 404, 'There is no such scene.')
    if (plan.frames > FRAMES_MAX)
      throw new ApiRefusal('too-large', 400, `The scene has ${plan.frames} frames, too many for a clip.`)
    const make: MakeClip = async (output, options) => (await makerOf(view, plan, options.signal))(output, options)
    try {
      return await cache.get(plan.inputHash, make, signal)
    } catch (cause) {
      signal.throwIfAborted()
      if (cause instanceof MediaError && OWN_FAILURES.has(cause.code))
        throw new ApiRefusal('no-clip', 503, `The clip could not be made: ${cause.message}`, { cause })
      if (cause instanceof ParamsError) throw gone('grav1 makes no such picture of it', cause)
      if (cause instanceof MediaError) throw gone(cause.message.replace(/^The/, 'the').replace(/\.$/, ''), cause)
      if (cause instanceof DOMException && cause.name === 'TimeoutError')
        throw new ApiRefusal('too-slow', 503, 'Making the clip took too long.', { cause })
      throw cause
    }
  }
}

function gone(why: string, cause?: unknown): ApiRefusal {
  return new ApiRefusal('source-gone', 410, `The source of this scene cannot be shown: ${why}.`, { cause })
}
