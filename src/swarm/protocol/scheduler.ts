import { doneShare } from '../../common/scene-progress.ts'
import { isAlike } from './builds.ts'
import { firstNotLonger } from './owner-scenes.ts'
import { isLongPaused, ranMs } from './owner-pauses.ts'
import type { Claimant, Lease, OwnerScene, OwnerState } from './owner-types.ts'
import type { Maker } from './types.ts'

/** The scene that a claim gets. */
export interface Choice {
  readonly scene: number
  /**
   * `open`: no worker has it. `second`: another worker has it, and this one should finish well before. `instead`: the same, and the other worker loses it. `proof`: another worker
   * delivered it, and this one shows whether its bytes are right.
   */
  readonly kind: 'open' | 'second' | 'instead' | 'proof'
  /** Whose lease ends: that of a worker that has not started, or of the slower of two. */
  readonly insteadOf?: Lease
}

export interface Asking extends Omit<Claimant, 'known' | 'workElsewhereMs'> {
  readonly worker: string
  readonly prefetch: boolean
  /** The maker of its results. */
  readonly maker: Maker
}

/** The scene that a worker gets, or undefined when there is none for it now. */
export function chooseScene(state: OwnerState, asking: Asking, nowMs: number): Choice | undefined {
  const { prefetch, standing } = asking
  if (!mayGetAny(state, asking, nowMs)) return undefined
  if (standing === 'stranger' && !mayHoldMore(state, asking)) return undefined
  // Fetching ahead is only for many open scenes: near the end, each scene waits for a free slot.
  if (prefetch && state.queue.length <= 2 * connectedWorkers(state).length) return undefined
  const open = chooseOpen(state, asking, nowMs)
  if (open != null) return { scene: open, kind: 'open' }
  return prefetch ? undefined : (chooseHeld(state, asking, nowMs) ?? chooseProof(state, asking))
}

/** Whether this project hands out scenes now, and this worker is not kept off. */
export function mayGetAny(
  state: OwnerState,
  { worker, barredUntilMs }: Pick<Asking, 'worker' | 'barredUntilMs'>,
  nowMs: number
): boolean {
  if (state.held || state.aside || state.phase !== 'open') return false
  if (Math.max(barredUntilMs, state.workers.get(worker)?.pausedUntilMs ?? 0) > nowMs) return false
  return !isSilent(state, worker, nowMs)
}

/** [RULE 43] A stranger holds one lease, and all strangers of one address range together a few, whatever their peer ids. */
function mayHoldMore(state: OwnerState, { worker, range, leasesElsewhere }: Asking): boolean {
  if (leasesElsewhere > 0) return false
  let inRange = 0
  for (const { lease } of heldLeases(state)) {
    if (lease.worker === worker) return false
    if (lease.standing === 'stranger' && state.workers.get(lease.worker)?.range === range) inRange += 1
  }
  return inRange < state.timing.strangersPerRangeMax
}

/** Of the scenes that no worker has: for a stranger the shortest, for others the longest that does not delay the project. */
function chooseOpen(state: OwnerState, asking: Asking, nowMs: number): number | undefined {
  const { worker, standing, prefetch, maker } = asking
  const { queue } = state
  const isFit = (index: number | undefined): index is number => {
    const scene = index == null ? undefined : state.scenes[index]
    return (
      scene != null && scene.notBeforeMs <= nowMs && mayMake(state, scene, maker) && mayTry(state, scene, worker, nowMs)
    )
  }
  if (standing === 'stranger') return queue.findLast(isFit)
  const own = speedOf(state, worker, nowMs)
  // A worker that may be slow holds one scene until its speed is known.
  if (own === 0) return prefetch && meanMsPerFrame(state) > 0 ? undefined : queue.find(isFit)
  // [RULE 45] The longest scene that this worker can finish, after what it holds, in the time that all the rest will take.
  const restMs = expectedRestMs(state, asking, own, nowMs)
  const first = firstNotLonger(state, (restMs - (prefetch ? freeInMs(state, worker, nowMs) : 0)) / own)
  for (let at = first; at < queue.length; at += 1) if (isFit(queue[at])) return queue[at]
  if (prefetch) return undefined
  // Every remaining scene would take it longer than the others need for everything: it gets one only if it finishes no later than one of them would as its last scene.
  const shortest = queue.slice(0, first).findLast(isFit)
  const frames = state.scenes[shortest ?? -1]?.frames ?? 0
  return frames * own <= restMs + frames * bestMsPerFrame(state) ? shortest : undefined
}

/** [RULE 74] A scene that must have certain bytes goes only to a worker that produces them. */
export function mayMake({ making }: OwnerState, scene: OwnerScene, maker: Maker): boolean {
  return scene.like == null || isAlike(making, scene.like, maker)
}

/** A worker that failed a scene, or was silent about it, gets it again only if every connected worker has failed it too, or if no other worker took it for a while; that while grows with each failure. */
export function mayTry(state: OwnerState, scene: OwnerScene, worker: string, nowMs: number): boolean {
  const { attemptsMax, retryAloneMs, retryFailedMsMax } = state.timing
  const others = connectedWorkers(state).filter((id) => id !== worker && mightMake(state, scene, id))
  if (scene.silent.includes(worker) && others.some((id) => mayBeTrusted(state, scene, id))) return false
  const own = scene.failures.filter((failure) => failure.worker === worker)
  if (own.length === 0) return true
  const aloneMs = Math.min(retryFailedMsMax, retryAloneMs * 2 ** Math.max(0, own.length - attemptsMax))
  if (nowMs >= (scene.failures.at(-1)?.atMs ?? 0) + aloneMs) return true
  return own.length < attemptsMax && others.every((id) => hasFailed(scene, id))
}

/** A worker that has not named its encoder may be suitable. */
export function mightMake(state: OwnerState, scene: OwnerScene, worker: string): boolean {
  const maker = state.workers.get(worker)?.maker
  return maker == null || mayMake(state, scene, maker)
}

function mayBeTrusted(state: OwnerState, scene: OwnerScene, worker: string): boolean {
  return (
    !scene.silent.includes(worker) && !hasFailed(scene, worker) && state.workers.get(worker)?.standing === 'trusted'
  )
}

/** It was silent about a scene that it held, and there are others that report. */
function isSilent(state: OwnerState, worker: string, nowMs: number): boolean {
  if ((state.workers.get(worker)?.silentUntilMs ?? 0) <= nowMs) return false
  return [...state.workers].some(
    ([id, other]) =>
      id !== worker &&
      other.connected &&
      other.refused == null &&
      other.standing === 'trusted' &&
      other.silentUntilMs <= nowMs &&
      other.pausedUntilMs <= nowMs
  )
}

/** [RULE 44] Near the end, an idle slot helps if it should finish a scene well before its holders: it takes over a scene that was only fetched, or gets a second lease, or that of a slower helper. */
function chooseHeld(state: OwnerState, { worker, standing, maker }: Asking, nowMs: number): Choice | undefined {
  const own = speedOf(state, worker, nowMs) || meanMsPerFrame(state)
  const mayDouble = state.seconds < Math.max(1, Math.floor(state.scenes.length * state.timing.secondsShare))
  let best: Choice | undefined
  let bestRestMs = 0
  for (const index of state.leased) {
    const scene = state.scenes[index]
    if (scene == null || scene.results.length > 0 || hasFailed(scene, worker)) continue
    if (!mayMake(state, scene, maker)) continue
    // [RULE 93] Its worker may have finished it while the owner was away.
    if (scene.leases.some((lease) => !lease.heard)) continue
    if (scene.silent.includes(worker)) continue
    if (scene.leases.some((lease) => lease.worker === worker)) continue
    // A stranger cannot keep a scene from trusted workers.
    const strange = scene.leases.filter((lease) => lease.standing === 'stranger' && standing === 'trusted')
    const held = scene.leases.filter((lease) => !strange.includes(lease))
    const rests = held.map((lease) => ({ lease, restMs: remainingMs(state, scene, lease, nowMs) }))
    const restMs = Math.min(...rests.map((rest) => rest.restMs))
    if (restMs !== Infinity && (own === 0 || scene.frames * own * state.timing.secondGain >= restMs)) continue
    const isIdle = rests.length === 1 && rests.every(({ lease }) => isWaiting(lease))
    const slowest = rests.toSorted((a, b) => b.restMs - a.restMs)[0]?.lease
    const insteadOf = isIdle || scene.leases.length > 1 ? (strange[0] ?? slowest) : undefined
    // [RULE 89] A scene whose workers all stand still for long is lent a second worker whatever the share of second leases is.
    const areAllPaused = held.every((lease) => isLongPaused(lease, state.timing, nowMs))
    if (!isIdle && !mayDouble && strange.length === 0 && !areAllPaused) continue
    if (restMs <= bestRestMs) continue
    best = insteadOf == null ? { scene: index, kind: 'second' } : { scene: index, kind: 'instead', insteadOf }
    bestRestMs = restMs
  }
  return best
}

/** [RULE 46] A scene whose proof takes the owner long: for one other worker that the owner knows, and whose encoder makes the same bytes. */
function chooseProof(state: OwnerState, { worker, maker }: Asking): Choice | undefined {
  if (!mayProve(state, worker)) return undefined
  const scene = state.scenes.findIndex(
    ({ proofWanted, results: [first, ...others], leases, failures }) =>
      proofWanted &&
      first?.worker !== worker &&
      // Other bytes of this worker decide nothing, and would not the next time.
      !others.some((result) => result.worker === worker) &&
      leases.length === 0 &&
      !failures.some((failure) => failure.worker === worker) &&
      first != null &&
      isAlike(state.making, first.maker, maker)
  )
  return scene === -1 ? undefined : { scene, kind: 'proof' }
}

/** The owner itself encodes the scene again anyway, and a stranger may be the friend of the one that is proved. */
export function mayProve({ workers, making }: OwnerState, worker: string): boolean {
  return worker !== making.self && workers.get(worker)?.known === true
}

/** Fetched ahead and not started. */
function isWaiting(lease: Lease): boolean {
  return lease.begunAtMs === Infinity
}

/** How long a scene with this many frames should take this worker, as measured. */
export function expectedMs(state: OwnerState, frames: number, worker: string): number {
  return frames * (msPerFrameOf(state, worker) || meanMsPerFrame(state) || state.timing.unknownMsPerFrame)
}

/** The time that a lease still needs: by the worker's speed, or by its progress so far, whichever is more. */
export function remainingMs(state: OwnerState, scene: OwnerScene, lease: Lease, nowMs: number): number {
  // [RULE 89] Nobody knows when it continues.
  if (isLongPaused(lease, state.timing, nowMs)) return Infinity
  const done = doneShare(scene.frames, lease, state.work)
  const speed = msPerFrameOf(state, lease.worker) || meanMsPerFrame(state)
  const bySpeed = (1 - done) * scene.frames * speed
  if (isWaiting(lease)) return bySpeed
  const ran = ranMs(lease, nowMs)
  // A worker without progress for some time will need at least that long again.
  const byProgress = done > 0.05 ? (ran * (1 - done)) / done : ran
  return Math.max(bySpeed, byProgress)
}

/** Scenes that a worker encodes at once; one that takes nothing ahead does not say it. */
const slotsOf = (state: OwnerState, worker: string): number => Math.max(1, state.workers.get(worker)?.slots ?? 0)

/** How long all active workers, with the slot that asks, would take for everything that is left. @param own milliseconds per frame of the worker that asks */
function expectedRestMs(state: OwnerState, { worker, prefetch }: Asking, own: number, nowMs: number): number {
  const mean = meanMsPerFrame(state) || own
  const speed = (id: string): number => msPerFrameOf(state, id) || mean
  const busy = new Map<string, number>()
  const waiting: string[] = []
  let frames = state.queuedFrames
  let perMs = 0
  const count = (id: string): void => {
    busy.set(id, (busy.get(id) ?? 0) + 1)
    perMs += 1 / (id === worker ? own : speed(id))
  }
  for (const { scene, lease } of heldLeases(state)) {
    frames += Math.min(scene.frames, remainingMs(state, scene, lease, nowMs) / speed(lease.worker))
    if (isWaiting(lease)) waiting.push(lease.worker)
    else if (lease.pausedAtMs === undefined) count(lease.worker)
  }
  // A scene that was fetched ahead makes no worker faster, but begins where a slot is free.
  for (const id of waiting) if ((busy.get(id) ?? 0) < slotsOf(state, id)) count(id)
  if (!prefetch || !busy.has(worker)) count(worker)
  return frames / perMs
}

/** In how many milliseconds a worker should have a slot for one more scene. Those that it holds come first: a scene that was fetched ahead begins where a slot is free. */
export function freeInMs(state: OwnerState, worker: string, nowMs: number): number {
  const slotsMs: number[] = []
  const waitingMs: number[] = []
  for (const { scene, lease } of heldLeases(state))
    if (lease.worker === worker) (isWaiting(lease) ? waitingMs : slotsMs).push(remainingMs(state, scene, lease, nowMs))
  while (slotsMs.length < slotsOf(state, worker)) slotsMs.push(0)
  for (const ms of waitingMs) {
    slotsMs.sort((a, b) => a - b)
    slotsMs[0] = (slotsMs[0] ?? 0) + ms
  }
  return Math.min(...slotsMs)
}

/** Milliseconds per frame: as measured, or by the progress of its first scene; 0 if nothing is known. */
function speedOf(state: OwnerState, worker: string, nowMs: number): number {
  const measured = msPerFrameOf(state, worker)
  if (measured > 0) return measured
  for (const { scene, lease } of heldLeases(state)) {
    const done = doneShare(scene.frames, lease, state.work)
    if (lease.worker === worker && done > 0.1) return ranMs(lease, nowMs) / (done * scene.frames)
  }
  return 0
}

export function* heldLeases(state: OwnerState): Generator<{ readonly scene: OwnerScene; readonly lease: Lease }> {
  for (const index of state.leased) {
    const scene = state.scenes[index]
    for (const lease of scene?.leases ?? []) if (scene != null) yield { scene, lease }
  }
}

/** The workers that may encode it. */
export function connectedWorkers(state: OwnerState): string[] {
  return [...state.workers].filter(([, worker]) => worker.connected && worker.refused == null).map(([id]) => id)
}

function msPerFrameOf(state: OwnerState, worker: string): number {
  return state.workers.get(worker)?.msPerFrame ?? 0
}

function meanMsPerFrame({ measured }: OwnerState): number {
  return measured.frames === 0 ? 0 : measured.encodeMs / measured.frames
}

function bestMsPerFrame(state: OwnerState): number {
  let best = Infinity
  for (const worker of state.workers.values())
    if (worker.connected && worker.msPerFrame > 0) best = Math.min(best, worker.msPerFrame)
  return best
}

function hasFailed(scene: OwnerScene, worker: string): boolean {
  return scene.failures.some((failure) => failure.worker === worker)
}
