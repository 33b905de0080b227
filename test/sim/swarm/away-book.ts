import {
  LIMITS,
  type Lease,
  type OwnerEffect,
  type OwnerEvent,
  type OwnerState,
  type OwnerStep,
  type OwnerWorker
} from '../../../src/swarm/protocol/index.ts'

type Grant = Extract<OwnerEffect, { type: 'grant' }>

/** Reports of pauses and sleeps that the book saw of one run of an owner and one project. */
interface Seen {
  /** By scene and attempt: since when the worker says without a break that it stands still. */
  readonly paused: Map<string, number>
  /** By scene: attempts that were held when the owner came back and have not been heard of since. */
  unheard: Map<number, Set<number>>
  /** After the return, for as long as a lease lives. */
  untilMs: number
}

const UNSEEN = (): Seen => ({ paused: new Map(), unheard: new Map(), untilMs: 0 })

/** [S19] What machines keep that stand still, and what is handed out around a sleep. A record of its own, beside that of the rules. */
export class AwayBook {
  readonly #seen = new Map<string, Seen>()

  /** @param owner with its run. @returns what is wrong, in words; undefined when nothing is */
  after(owner: string, before: OwnerState, event: OwnerEvent, step: OwnerStep): string | undefined {
    const key = `${owner} ${before.projectId}`
    const seen = this.#seen.get(key) ?? UNSEEN()
    this.#seen.set(key, seen)
    hear(seen, before, event)
    for (const effect of step.effects) {
      const wrong =
        effect.type === 'grant'
          ? wrongGrant(seen, before, step.state, effect, event.nowMs)
          : effect.type === 'revoke'
            ? wrongRevoke(seen, before, effect, event)
            : undefined
      if (wrong !== undefined) return wrong
    }
    if (event.type === 'claim') return wrongRefusal(seen, before, step, event)
    return event.type === 'renew' ? wrongLease(step.state, event) : undefined
  }
}

const placeOf = ({ scene, attempt }: { readonly scene: number; readonly attempt: number }): string =>
  `${scene} ${attempt}`

function hear(seen: Seen, before: OwnerState, event: OwnerEvent): void {
  if (event.type === 'renew') {
    const place = placeOf(event.token)
    if (!event.paused) seen.paused.delete(place)
    else if (!seen.paused.has(place)) seen.paused.set(place, event.nowMs)
  }
  if (event.type === 'renew' || event.type === 'result')
    seen.unheard.get(event.token.scene)?.delete(event.token.attempt)
  if (event.type !== 'back') return
  const { leaseTtlMs, leaseGraceMs } = before.timing
  seen.untilMs = event.nowMs + leaseTtlMs + leaseGraceMs
  seen.unheard = new Map(
    [...before.leased].map((index) => {
      const of = (before.scenes[index]?.leases ?? []).filter(({ worker }) => worker !== before.making.self)
      return [index, new Set(of.map(({ attempt }) => attempt))]
    })
  )
}

/** The owner knows it, it is no stranger, and it said that it takes scenes ahead. */
const mayGoOn = (before: OwnerState, id: string, worker: OwnerWorker | undefined): boolean =>
  worker?.known === true && worker.standing === 'trusted' && worker.slots > 0 && id !== before.making.self

function wrongGrant(
  seen: Seen,
  before: OwnerState,
  after: OwnerState,
  grant: Grant,
  nowMs: number
): string | undefined {
  const { worker, token } = grant
  const scene = before.scenes[token.scene]
  if (nowMs < seen.untilMs) {
    const unheard = seen.unheard.get(token.scene)
    if (scene?.leases.some(({ attempt, worker: other }) => other !== worker && unheard?.has(attempt)) === true)
      return `hands scene ${token.scene} to ${worker} before its worker was heard of after a sleep`
  }
  const { away } = before
  if (away == null || away.untilMs <= nowMs) return undefined
  if (!mayGoOn(after, worker, after.workers.get(worker)))
    return `hands scene ${token.scene} to ${worker}, which does not go on, while a sleep is announced`
  const held = after.scenes.filter(({ leases }) => leases.some((lease) => lease.worker === worker)).length
  if (held > LIMITS.aheadMax) return `hands ${held} scenes to ${worker} ahead of a sleep`
  const speed = before.workers.get(worker)?.msPerFrame ?? 0
  if (speed * (scene?.frames ?? 0) > away.untilMs - nowMs)
    return `hands scene ${token.scene} to ${worker}, which takes longer than the sleep`
  const lease = leaseOf(after, token)
  return lease != null && lease.expiresAtMs < away.untilMs + after.timing.leaseTtlMs
    ? `grants scene ${token.scene} for less than the sleep`
    : undefined
}

/** Why a lease is ended that its worker renews; a pause of half a day ends one too. */
const LIMITS_OF_TIME: ReadonlySet<string> = new Set(['it took far longer than expected', 'no progress'])

function wrongRevoke(
  { paused }: Seen,
  before: OwnerState,
  { token, reason }: Extract<OwnerEffect, { type: 'revoke' }>,
  event: OwnerEvent
): string | undefined {
  if (event.type !== 'tick' || !LIMITS_OF_TIME.has(reason)) return undefined
  const sinceMs = paused.get(placeOf(token))
  const lease = leaseOf(before, token)
  if (sinceMs === undefined || lease?.standing !== 'trusted') return undefined
  return event.nowMs - sinceMs + lease.pausedMs < before.timing.pausedMsMax
    ? `ends the lease of scene ${token.scene}, whose encoder stands still: ${reason}`
    : undefined
}

/** An idle worker gets a scene whose only worker has stood still for long, when no other is left to begin. */
function wrongRefusal(
  { paused }: Seen,
  before: OwnerState,
  { state, effects }: OwnerStep,
  event: Extract<OwnerEvent, { type: 'claim' }>
): string | undefined {
  const { worker, nowMs, prefetch, standing } = event
  const isRefused = effects.some((effect) => effect.type === 'no-work' && effect.worker === worker)
  if (!isRefused || prefetch || standing !== 'trusted' || before.queue.length > 0) return undefined
  if (before.phase !== 'open' || before.held || before.aside || before.away != null) return undefined
  const known = state.workers.get(worker)
  // Kept off for what it did, or for its encoder.
  if (known?.refused != null || (known?.pausedUntilMs ?? 0) > nowMs || (known?.silentUntilMs ?? 0) > nowMs)
    return undefined
  const index = [...before.leased].find((place) => {
    const { leases = [], results = [], failures = [], silent = [], like } = before.scenes[place] ?? {}
    const [lease] = leases
    if (leases.length !== 1 || lease?.standing !== 'trusted' || lease.worker === worker || !lease.heard) return false
    if (results.length > 0 || like != null || silent.includes(worker)) return false
    if (failures.some((failure) => failure.worker === worker)) return false
    const sinceMs = paused.get(placeOf({ scene: place, attempt: lease.attempt })) ?? Infinity
    return nowMs - sinceMs >= before.timing.pausedAloneMs
  })
  return index === undefined
    ? undefined
    : `has nothing for ${worker}, and scene ${index} stands still for ${before.timing.pausedAloneMs} ms and more`
}

/** A stranger's pause counts for nothing, and while a sleep is announced a renewal reaches over it. */
function wrongLease(
  after: OwnerState,
  { token, worker, nowMs }: Extract<OwnerEvent, { type: 'renew' }>
): string | undefined {
  const lease = leaseOf(after, token)
  if (lease == null || lease.worker !== worker) return undefined
  if (lease.standing === 'stranger' && lease.pausedAtMs !== undefined)
    return `lets the stranger ${worker} keep scene ${token.scene} by a pause`
  const { away, timing } = after
  const reaches = away == null || away.untilMs <= nowMs || lease.expiresAtMs >= away.untilMs + timing.leaseTtlMs
  return reaches || !mayGoOn(after, worker, after.workers.get(worker))
    ? undefined
    : `renews scene ${token.scene} for less than the sleep`
}

function leaseOf(
  state: OwnerState,
  { scene, attempt }: { readonly scene: number; readonly attempt: number }
): Lease | undefined {
  return state.scenes[scene]?.leases.find((lease) => lease.attempt === attempt)
}
