import { monotonicMs } from '../../common/clock.ts'
import { idleWords } from './words.ts'
import type { PeerStatus } from '../../api/schemas/index.ts'
import type { LogBook } from '../../swarm/index.ts'
import {
  firstReason,
  judgeProject,
  LIMITS,
  mayNeedWork,
  turnReason,
  type ClaimRefusal,
  type IdleReason,
  type NodeInfo,
  type OwnerCode,
  type OwnerState,
  type ProjectView
} from '../../swarm/protocol/index.ts'

/** What is seen of a peer from outside. */
export type SeenPeer = Pick<NodeInfo, 'slots' | 'encoders' | 'paused' | 'health'>

/** Why a peer does nothing for a project, as its owner sees it: by the worker's own rules, as far as they hang on what the owner knows. */
export function seenIdle(
  peer: SeenPeer,
  { announce }: Pick<ProjectView, 'announce'>,
  says: OwnerCode | undefined
): IdleReason | undefined {
  const { slots, encoders, paused, health } = peer
  return judgeProject({
    slots,
    builds: encoders,
    needs: announce.encoderBuild,
    takes: announce.builds,
    isTrusted: true,
    noSandbox: undefined,
    isConnected: true,
    isFilmless: false,
    refused: undefined,
    slotsMax: 1,
    memory: '',
    probe: 'known',
    probeWords: '',
    isDraining: false,
    isPaused: paused,
    pauseWords: '',
    tooLarge: undefined,
    isDiskFull: health === 'disk-full',
    isAway: false,
    ownerSays: says
  }).reason
}

/** Whether a worker gets nothing of its owner for a while. */
export const isHeldOff = (owned: OwnerState | undefined, worker: string, nowMs: number): boolean =>
  (owned?.workers.get(worker)?.pausedUntilMs ?? 0) > nowMs

/** What this node tells a worker of a project of this node instead of a grant, where it is more than that there is nothing now. */
export function ownerSaysTo(owned: OwnerState | undefined, worker: string, nowMs: number): OwnerCode | undefined {
  if (owned == null) return undefined
  if (isHeldOff(owned, worker, nowMs)) return 'held-off'
  return owned.workers.get(worker)?.refused ?? (turnReason(owned) === '' ? undefined : 'queued')
}

export interface PeerIdleComponents {
  readonly peerId: string
  readonly book: Pick<LogBook, 'views' | 'beats'>
  readonly stateOf: (projectId: string) => OwnerState | undefined
  /** Why a peer gets no scenes of a project of this node, whatever it is; undefined if it gets some. */
  readonly claimRefusal: (peer: string, view: ProjectView) => ClaimRefusal | undefined
}

/** Projects that a peer does nothing for: own ones of this node, and others that it tells of. */
export type PeerIdle = (peer: string, info: NodeInfo, isConnected: boolean) => NonNullable<PeerStatus['idle']>

/** Looks over the this node's projects once, for a whole list of peers. */
export function createPeerIdle({ peerId, book, stateOf, claimRefusal }: PeerIdleComponents): () => PeerIdle {
  return () => {
    const nowMs = monotonicMs()
    const own = [...book.views.values()]
      .filter((view) => view.owner === peerId && mayNeedWork(view, book.beats.get(view.projectId)))
      .toSorted((a, b) => a.priority - b.priority || a.announce.createdAtMs - b.announce.createdAtMs)
      .slice(0, LIMITS.idleMax)
      .map((view) => ({ view, owned: stateOf(view.projectId), busy: busyOf(book, view.projectId) }))
    const isOwn = new Set(own.map(({ view }) => view.projectId))
    return (peer, info, isConnected) => {
      const told = new Map(info.idle.map((one) => [one.projectId, one]))
      const ofOwn = own.flatMap(({ view, owned, busy }) => {
        if (busy.has(peer)) return []
        const says = claimRefusal(peer, view) ?? ownerSaysTo(owned, peer, nowMs)
        const seen = isConnected ? seenIdle(info, view, says) : undefined
        return lineOf(view, firstReason(seen, told.get(view.projectId)))
      })
      const ofOthers = [...told.values()].flatMap((one) => {
        const view = book.views.get(one.projectId)
        return view == null || view.end != null || isOwn.has(one.projectId) ? [] : lineOf(view, one)
      })
      return [...ofOwn, ...ofOthers].slice(0, LIMITS.idleMax)
    }
  }
}

function lineOf(
  { projectId, owner, announce }: ProjectView,
  reason: IdleReason | undefined
): NonNullable<PeerStatus['idle']> {
  if (reason == null) return []
  const words = idleWords(reason, { needs: announce.encoderBuild, owner }, 'there')
  return [{ projectId, code: reason.code, reason: words }]
}

/** The workers of a project. */
function busyOf(book: Pick<LogBook, 'beats'>, projectId: string): ReadonlySet<string> {
  return new Set(book.beats.get(projectId)?.leases.map(({ worker }) => worker))
}
