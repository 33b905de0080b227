import type { ProjectView } from '../../../src/swarm/protocol/index.ts'
import { createRandom } from '../engine/random.ts'
import { scheduleFaults } from './faults.ts'
import { OWNERS } from './makers.ts'
import { InvariantViolation, type ObserverCounts, type Submitted } from './observer.ts'
import { createSwarm, drawMix, drawSize, type Mix, type Swarm, type SwarmSize } from './scenario.ts'

export interface RunInit {
  readonly seed: number
  readonly trace?: boolean
  /** Default: drawn from the seed. */
  readonly mix?: Mix
  readonly size?: SwarmSize
}

export interface RunResult {
  readonly seed: number
  readonly mix: Mix
  /** Undefined when everything held. */
  readonly violation: InvariantViolation | undefined
  readonly counts: ObserverCounts
  readonly events: number
  readonly virtualMs: number
  readonly scenes: number
  readonly trace: readonly string[]
}

const EVENTS_MAX = 3_000_000
const AGREE_MS = 20_000
const STOP_MS = 25_000
/** What was submitted late, or while everything was broken, is announced by then or never will be. */
const SUBMIT_MS = 30_000

/** One swarm, one mix of faults, to the end: all that can be finished is, and all agree. The same seed is the same run. */
export function runSeed(init: RunInit): RunResult {
  // Peers are refused thousands of times; where that was decided is never printed.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return runWhole(init)
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function runWhole({ seed, trace = false, mix: givenMix, size: givenSize }: RunInit): RunResult {
  const draw = createRandom(seed).fork('draw')
  const mix = givenMix ?? drawMix(draw)
  const size = givenSize ?? drawSize(draw)
  const swarm = createSwarm({ seed, mix, size, trace })
  let violation: InvariantViolation | undefined
  try {
    play(swarm, mix)
  } catch (error) {
    if (!(error instanceof InvariantViolation)) throw new Error(`seed ${seed}: ${String(error)}`, { cause: error })
    violation = error
    swarm.world.trace('observer', () => error.message)
  }
  const scenes = swarm.films.reduce((sum, [, film]) => sum + film.plans.length, 0)
  const { counts } = swarm.observer
  const { events, nowMs } = swarm.world
  return { seed, mix, violation, counts, events, virtualMs: nowMs, scenes, trace: swarm.world.lines() }
}

function play(swarm: Swarm, mix: Mix): void {
  const { world } = swarm
  for (const node of swarm.nodes) node.boot()
  for (const adversary of swarm.adversaries) adversary.start()
  const random = swarm.random.fork('submissions')
  for (const [owner, film] of swarm.films) {
    const submit = (): void => {
      if (owner.process == null) world.at(5000, submit)
      else owner.process.submit(film)
    }
    world.at(random.range(500, 20_000), submit)
  }
  const { overAtMs } = scheduleFaults(swarm, mix)
  go(swarm, overAtMs + SUBMIT_MS)
  watchEncoders(swarm)
  // [L1] What is left to do gets done in about the time that it takes.
  const deadlineMs = world.nowMs + restMs(swarm)
  world.run({ untilMs: deadlineMs, eventsMax: EVENTS_MAX, until: () => unfinished(swarm).length === 0 })
  for (const project of swarm.observer.submitted.values())
    if (isFrozen(swarm, project)) fail('S13', `${describe(swarm, project)} is frozen, and its owner is honest`)
  for (const project of unfinished(swarm)) fail('L1', `${describe(swarm, project)} is not done by ${deadlineMs} ms`)
  for (const { projectId, ended } of swarm.observer.submitted.values()) {
    if (ended?.state === 'failed' && !mix.faults.has('failing encoders')) fail('L1', `${projectId} failed`)
  }
  // [L3] Whoever is connected knows the same.
  go(swarm, world.nowMs + AGREE_MS)
  checkAgreement(swarm)
  // [L4] The last to end as well.
  go(swarm, world.nowMs + STOP_MS + 5000)
  checkScores(swarm)
}

/** [L4] From when everything works, nobody goes on for what has ended. */
function watchEncoders(swarm: Swarm): void {
  const { world, observer } = swarm
  const wholeAtMs = world.nowMs
  const look = (): void => {
    for (const { id, projectId } of observer.encoders) {
      const endedAtMs = observer.submitted.get(projectId)?.ended?.atMs ?? Infinity
      if (world.nowMs > Math.max(endedAtMs, wholeAtMs) + STOP_MS)
        fail('L4', `${id} encodes for ${projectId}, which ended ${Math.round(world.nowMs - endedAtMs)} ms ago`)
    }
    world.at(5000, look)
  }
  look()
}

function go({ world }: Swarm, untilMs: number): void {
  if (world.run({ untilMs, eventsMax: EVENTS_MAX }) === 'events')
    fail('L1', 'too many events: somebody talks without end')
}

/** Projects whose user still waits for them. */
function unfinished(swarm: Swarm): Submitted[] {
  return [...swarm.observer.submitted.values()].filter(
    (project) => project.ended == null && !project.lost && viewAtOwner(swarm, project)?.end == null
  )
}

function viewAtOwner({ nodes }: Swarm, { owner, projectId }: Submitted): ProjectView | undefined {
  return nodes.find((node) => node.id === owner)?.process?.log.view(projectId)
}

/** [S13] What an honest owner wrote is never two histories. */
function isFrozen(swarm: Swarm, project: Submitted): boolean {
  return viewAtOwner(swarm, project)?.fork != null
}

/** 1.3 x remaining work / capacity, the longest scene on the slowest machine, ttl + grace + a minute. */
function restMs(swarm: Swarm): number {
  /** By what they encode with: a scene that has to have certain bytes is for some of them only. */
  const perMsOf = new Map<string, number>()
  let slowest = 0
  for (const node of swarm.nodes) {
    const speed = swarm.speeds.get(node.id)
    if (speed == null || speed.slots === 0) continue
    const { rate } = node.components.clock
    const { frames: sum, header } = swarm.makers.of(node.id).probe
    if (header === OWNERS.probe.header)
      perMsOf.set(sum, (perMsOf.get(sum) ?? 0) + (speed.slots * rate) / speed.msPerFrame)
    slowest = Math.max(slowest, speed.msPerFrame / rate)
  }
  const perMs = Math.min(...perMsOf.values())
  const slowestClock = Math.min(...swarm.nodes.map((node) => node.components.clock.rate))
  let frames = 0
  let longest = 0
  for (const { film } of swarm.observer.submitted.values()) {
    frames += film.plans.reduce((sum, plan) => sum + plan.frames, 0)
    longest = Math.max(longest, ...film.plans.map((plan) => plan.frames))
  }
  return (1.3 * frames) / perMs + longest * slowest + (90_000 + 45_000 + 60_000) / slowestClock
}

function checkAgreement(swarm: Swarm): void {
  const views = swarm.nodes.flatMap(({ id, process }) =>
    [...(process?.log.views() ?? [])].map((view) => ({ id, view }))
  )
  const byProject = Map.groupBy(views, ({ view }) => view.projectId)
  for (const [projectId, known] of byProject) {
    const owner = known[0]?.view.owner ?? ''
    if (!swarm.nodes.some((node) => node.id === owner)) {
      checkForks(swarm, projectId)
      continue
    }
    const heads = new Set(known.map(({ view }) => (view.fork == null ? view.head.hash : 'frozen')))
    const who = known.map(({ id, view }) => `${id} ${view.head.seq}${view.fork == null ? '' : ' frozen'}`).join(', ')
    // Whoever dropped it by its own clock has seen it end.
    const share = known[0]?.view.announce.share
    const told = swarm.nodes.filter(({ id }) => share === 'all' || id !== swarm.outsider)
    const isMissed = known.length < told.length && known.some(({ view }) => view.end == null)
    if (heads.size > 1 || isMissed) fail('L3', `not all agree on ${projectId}: ${who}`)
  }
}

/** [S15] Where two nodes hold different records with one number, everybody has seen both. */
function checkForks(swarm: Swarm, projectId: string): void {
  const bySeq = new Map<number, Set<string>>()
  const holders = swarm.nodes.flatMap(({ process }) => (process?.log.view(projectId) == null ? [] : [process]))
  for (const { log } of holders) {
    for (const [seq, envelope] of log.envelopesOf(projectId))
      bySeq.set(seq, (bySeq.get(seq) ?? new Set()).add(Buffer.from(envelope).toString('base64')))
  }
  const isForked = [...bySeq.values()].some((records) => records.size > 1)
  const unaware = holders.filter(({ log }) => log.view(projectId)?.fork == null)
  if (isForked && unaware.length > 0)
    fail('S15', `${unaware.length} of ${holders.length} nodes go on with a forked project`)
}

/** [S13] No honest node has made another reject what it passed on. */
function checkScores({ nodes, network }: Swarm): void {
  const honest = new Set(nodes.map((node) => node.id))
  for (const { id } of nodes) {
    for (const [neighbour, count] of network.counters.of(id).rejectedNeighbours)
      if (honest.has(neighbour)) fail('S13', `${id} rejected ${count} messages of ${neighbour}`)
  }
}

function describe(swarm: Swarm, { projectId, owner }: Submitted): string {
  const process = swarm.nodes.find((node) => node.id === owner)?.process
  const view = process?.log.view(projectId)
  const state = process?.owner.projects.get(projectId)?.state
  return `${projectId.slice(0, 4)} of ${owner} (${view?.acceptedScenes} of ${view?.scenes.length} scenes, ${state?.phase}, ${state?.queue.length} queued, ${state?.leased.size} leased)`
}

function fail(invariant: string, what: string): never {
  throw new InvariantViolation(invariant, what)
}
