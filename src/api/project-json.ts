import type { ProjectSnapshot } from './ports.ts'
import { doneShare, framesDone } from '../common/scene-progress.ts'
import { etaRangeOf } from './eta-range.ts'
import { estimatedBytesOf, etaSecondsOf, phasesOf, shareDoneOf } from './project-progress.ts'
import { sampleEstimateOf } from './sample-estimate.ts'
import {
  acceptedByBuild,
  acceptedByWorker,
  pictureOf,
  provedScenes,
  sceneCountOf,
  stateCounts
} from './scene-counts.ts'
import type { Accept, Beat, Withdrawn } from '../swarm/protocol/index.ts'
import type { ProjectState, ProjectStatus } from './schemas/index.ts'

/** Finished frames of the film, including those of running scenes. */
function filmFramesDone({ view, beat, work }: ProjectSnapshot): number {
  if (view.end != null) return view.acceptedFrames
  // A scene can have two leases, and one more while a result is checked: its progress is that of the furthest.
  const done = new Map<number, number>()
  for (const { scene, pass, frames } of runningLeases({ view, beat })) {
    const all = view.scenes[scene]?.plan.frames ?? 0
    done.set(scene, Math.max(framesDone(all, { pass, frames }, work), done.get(scene) ?? 0))
  }
  const { verifying, accepted } = stateCounts(beat)
  // An accepted scene whose receipt is on its way into the log is in neither count of the log.
  const encoded = accepted.length > view.acceptedScenes ? [...verifying, ...accepted] : verifying
  for (const index of encoded) {
    const scene = view.scenes[index]
    if (scene != null && scene.accepted == null) done.set(index, scene.plan.frames)
  }
  return Math.floor([...done.values()].reduce((sum, frames) => sum + frames, view.acceptedFrames))
}

function runningLeases({ view, beat }: Pick<ProjectSnapshot, 'view' | 'beat'>) {
  return view.end == null ? (beat?.leases ?? []).filter((lease) => view.scenes[lease.scene]?.accepted == null) : []
}

function runningScene(
  { view, work }: ProjectSnapshot,
  lease: Beat['leases'][number]
): ProjectStatus['running'][number] {
  const { scene, worker, pass, frames } = lease
  const sceneFrames = view.scenes[scene]?.plan.frames ?? 0
  return { scene, worker, pass, frames, sceneFrames, share: doneShare(sceneFrames, lease, work) }
}

function totalFrames({ view }: ProjectSnapshot): number {
  if (view.planned != null) return view.planned.frames
  // Scenes tile the film.
  const last = view.scenes.at(-1)?.plan
  return Math.max(view.announce.framesEstimated, (last?.start ?? 0) + (last?.frames ?? 0))
}

/** Of a project whose owner wrote two histories. */
const FROZEN =
  'its owner wrote two different histories of it, which happens when two nodes run with one identity. Delete it and submit the film again'

export function projectStateOf({ view, beat }: Pick<ProjectSnapshot, 'view' | 'beat'>): ProjectState {
  if (view.fork != null && view.end == null) return 'failed'
  if (view.end != null) return view.end.state === 'removed' ? 'cancelled' : view.end.state
  if (beat?.state === 'waiting' || beat?.state === 'queued') return beat.state
  if (view.planned == null) return 'analysing'
  return view.acceptedScenes === view.planned.scenes || beat?.state === 'joining' ? 'joining' : 'encoding'
}

/** A log may name a thousand. */
const CAUGHT_MAX = 16

const waits = (state: ProjectState): boolean => state === 'waiting' || state === 'queued'

/** A project for `/api/v2`. */
export function projectStatusOf(snapshot: ProjectSnapshot): ProjectStatus {
  const { view, beat, own, outputPath } = snapshot
  const { announce, end } = view
  const state = projectStateOf(snapshot)
  const frames = filmFramesDone(snapshot)
  const total = totalFrames(snapshot)
  const running = runningLeases(snapshot)
  const fps = end == null ? (beat?.fps ?? 0) : 0
  const etaSeconds = etaSecondsOf(snapshot, { fps, frames, totalFrames: total })
  const seconds = (view.acceptedFrames * announce.fpsDen) / announce.fpsNum
  const caught = view.withdrawn.slice(-CAUGHT_MAX)
  return {
    projectId: view.projectId,
    title: announce.title,
    owner: view.owner,
    own,
    state,
    phases: phasesOf(snapshot, state, running.length),
    stale: snapshot.stale,
    heardAtMs: snapshot.heardAtMs ?? null,
    reason: view.fork != null && end == null ? FROZEN : (end?.reason ?? (waits(state) ? (snapshot.waiting ?? '') : '')),
    idle: snapshot.idle == null ? null : { code: snapshot.idle.code, reason: snapshot.idle.reason },
    encoder: announce.encoder,
    passes: snapshot.work.passes,
    encoderParams: announce.encoderParams,
    encoderBuild: announce.encoderBuild,
    builds: announce.builds,
    madeBy: [...acceptedByBuild(view)],
    width: announce.width,
    height: announce.height,
    fpsNum: announce.fpsNum,
    fpsDen: announce.fpsDen,
    sourceBytes: announce.sourceBytes,
    picture: pictureOf(view),
    priority: view.priority,
    createdAtMs: announce.createdAtMs,
    endedAtMs: end?.endedAtMs ?? null,
    frames,
    totalFrames: total,
    share: shareDoneOf(state, frames, total),
    planned: view.planned != null,
    scenes: {
      total: sceneCountOf(view),
      done: view.acceptedScenes,
      running: running.length,
      failed: stateCounts(beat).failed
    },
    fps,
    etaSeconds,
    etaRange: etaRangeOf(view, etaSeconds, frames, total),
    bytes: view.acceptedBytes,
    kbps: seconds > 0 ? (view.acceptedBytes * 8) / seconds / 1000 : null,
    estimatedBytes: estimatedBytesOf(snapshot, total),
    outputPath: end?.state === 'completed' ? (outputPath ?? null) : null,
    outputSha256: end?.state === 'completed' ? end.outputSha256 : null,
    outputBytes: end?.state === 'completed' ? end.outputBytes : null,
    failures: [...(beat?.failures ?? [])],
    warnings: [...(snapshot.warnings ?? []), ...caught.map(caughtText)],
    sample: sampleEstimateOf(snapshot),
    running: running.map((lease) => runningScene(snapshot, lease)),
    workers: { ...acceptedByWorker(view) },
    proved: provedScenes(view),
    caught: caught.map(({ worker, reason, scenes }) => ({ worker, reason, scenes: scenes.length }))
  }
}

/** Scene ids begin at 1 and always have a leading zero: otherwise JavaScript would sort the key `10000` before `00001`. */
export function sceneKey(index: number, total: number): string {
  return String(index + 1).padStart(Math.max(5, String(total).length + 1), '0')
}

function caughtText({ worker, reason, scenes }: Withdrawn): string {
  const again = scenes.length === 1 ? '1 scene that it delivered' : `${scenes.length} scenes that it delivered`
  return `A worker (${worker}) delivered a wrong result (${reason}); the swarm encodes ${again} again.`
}

/** What a scene's worker chose; empty where the project's parameters say all. */
function chosenParams(accepted: Accept | undefined, { quantiserFlag }: Pick<ProjectSnapshot, 'quantiserFlag'>): string {
  return accepted?.quantiser == null || quantiserFlag === '' ? '' : `${quantiserFlag}=${accepted.quantiser}`
}

/** The scenes of a project as the documented API gives them. They depend on no beat. */
export function documentedScenesOf(snapshot: Pick<ProjectSnapshot, 'view' | 'quantiserFlag'>): Record<string, unknown> {
  const { scenes } = snapshot.view
  return Object.fromEntries(
    scenes.map(({ plan, accepted }) => [
      sceneKey(plan.index, scenes.length),
      {
        filesize: accepted?.result.bytes ?? 0,
        frames: plan.frames,
        encoder_params: [plan.encoderParams, chosenParams(accepted, snapshot)].join(' ').trim()
      }
    ])
  )
}

/** A project as the documented API gives it, without its scenes. */
export function documentedProjectOf(snapshot: ProjectSnapshot): Record<string, unknown> {
  const { view, beat, own, outputPath } = snapshot
  const { announce } = view
  const total = sceneCountOf(view)
  const running = runningLeases(snapshot)
  return {
    projectid: view.projectId,
    input: announce.title,
    ...(own && outputPath != null ? { output: outputPath } : {}),
    frames: filmFramesDone(snapshot),
    total_frames: totalFrames(snapshot),
    fps: view.end == null ? (beat?.fps ?? 0) : 0,
    jobs: view.acceptedScenes,
    total_jobs: total,
    jobs_remaining: total - view.acceptedScenes,
    jobs_running: running.length,
    status: documentedStatusOf(snapshot),
    state: projectStateOf(snapshot),
    ...(waits(projectStateOf(snapshot)) ? { waiting: snapshot.waiting ?? '' } : {}),
    encoder_params: announce.encoderParams,
    encoder: announce.encoder,
    scenes: {},
    priority: view.priority,
    workers: running.map((lease) => sceneKey(lease.scene, total)),
    peers: running.map((lease) => ({
      peer: lease.worker,
      scene: sceneKey(lease.scene, total),
      pass: lease.pass,
      frames: lease.frames
    }))
  }
}

function documentedStatusOf(snapshot: ProjectSnapshot): string {
  const state = projectStateOf(snapshot)
  switch (state) {
    case 'analysing':
      return sceneCountOf(snapshot.view) === 0 ? 'splitting' : 'ready'
    case 'encoding':
      return 'ready'
    case 'joining':
      return 'done! joining files'
    case 'waiting':
    case 'queued':
      // Clients of the documented API do not know these states, so they get the step that the project was about to take.
      return documentedStatusOf({ ...snapshot, beat: undefined })
    case 'completed':
      return 'complete'
    case 'failed':
      return `failed: ${snapshot.view.end?.reason ?? FROZEN}`
    case 'cancelled':
      return 'cancelled'
    default:
      return state satisfies never
  }
}
