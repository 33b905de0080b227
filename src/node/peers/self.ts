import { programVersion } from '../version.ts'
import type { JoinRequestStatus, NodeStatus, PeerStatus } from '../../api/schemas/index.ts'
import { monotonicMs } from '../../common/clock.ts'
import { lookedAt } from '../../common/looked-at.ts'
import { LIMITS, type AheadShare, type NodeHealth, type NodeInfo } from '../../swarm/protocol/index.ts'
import type { WaysIn } from '../../swarm/index.ts'
import type { FoundSandbox } from '../../platform/index.ts'
import type { NodeControl } from '../node-control.ts'
import type { Rest } from '../manners/judge.ts'
import type { MannersWatch } from '../manners/manners.ts'
import type { PeerWork } from './peer-table.ts'
import type { WorkerService } from '../worker/worker-service.ts'

/** What the owner says of a sleep of this machine. */
interface AnnouncedSleep {
  /** Undefined while none is announced. */
  readonly leftMs: () => number | undefined
  readonly shares: () => readonly AheadShare[]
}

export interface SelfComponents {
  readonly peerId: string
  readonly name: string
  readonly control: Pick<NodeControl, 'paused' | 'draining' | 'limits' | 'manners'>
  /** The limits count on the local network too. */
  readonly limitLan: boolean
  readonly manners: Pick<MannersWatch, 'rest'>
  readonly health: () => NodeHealth
  readonly sandbox: FoundSandbox
  readonly addresses: () => string[]
  readonly ways: Pick<WaysIn, 'state' | 'useful'>
  readonly worker: Pick<WorkerService, 'busy' | 'inHand' | 'idle' | 'slots' | 'fewerSlots'>
  readonly absence: AnnouncedSleep
  /** Builds of the encoders that are here. */
  readonly builds: () => readonly string[]
  readonly workOf: (peer: string) => PeerWork
  /** Machines that want to join. */
  readonly joinRequests: () => readonly JoinRequestStatus[]
}

/** This node as it shows itself. */
export interface Self {
  /** To its own users. */
  readonly status: () => PeerStatus
  readonly nodeStatus: () => NodeStatus
  /** To the other nodes. */
  readonly info: () => NodeInfo
}

const restOf = (rest: Rest | undefined): NodeStatus['rest'] =>
  rest === undefined ? null : { ...rest, untilMs: rest.untilMs ?? null }

export function createSelf(components: SelfComponents): Self {
  const { peerId, name, control, manners, limitLan, health, sandbox, addresses, ways, worker, absence } = components
  const { builds, workOf, joinRequests } = components
  const startedMs = monotonicMs()
  const version = programVersion()
  const memory = lookedAt(() => process.memoryUsage.rss(), { everyMs: 1000 })

  const shown = () => ({
    name,
    version,
    slots: worker.slots(),
    busy: worker.busy(),
    // Those of a node without slots too: they decide who may work for its projects.
    encoders: [...builds()],
    health: health(),
    paused: control.paused || control.draining
  })
  const status = (): PeerStatus => ({
    peerId,
    connected: true,
    addresses: addresses(),
    ...shown(),
    idle: worker.idle
      .list()
      .slice(0, LIMITS.idleMax)
      .map(({ projectId, code, reason }) => ({ projectId, code, reason })),
    path: 'self',
    latencyMs: null,
    class: 'self',
    standing: null,
    ...workOf(peerId),
    heardSecondsAgo: 0
  })
  return {
    info: () => ({
      ...shown(),
      awayMs: awayMs(absence),
      paused: shown().paused || manners.rest !== undefined,
      idle: worker.idle.told()
    }),
    status,
    nodeStatus: () => ({
      ...status(),
      ...reachOf(ways),
      uptimeSeconds: Math.round((monotonicMs() - startedMs) / 1000),
      rssBytes: memory(),
      sandbox: sandbox.type === 'boxed' ? sandbox.sandbox.name : null,
      noSandbox: sandbox.type === 'none' ? sandbox.words : null,
      draining: control.draining,
      ...sleepOf(absence),
      rest: restOf(manners.rest),
      fewerSlots: worker.fewerSlots() ?? null,
      manners: control.manners,
      limits: { ...control.limits, lan: limitLan },
      inHand: worker.inHand(),
      joinRequests: [...joinRequests()]
    })
  }
}

function reachOf({ state, useful }: SelfComponents['ways']): Pick<NodeStatus, 'bootstrap' | 'reach'> {
  const { tried, reached } = state()
  const addresses = useful()
  return { bootstrap: addresses[0]?.address ?? '', reach: { addresses: [...addresses], tried, reached } }
}

/** At least one, so that the last millisecond is an absence too. */
function awayMs({ leftMs }: AnnouncedSleep): number | undefined {
  const left = leftMs()
  return left === undefined ? undefined : Math.max(1, Math.round(left))
}

function sleepOf({ leftMs, shares }: SelfComponents['absence']): Pick<NodeStatus, 'sleep'> {
  const left = leftMs()
  if (left === undefined) return {}
  const machines = shares().map(({ worker, ...share }) => ({ peerId: worker, ...share }))
  return { sleep: { untilMs: Math.round(Date.now() + left), machines } }
}
