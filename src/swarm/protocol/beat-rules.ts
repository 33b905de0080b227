import { encodeBeat } from './codec-soft.ts'
import { LIMITS } from './limits.ts'
import type { Beat } from './types.ts'
import { isFullyAccepted, type ProjectView } from './view.ts'

/** Bytes that the signature, key and domain add to a payload, with room. */
const ENVELOPE_EXTRA_BYTES = 512
/** Beats of one project may take this many bytes a second of gossip. */
const BYTES_PER_SECOND = 400
const SHORTEST_MS = 1000

/** A beat that fits into one envelope: the least important entries are dropped first, failures before leases, the last before the first. */
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

/** The first beat of a project after the owner's start, before it continues: the new epoch, and what its log holds. Its number is lower than those of later beats. */
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

/** Whether scenes may still have to be encoded. If the log has a receipt for each, only beats show that the owner lost the file of one. */
export function mayNeedWork(view: ProjectView, beat: Beat | undefined): boolean {
  if (view.end != null || view.fork != null) return false
  if (!isFullyAccepted(view)) return true
  return beat != null && beat.epoch >= view.head.epoch && beat.sceneStates.some((status) => status !== 'accepted')
}

/** Whether a beat is of a new epoch of its author. */
export function isNewReign(view: ProjectView, known: Beat | undefined, beat: Beat): boolean {
  return beat.epoch > Math.max(view.head.epoch, known?.epoch ?? 0)
}

/**
 * [RULE 22] A node that hears a beat of a new epoch from its author publishes it under its own name: gossip delivers nothing to a peer that has the author's key, and a copy of
 * that node must hear of it.
 * @param isNew of `isNewReign`
 * @param from peer id of the neighbour that sent it
 */
export const mustRepeat = (isNew: boolean, from: string, author: string): boolean => isNew && from === author
