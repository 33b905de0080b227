import { basename } from 'node:path'
import type { AttemptsOf } from '../../api/ports.ts'
import type { JoinedFile } from '../../encode/index.ts'
import { UNMEASURED, type Colour } from '../../encode/rules/index.ts'
import { choicesOf } from './film-choices.ts'
import type { OwnedJob } from './job.ts'
import { announcedVideo } from '../project-spec.ts'
import type { Accept, ProjectView, ScenePlan } from '../../swarm/protocol/index.ts'
import { MANIFEST_VERSION, type ManifestBody, type ManifestScene } from '../manifest/schema.ts'

export interface ManifestInput {
  readonly view: ProjectView
  readonly job: OwnedJob
  /** What this node remembers of the scenes. */
  readonly attempts: AttemptsOf
  readonly film: Pick<JoinedFile, 'bytes' | 'sha256' | 'frames' | 'packets'>
  readonly programs: ManifestBody['programs']
}

/** What was measured when the result was accepted; undefined where nothing was, or it is not remembered. */
function qualityOf({ scene, worker, epoch, attempt }: Accept, attempts: AttemptsOf): ManifestScene['quality'] {
  const made = attempts(scene).find(
    (one) => one.verdict === 'accepted' && one.worker === worker && one.epoch === epoch && one.attempt === attempt
  )
  const { psnr, psnrMean, xpsnr } = made ?? UNMEASURED
  const measured = Object.entries({ psnr, psnrMean, xpsnr }).flatMap(([metric, db]) =>
    db === null ? [] : [[metric, db] as const]
  )
  return measured.length === 0 ? undefined : Object.fromEntries(measured)
}

function sceneOf(
  plan: ScenePlan,
  accepted: Accept,
  { packets, sourceStart }: Pick<ManifestScene, 'packets' | 'sourceStart'>,
  { view: { announce }, attempts }: ManifestInput
): ManifestScene {
  const { quantiser, provedBy: confirmedBy } = accepted
  const quality = qualityOf(accepted, attempts)
  return {
    start: plan.start,
    sourceStart,
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
    encodeMs: accepted.encodeMs,
    ...(quality === undefined ? {} : { quality })
  }
}

/** What the source says of its colours, without what it does not. */
const saidOf = ({ primaries, transfer, matrix, range }: Colour): ManifestBody['video']['colour'] => ({
  ...(primaries === undefined ? {} : { primaries }),
  ...(transfer === undefined ? {} : { transfer }),
  ...(matrix === undefined ? {} : { matrix }),
  ...(range === undefined ? {} : { range })
})

/** What the log, the job and the join say of a finished film, and what was measured of its scenes. */
export function manifestOf(input: ManifestInput): ManifestBody {
  const { view, job, film, programs } = input
  const { announce, owner, projectId } = view
  const { bytes, sha256, frames, packets } = film
  const { source, sourceSamples: samples, videoTrack } = job
  const scenes = view.scenes.map(({ plan, accepted }, index) => {
    const made = packets[index]
    const sourceStart = job.starts?.[index]
    if (accepted === undefined || made === undefined || sourceStart === undefined)
      throw new Error(`scene ${index + 1} is missing`)
    return sceneOf(plan, accepted, { packets: made, sourceStart }, input)
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
      ...(videoTrack === undefined ? {} : { videoTrack })
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
