import { peerIdFromString } from '@libp2p/peer-id'
import { createAnalysisCache } from '../../encode/index.ts'
import { createClockGap, type ClockGap } from '../../common/clock-gap.ts'
import { isOnlyLimited } from '../../swarm/index.ts'
import { createWorkMeter, type WorkMeter } from '../health/index.ts'
import { createHistory, type History } from '../history/index.ts'
import { createEncodeAgain } from '../owner/encode-again.ts'
import { createKnownScenes } from '../owner/known-scenes.ts'
import { createOwnerService, type OwnerService } from '../owner/owner-service.ts'
import { rangeOfPeer } from '../peers/address-range.ts'
import { createRedial } from '../peers/redial.ts'
import { mannerValues, restWords } from '../../api/manners/index.ts'
import type { Rest } from '../manners/judge.ts'
import { createProjectProbes, type ProjectProbes } from '../project-probes.ts'
import { createWorkerService, type WorkerService } from '../worker/worker-service.ts'
import { roomLog } from '../log/rooms.ts'
import type { Config } from '../config/types.ts'
import type { JoinedSwarm } from './join-swarm.ts'
import type { OpenNode } from './open-node.ts'
import type { Shutdown } from './shutdown.ts'

/** Makes owner and worker, and what both or their onlookers share; neither begins with anything. */
export async function makeRoles(config: Config, opened: OpenNode, swarm: JoinedSwarm, shutdown: Shutdown) {
  const { log, signer, paths, encoders } = opened
  const { book } = swarm
  const history = await startHistory(opened, swarm, shutdown)
  const meter = createWorkMeter(signer.peerId)
  book.onRecord(meter.record)
  const analyses = createAnalysisCache(paths.analyses)
  const probes = createProjectProbes({
    folder: paths.probes,
    encoders: encoders.installed,
    threads: config.threads,
    nice: config.nice,
    log: roomLog(log, 'encoders')
  })
  const gap = createClockGap()
  const stopLooking = gap.start()
  shutdown.add(async () => stopLooking())
  const owner = makeOwner(config, opened, swarm, { history, meter, analyses, probes, gap })
  return { owner, worker: makeWorker(config, opened, swarm, { probes, gap }), history, meter, analyses }
}

async function startHistory({ signer, database, log }: OpenNode, { book }: JoinedSwarm, shutdown: Shutdown) {
  const history = createHistory({
    self: signer.peerId,
    book,
    repository: database.attempts,
    log: roomLog(log, 'history')
  })
  await history.start()
  shutdown.add(async () => history.stop())
  book.onRecord(history.heardRecord)
  book.onBeat(history.heardBeat)
  return history
}

interface OwnerParts {
  readonly history: History
  readonly meter: WorkMeter
  readonly analyses: ReturnType<typeof createAnalysisCache>
  readonly probes: ProjectProbes
  readonly gap: ClockGap
}

function makeOwner(config: Config, opened: OpenNode, swarm: JoinedSwarm, parts: OwnerParts): OwnerService {
  const { log, signer, guard, own, database, blobs, paths, encoders, timing } = opened
  const { node, book, gossip, exchange, routing, policy, trustBook } = swarm
  const { history, meter, analyses, probes, gap } = parts
  return createOwnerService(
    {
      book,
      blobs,
      analyses,
      own,
      leases: database.leases,
      guard,
      trust: trustBook,
      routing,
      rangeOf: (peer) => rangeOfPeer(node, peer),
      claimRefusal: (peer, projectId) => policy.claimRefusal(peer, book.views.get(projectId)?.announce.share),
      exchange,
      encodeAgain: createEncodeAgain(blobs),
      probes,
      gap,
      knownScenes: createKnownScenes({ book, peerId: signer.peerId }),
      history: {
        ...history,
        step: (...step) => {
          meter.step(...step)
          history.step(...step)
        }
      },
      gossip,
      signer,
      log: roomLog(log, 'owner'),
      redial: createRedial(node)
    },
    {
      timing,
      workDir: paths.projects,
      pieceQuotaBytes: config.pieceQuota,
      encoders: encoders.found,
      presets: config.presets,
      share: config.share,
      aside: config.aside
    }
  )
}

const wordsOf = (rest: Rest | undefined): string =>
  rest === undefined ? '' : restWords({ ...rest, untilMs: rest.untilMs ?? null }, Date.now()).trim()

function makeWorker(
  config: Config,
  opened: OpenNode,
  swarm: JoinedSwarm,
  { probes, gap }: Pick<OwnerParts, 'probes' | 'gap'>
): WorkerService {
  const { log, signer, guard, control, manners, blobs, paths, encoders, sandbox, timing } = opened
  const { node, book, exchange, sessions, sync, policy, dialLoop, rendezvous } = swarm
  return createWorkerService(
    {
      book,
      blobs,
      exchange,
      guard,
      sessions,
      signer,
      sync,
      probes,
      gap,
      log: roomLog(log, 'worker'),
      noSandboxFor: (owner) =>
        sandbox.type === 'none' && policy.lacksSandbox(owner, 'encode') ? sandbox.words : undefined,
      isTrusted: (owner) => policy.may(owner, 'encode') || policy.lacksSandbox(owner, 'encode'),
      isBanned: (owner) => !policy.may(owner, 'connect'),
      isConnected: (peer) => node.getConnections(peerIdFromString(peer)).length > 0,
      isFilmless: (peer) => isOnlyLimited(node, peer),
      isDraining: () => control.draining,
      restWords: () => (control.paused ? '' : wordsOf(manners.rest)),
      maxPicture: () => mannerValues(control.manners).maxPicture,
      reach: (peer) => dialLoop.want(peer),
      seek: (owner) => rendezvous.seek(owner)
    },
    {
      slots: control.slots,
      queue: config.queue,
      threads: config.threads,
      nice: config.nice,
      timing,
      workDir: paths.work,
      aheadDir: paths.ahead,
      encoders: encoders.installed
    }
  )
}
