import { basename } from 'node:path'
import type { JoinedFile } from '../../encode/index.ts'
import type { Colour } from '../../encode/rules/index.ts'
import { choicesOf } from './film-choices.ts'
import type { OwnedJob } from './job.ts'
import { announcedVideo } from '../project-spec.ts'
import type { Accept, ProjectView, ScenePlan } from '../../swarm/protocol/index.ts'
import { MANIFEST_VERSION, type ManifestBody, type ManifestScene } from '../manifest/schema.ts'

export interface ManifestInput {
  readonly view: ProjectView
  readonly job: OwnedJob
  readonly film: Pick<JoinedFile, 'bytes' | 'sha256' | 'frames' | 'packets'>
  readonly programs: ManifestBody['programs']
}

/** The source's frame with which the film begins; undefined where the film is a sample, or the range begins at a time. */
function firstFrameOf({ range, sample }: OwnedJob): number | undefined {
  if (sample !== undefined) return undefined
  const from = range?.from
  if (from === undefined) return 0
  return from.type === 'frame' ? from.frame : undefined
}

function sceneOf(plan: ScenePlan, accepted: Accept, packets: string, view: ProjectView): ManifestScene {
  const { announce } = view
  const { quantiser, provedBy: confirmedBy } = accepted
  return {
    start: plan.start,
    frames: plan.frames,
    inputHash: plan.inputHash,
    segment: { ...accepted.result },
    packets,
    params: plan.encoderParams === '' ? announce.encoderParams : plan.encoderParams,
    ...(quantiser === undefined ? {} : { quantiser }),
    // Receipts of before makers were named are of the owner's build: no other was allowed.
    build: accepted.maker?.build ?? announce.encoderBuild,
    encodedBy: accepted.worker,
    ...(confirmedBy === undefined ? {} : { confirmedBy }),
    encodeMs: accepted.encodeMs
  }
}

/** What the source says of its colours, without what it does not. */
const saidOf = ({ primaries, transfer, matrix, range }: Colour): ManifestBody['video']['colour'] => ({
  ...(primaries === undefined ? {} : { primaries }),
  ...(transfer === undefined ? {} : { transfer }),
  ...(matrix === undefined ? {} : { matrix }),
  ...(range === undefined ? {} : { range })
})

/** What the log, the job and the join say of a finished film. The same for the same film, whenever it is made. */
export function manifestOf({ view, job, film, programs }: ManifestInput): ManifestBody {
  const { announce, owner, projectId } = view
  const { bytes, sha256, frames, packets } = film
  const { source, sourceSamples: samples, videoTrack } = job
  const firstFrame = firstFrameOf(job)
  const scenes = view.scenes.map(({ plan, accepted }, index) => {
    const made = packets[index]
    if (accepted === undefined || made === undefined) throw new Error(`scene ${index + 1} is missing`)
    return sceneOf(plan, accepted, made, view)
  })
  const { colour, ...picture } = announcedVideo(announce)
  return {
    grav1Manifest: MANIFEST_VERSION,
    owner,
    project: { id: projectId, createdAtMs: announce.createdAtMs },
    film: { bytes, sha256, frames },
    source: {
      name: basename(source.path),
      bytes: source.bytes,
      ...(samples === undefined ? {} : { samples }),
      ...(videoTrack === undefined ? {} : { videoTrack }),
      ...(firstFrame === undefined ? {} : { firstFrame })
    },
    video: {
      ...picture,
      colour: saidOf(colour),
      ...(announce.picture === undefined ? {} : { madeOf: announce.picture })
    },
    encoding: {
      encoder: announce.encoderName,
      params: announce.encoderParams,
      build: announce.encoderBuild,
      builds: announce.builds,
      threads: announce.threads,
      filters: choicesOf(job).deinterlace ? ['deinterlace'] : []
    },
    programs,
    scenes
  }
}
