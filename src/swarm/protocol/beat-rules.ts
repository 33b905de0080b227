import { encodeBeat } from './codec-soft.ts'
import { LIMITS } from './limits.ts'
import type { Beat } from './types.ts'
import { isFullyAccepted, type ProjectView } from './view.ts'

/** Bytes that the signature, key and domain add to a payload, with room. */
const ENVELOPE_EXTRA_BYTES = 512
/** Beats of one project may take this many bytes a second of gossip. */
const BYTES_PER_SECOND = 400
const SHORTEST_MS = 1000

/** A beat that fits into one envelope: what is least missed goes first, failures before leases, the last ones before the first. */
export function fitBeat(beat: Beat): { readonly beat: Beat; readonly payload: Uint8Array } {
  const bytesMax = LIMITS.envelopeBytesMax - ENVELOPE_EXTRA_BYTES
  let fitted: Beat = {
    ...beat,
    leases: beat.leases.slice(0, LIMITS.beatLeasesMax),
    failures: beat.failures.slice(0, LIMITS.beatFailuresMax)
  }
  let payload = encodeBeat(fitted)
  while (payload.byteLength > bytesMax && fitted.failures.length > 0) {
    fitted = { ...fitted, failures: fitted.failures.slice(0, -1) }
    payload = encodeBeat(fitted)
  }
  while (payload.byteLength > bytesMax && fitted.leases.length > 0) {
    fitted = { ...fitted, leases: fitted.leases.slice(0, -1) }
    payload = encodeBeat(fitted)
  }
  return { beat: fitted, payload }
}

/** Least time between two beats of one project: a second, more for large ones. */
export function beatIntervalMs(bytes: number): number {
  return Math.max(SHORTEST_MS, (bytes * 1000) / BYTES_PER_SECOND)
}

/** What an owner says of a project before it goes on with it after a start: which epoch it is in now, and what its log holds. Its number comes before those of the others. */
export function firstBeat(view: ProjectView, epoch: number): Beat {
  return {
    projectId: view.projectId,
    epoch,
    beatNo: 0,
    state: view.planned == null ? 'analysing' : 'encoding',
    sceneStates: view.scenes.map(({ accepted }) => (accepted == null ? 'open' : 'accepted')),
    leases: [],
    fps: 0,
    failures: [],
    seq: view.head.seq
  }
}

/** Whether scenes may still have to be encoded. When the log has a receipt for each, an owner that lost the file of one says so in its beats only. */
export function mayNeedWork(view: ProjectView, beat: Beat | undefined): boolean {
  if (view.end != null || view.fork != null) return false
  if (!isFullyAccepted(view)) return true
  return beat != null && beat.epoch >= view.head.epoch && beat.sceneStates.some((status) => status !== 'accepted')
}

/**
 * [RULE 22] A node that hears a beat of a new epoch from its author passes it on under its own name: gossip carries nothing to a peer that has the author's key, and a copy of
 * that node has to hear of it.
 */
export function isNewReign(view: ProjectView, known: Beat | undefined, beat: Beat): boolean {
  return beat.epoch > Math.max(view.head.epoch, known?.epoch ?? 0)
}
