import { framesDone } from '../../common/scene-progress.ts'
import { createRateMeter, type RateMeter } from './rate-meter.ts'
import { workOf as sceneWorkOf } from '../../encode/rules/index.ts'
import type { LogBook, LogChange } from '../../swarm/index.ts'
import { LIMITS, type Beat } from '../../swarm/protocol/index.ts'

/** Frames a second that each peer encodes, over the last 30 s, from what owners say in beats and receipts. */
export interface WorkRates {
  noteBeat: (beat: Beat, nowMs: number) => void
  noteRecord: (change: Pick<LogChange, 'view' | 'record'>, nowMs: number) => void
  perSecond: (peer: string, nowMs: number) => number
}

interface Work {
  readonly meter: RateMeter
  /** Frames of the film, weighed by what its encoder does. */
  frames: number
}

export function createWorkRates({ views }: Pick<LogBook, 'views'>): WorkRates {
  const works = new Map<string, Work>()
  /** Of each project the frames that were done of each attempt at a scene when it was last heard of. */
  const projects = new Map<string, Map<string, number>>()

  function workOf(peer: string, nowMs: number): Work | undefined {
    const known = works.get(peer)
    if (known != null) return known
    if (works.size >= LIMITS.workersMax)
      for (const [other, { meter }] of works) if (meter.perSecond(nowMs) === 0) works.delete(other)
    if (works.size >= LIMITS.workersMax) return undefined
    const work: Work = { meter: createRateMeter(), frames: 0 }
    work.meter.update(0, nowMs)
    works.set(peer, work)
    return work
  }

  function credit(peer: string, frames: number, nowMs: number): void {
    const work = workOf(peer, nowMs)
    if (work == null || frames <= 0) return
    work.frames += frames
    work.meter.update(work.frames, nowMs)
  }

  return {
    noteBeat: (beat, nowMs) => {
      const view = views.get(beat.projectId)
      if (view == null || view.end != null) return
      const before = projects.get(beat.projectId)
      const now = new Map<string, number>()
      for (const { scene, worker, attempt, pass, frames } of beat.leases) {
        const key = `${scene}/${attempt}`
        const whole = view.scenes[scene]?.plan.frames ?? 0
        const done = framesDone(whole, { pass, frames }, sceneWorkOf(view.announce.encoderName))
        // What was done before this node heard of the project does not count.
        const seen = before?.get(key) ?? (before == null ? done : 0)
        credit(worker, done - seen, nowMs)
        now.set(key, Math.max(done, seen))
      }
      // What is encoded is in no lease any more; its receipt brings the rest.
      for (const [key, done] of before ?? []) {
        const scene = Number(key.split('/', 1)[0])
        const status = beat.sceneStates[scene]
        const waits = (status === 'verifying' || status === 'accepted') && view.scenes[scene]?.accepted == null
        if (!now.has(key) && waits) now.set(key, done)
      }
      projects.set(beat.projectId, now)
      if (projects.size > LIMITS.projectsMax) for (const id of projects.keys()) if (!views.has(id)) projects.delete(id)
    },
    noteRecord: ({ view, record }, nowMs) => {
      const known = projects.get(view.projectId)
      if (view.end != null) projects.delete(view.projectId)
      if (record.body.type !== 'accept') return
      const { scene, attempt, worker } = record.body.accept
      const key = `${scene}/${attempt}`
      const seen = known?.get(key)
      known?.delete(key)
      if (seen != null) credit(worker, (view.scenes[scene]?.plan.frames ?? 0) - seen, nowMs)
    },
    perSecond: (peer, nowMs) => works.get(peer)?.meter.perSecond(nowMs) ?? 0
  }
}
