import { sameBuild } from '../../encode/rules/index.ts'
import {
  hasBuild,
  leaseDeadlineMs,
  waitsForAnother,
  waitsForMaker,
  type Lease,
  type OwnerScene,
  type OwnerState
} from '../../swarm/protocol/index.ts'
import { freeInMs, mayMake, mayTry } from '../../swarm/protocol/scheduler.ts'
import type { PeerStatus } from '../../api/schemas/index.ts'
import { isHeldOff, seenIdle } from '../idle/peer-idle.ts'
import { idleWords } from '../idle/words.ts'
import type { WhyAnswer, WhyInput } from './why-input.ts'
import { idleHere } from './why-elsewhere.ts'
import { whyForAnother, whyForMaker, whyOwnStep } from './why-owner-waits.ts'
import { plural } from '../../common/text.ts'
import { secondsOf, times } from './words.ts'

/** From the owner's own books, which are exact. */
export function whyAtOwner(input: WhyInput, owned: OwnerState): WhyAnswer {
  const scene = owned.scenes[input.scene]
  if (scene == null || owned.phase === 'ended')
    return { summary: 'The project is about to end.', details: [], next: null }
  if (scene.results.length > 0) return beingChecked(input, scene)
  if (scene.leases.length > 0) return beingEncoded(input, owned, scene)
  if (scene.failed) return parked(scene)
  return waiting(input, owned, scene)
}

function beingChecked({ called }: WhyInput, { results }: OwnerScene): WhyAnswer {
  const [first, ...others] = results
  return {
    summary: `${called(first?.worker ?? '')} has encoded it, and this node is checking the result.`,
    details: others.length === 0 ? [] : [`${plural(others.length, 'more result')} for it came in meanwhile.`],
    next: { what: 'If the result is right, the scene is done. If not, it is handed out again.', inSeconds: null }
  }
}

function beingEncoded(input: WhyInput, owned: OwnerState, scene: OwnerScene): WhyAnswer {
  const { called, nowMs } = input
  const [first, ...others] = scene.leases.toSorted((a, b) => b.pass - a.pass || b.frames - a.frames)
  if (first == null) return waiting(input, owned, scene)
  const isAway = owned.workers.get(first.worker)?.connected !== true
  const inSeconds = secondsOf(leaseDeadlineMs(first, owned.timing) - nowMs)
  return {
    summary: `${called(first.worker)} ${progress(first, owned, scene)}.`,
    details: [
      ...others.map((lease) => `${called(lease.worker)} ${progress(lease, owned, scene)} too.`),
      ...(isAway ? [`${called(first.worker)} is not connected to this node now.`] : [])
    ],
    next: { what: `If ${called(first.worker)} is not heard from by then, another worker gets it.`, inSeconds }
  }
}

function progress({ pass, frames, begunAtMs }: Lease, { work: { passes } }: OwnerState, scene: OwnerScene): string {
  if (begunAtMs === Infinity) return 'has fetched it ahead and has no free slot yet'
  if (pass === 0) return 'has it but has not encoded a frame yet'
  const which = passes === 1 ? '' : `pass ${pass} of ${passes}, `
  return `is encoding it: ${which}${frames} of ${scene.frames} frames`
}

function parked({ failures }: OwnerScene): WhyAnswer {
  return {
    summary: `It failed ${times(failures.length)} and will not be tried again.`,
    details: [],
    next: { what: 'The project fails once every other scene is done or has failed too.', inSeconds: null }
  }
}

function waiting(input: WhyInput, owned: OwnerState, scene: OwnerScene): WhyAnswer {
  const { nowMs } = input
  if (owned.held)
    return {
      summary: 'The disk of this node is full, so it hands out no work.',
      details: [],
      next: { what: 'It continues by itself when there is space.', inSeconds: null }
    }
  if (owned.aside)
    return {
      summary: 'Its film is set aside, since this node was started for other films.',
      details: [],
      next: { what: 'It continues with "grav1 node", or when the film is submitted again.', inSeconds: null }
    }
  if (scene.notBeforeMs === Infinity)
    return {
      summary: 'Its source piece is missing.',
      details: whyOwnStep(owned),
      next: { what: 'This node is cutting it from the source again.', inSeconds: null }
    }
  if (waitsForMaker(owned, scene)) return whyForMaker(scene, workerDetails(input, owned, scene))
  if (scene.notBeforeMs > nowMs)
    return {
      summary: `It failed ${times(scene.failures.length)}, and the next attempt comes after a pause.`,
      details: workerDetails(input, owned, scene),
      next: { what: 'It is handed out again.', inSeconds: secondsOf(scene.notBeforeMs - nowMs) }
    }
  return withoutWorker(input, owned, scene)
}

/** It could be handed out at once, and nobody takes it. */
function withoutWorker(input: WhyInput, owned: OwnerState, scene: OwnerScene): WhyAnswer {
  const { snapshot, peers, self, nowMs } = input
  const { encoderBuild, builds: takes } = snapshot.view.announce
  const build = scene.like?.build ?? encoderBuild
  const able = [self, ...peers.filter((peer) => peer.connected)].filter(
    ({ slots, encoders }) =>
      slots > 0 &&
      hasBuild({ builds: encoders, needs: encoderBuild, takes }) &&
      (scene.like == null || encoders.some((one) => sameBuild(build, one)))
  )
  const slots = sum(able, (peer) => peer.slots)
  const details = [...idleHere(input), ...idlePeers(input), ...workerDetails(input, owned, scene)]
  if (slots === 0)
    return {
      summary: `No connected node can encode it: it needs a node with slots and the encoder build ${build}${scene.like == null ? '' : ', because its bytes must be those of that build'}.`,
      details,
      next: { what: 'It is handed out as soon as such a node joins.', inSeconds: null }
    }
  const ready = able.filter((peer) => mayWork(peer, input, owned, scene))
  const pause = nextPause(input, owned, scene)
  if (ready.length === 0 && waitsForAnother(owned, scene)) return whyForAnother(scene, details, pause.inSeconds)
  if (ready.length === 0)
    return {
      summary: 'No node may try it now.',
      details,
      next: {
        what: 'It is handed out when the first pause ends, or when another node joins.',
        ...pause
      }
    }
  const free = sum(ready, (peer) => Math.max(0, peer.slots - peer.busy))
  if (free > 0)
    return {
      summary: `It waits for a worker to ask; ${plural(free, 'slot')} should be free.`,
      details,
      next: { what: 'The next worker that asks gets one of the waiting scenes; long scenes go first.', inSeconds: null }
    }
  const soonest = Math.min(...ready.map(({ peerId }) => freeInMs(owned, peerId, nowMs) || Infinity))
  const waits =
    owned.queue.length === 1 ? '' : ` for one of the ${owned.queue.length} waiting scenes; long scenes go first`
  return {
    summary:
      slots === 1 ? 'The one slot that could encode it is busy.' : `All ${slots} slots that could encode it are busy.`,
    details,
    next: {
      what: `The next slot should be free${waits}.`,
      inSeconds: soonest === Infinity ? null : secondsOf(soonest)
    }
  }
}

function mayWork(peer: PeerStatus, input: WhyInput, owned: OwnerState, scene: OwnerScene): boolean {
  const { nowMs, self, snapshot } = input
  const { peerId } = peer
  const isIdle = peer === self ? snapshot.idle != null : idleOf(peer, input) != null
  const maker = owned.workers.get(peerId)?.maker
  const fits = maker == null || mayMake(owned, scene, maker)
  return !isIdle && fits && !isHeldOff(owned, peerId, nowMs) && mayTry(owned, scene, peerId, nowMs)
}

/** Why a peer does nothing for the project: what is seen of it or what it tells, with what holds for a while told below. */
function idleOf(peer: PeerStatus, { snapshot: { view } }: WhyInput): string | undefined {
  const listed = peer.idle?.find(({ projectId }) => projectId === view.projectId)
  if (listed != null) return listed.code === 'held-off' ? undefined : listed.reason
  const seen = seenIdle(peer, view, undefined)
  const subject = { needs: view.announce.encoderBuild, owner: view.owner }
  return seen == null ? undefined : idleWords(seen, subject, 'there')
}

/** Connected peers that do nothing for it, those with slots first. */
function idlePeers(input: WhyInput): string[] {
  return input.peers
    .filter(({ connected }) => connected)
    .toSorted((a, b) => b.slots - a.slots)
    .flatMap((peer) => {
      const why = idleOf(peer, input)
      return why == null ? [] : [`${input.called(peer.peerId)} ${why}.`]
    })
}

/** Workers that are kept from it. */
function workerDetails({ called, nowMs }: WhyInput, owned: OwnerState, scene: OwnerScene): string[] {
  return [...owned.workers].flatMap(([peer, { connected, pausedUntilMs, maker }]) => {
    if (!connected) return []
    if (maker != null && !mayMake(owned, scene, maker))
      return [`${called(peer)} encodes with ${maker.build}, but its bytes must be those of ${scene.like?.build ?? ''}.`]
    if (pausedUntilMs > nowMs)
      return [
        `${called(peer)} gets no scenes for ${secondsOf(pausedUntilMs - nowMs)} s because its last attempt failed.`
      ]
    return mayTry(owned, scene, peer, nowMs) ? [] : [`${called(peer)} failed on it, so other nodes try it first.`]
  })
}

function nextPause({ nowMs }: WhyInput, owned: OwnerState, scene: OwnerScene): { inSeconds: number | null } {
  const pauses = [...owned.workers.values()]
    .filter((worker) => worker.connected && worker.pausedUntilMs > nowMs)
    .map((worker) => worker.pausedUntilMs)
  const last = scene.failures.at(-1)
  const alone = last == null ? Infinity : last.atMs + owned.timing.retryAloneMs
  const soonest = Math.min(...pauses, alone > nowMs ? alone : Infinity)
  return { inSeconds: soonest === Infinity ? null : secondsOf(soonest - nowMs) }
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}
