import { INSTALL_LINE } from '../../encode/index.ts'
import { createCommandExchange } from '../../swarm/index.ts'
import { decodeNodeInfo } from '../../swarm/protocol/index.ts'
import { createOwnBlobs } from '../disk/own-blobs.ts'
import { createCarryOut } from '../http/commands.ts'
import { createSetOutput } from '../http/set-output.ts'
import { createOutputFiles } from '../http/files/output-files.ts'
import { createPeerIdle } from '../idle/peer-idle.ts'
import { createCpuCap } from '../manners/cpu-cap.ts'
import { createReign } from '../owner/reign.ts'
import { createIntroductions, type Introductions } from '../peers/introductions.ts'
import { createPeerTable } from '../peers/peer-table.ts'
import { createSelf } from '../peers/self.ts'
import { watchTwins } from '../owner/twins.ts'
import { createOwnSources, releaseWithProjects } from '../uploads/own-sources.ts'
import { createUploads } from '../uploads/uploads.ts'
import { followChanges } from './follow-changes.ts'
import { followStandings } from './follow-standings.ts'
import { goOn, regain } from './go-on.ts'
import { makeRoles } from './make-roles.ts'
import { startSweeps } from './sweeps.ts'
import { roomLog } from '../log/rooms.ts'
import type { Config } from '../config/types.ts'
import type { OwnerService } from '../owner/owner-service.ts'
import type { WorkerService } from '../worker/worker-service.ts'
import type { JoinedSwarm } from './join-swarm.ts'
import type { OpenNode } from './open-node.ts'
import type { Shutdown } from './shutdown.ts'

/** A node at work: owner, worker, and what it remembers and shows of them. */
export type Roles = Awaited<ReturnType<typeof startRoles>>

/**
 * The third stage of a start: owner and worker. The owner begins to answer, then the network is listened to; own projects go on beside everything else, since a node
 * whose neighbours are slow can be asked all the same.
 */
export async function startRoles(config: Config, opened: OpenNode, swarm: JoinedSwarm, shutdown: Shutdown) {
  const { log, signer, guard, control } = opened
  const { node, book, spread, sessions, policy, closed, works } = swarm
  const { peerId } = signer
  const ownBlobs = createOwnBlobs({ book, blobs: opened.blobs, peerId })
  const roles = await makeRoles(config, opened, swarm, shutdown)
  const { owner, worker } = roles
  const files = await serveFiles(config, opened, swarm, owner)
  const setOutput = createSetOutput({ owner, media: config.media })
  const carryOut = createCarryOut({ peerId, book, owner, setOutput })
  const commands = createCommandExchange(
    { node, signer, log: roomLog(log, 'peers'), obeys: (peer) => policy.may(peer, 'command') },
    carryOut
  )
  const shown = showNode(config, opened, swarm, { owner, worker })
  const { introductions } = shown
  shutdown.add(async () => introductions.stop())
  const stopSweeps = startSweeps({
    book,
    log: roomLog(log, 'disk'),
    afterwards: () => {
      works.sweep()
      closed.sweep()
      ownBlobs.sweep(Date.now())
      worker.refresh()
    }
  })
  shutdown.add(async () => stopSweeps())
  const reign = createReign(config.dataDir)
  watchTwins({
    self: peerId,
    book,
    spread,
    owner,
    reign,
    regain: async (projectId) => regain({ opened, swarm, owner, reign }, projectId),
    leaveSwarm: async () => leaveSwarm(swarm, worker),
    log: roomLog(log, 'owner')
  })
  greetPeers(swarm, worker, introductions)
  opened.terminalLog?.name({
    title: (projectId) => book.views.get(projectId)?.announce.title,
    peer: (id) => shown.peers.list().find((one) => one.peerId === id)?.name
  })
  followStandings({ ...swarm, standings: opened.standings, owner, worker, log: roomLog(log, 'peers') })
  const cpuCap = createCpuCap(worker, { threads: config.threads })
  shutdown.add(async () => cpuCap.stop())
  await opened.manners.start()
  followChanges({
    guard,
    control,
    book,
    owner,
    worker,
    manners: opened.manners,
    cpuCap,
    blobs: opened.blobs,
    introductions,
    log: roomLog(log, 'disk')
  })

  await sessions.start((session) => owner.accept(session))
  shutdown.add(async () => sessions.stop())
  await owner.start()
  shutdown.add(async () => owner.stop())
  await worker.recall()
  await commands.start()
  shutdown.add(async () => commands.stop())
  await swarm.listen()
  const goingOn = goOn({ opened, swarm, owner, reign, ownBlobs, uploads: files.uploads, shutdown }, config)
  shutdown.add(async () => goingOn)
  shutdown.add(async () => opened.leaving.abort(new Error('stopping')))
  shutdown.add(async () => swarm.dialLoop.stop())
  const begun = beginWorker(opened, worker, introductions)
  shutdown.add(begun.stop)
  // The node of a command takes its film while it still looks for encoders.
  if (config.aside !== true) await begun.started
  return { ...roles, ...files, ...shown, setOutput, carryOut, commands }
}

/** Files that this node has for others: finished ones for peers, and room for uploads of browsers. */
async function serveFiles(config: Config, opened: OpenNode, swarm: JoinedSwarm, owner: OwnerService) {
  const { log, signer, guard, paths } = opened
  const { book, exchange, policy } = swarm
  const outputs = createOutputFiles({ peerId: signer.peerId, book, owner })
  // Unlike pieces and scenes it has the film's sound, and nobody else needs it: strangers do not get it.
  exchange.serveFiles(async (sha256, peer) => (policy.may(peer, 'film') ? outputs.find(sha256) : undefined))
  const isSource = createOwnSources({ self: signer.peerId, book, owner })
  const uploadLog = roomLog(log, 'uploads')
  const uploads = await createUploads(
    { guard, log: uploadLog, isSource },
    { folder: paths.uploads, quotaBytes: config.uploadQuota }
  )
  releaseWithProjects({ book, owner, uploads, log: uploadLog })
  return { outputs, uploads }
}

interface BothRoles {
  readonly owner: OwnerService
  readonly worker: WorkerService
}

/** What this node shows of itself, to its users and to the swarm, and what the others show of themselves. */
function showNode(config: Config, opened: OpenNode, swarm: JoinedSwarm, { owner, worker }: BothRoles) {
  const { signer, guard, control, encoders } = opened
  const { node, book, gossip, works, latency, policy } = swarm
  const { peerId } = signer
  const peers = createPeerTable({
    node,
    workOf: works.of,
    classOf: policy.classOf,
    standings: opened.standings,
    latencyOf: latency.of,
    idleOf: createPeerIdle({
      peerId,
      book,
      stateOf: owner.stateOf,
      claimRefusal: (peer, { announce }) => policy.claimRefusal(peer, announce.share)
    })
  })
  gossip.handle('nodes', async ({ data, author }) => peers.set(author, decodeNodeInfo(data)))
  const self = createSelf({
    peerId,
    name: config.name,
    control,
    manners: opened.manners,
    limitLan: config.limitLan,
    health: () => guard.state,
    sandbox: opened.sandbox,
    addresses: swarm.addresses,
    ways: swarm.ways,
    joinRequests: opened.invites.requests,
    worker,
    absence: owner.absence,
    builds: encoders.builds,
    workOf: works.of
  })
  return { peers, self, introductions: createIntroductions({ gossip, self, peers }) }
}

/** Whoever comes is told of this node, and asked for work at once. */
function greetPeers({ node, latency }: JoinedSwarm, worker: WorkerService, introductions: Introductions): void {
  node.addEventListener('peer:identify', ({ detail: { peerId } }) => {
    worker.refresh()
    worker.nudge(peerId.toString())
    latency.measure(peerId)
    introductions.greet()
  })
}

async function leaveSwarm({ dialLoop, sessions, gossip, node }: JoinedSwarm, worker: WorkerService): Promise<void> {
  dialLoop.stop()
  await worker.stop()
  await sessions.stop()
  gossip.stop()
  await node.stop()
}

/** A worker on its way. */
interface BegunWorker {
  /** A node with slots waits until it knows its encoders. */
  readonly started: Promise<void>
  readonly stop: () => Promise<void>
}

function beginWorker(opened: OpenNode, worker: WorkerService, introductions: Introductions): BegunWorker {
  const { encoders, control } = opened
  const log = roomLog(opened.log, 'encoders')
  const show = (): void => {
    const builds = encoders.builds()
    if (builds.length > 0) log.info({ encoders: builds }, 'encoders found')
    else log.warn({}, `no encoder works here, so this node encodes nothing: ${INSTALL_LINE}`)
    introductions.now()
  }
  const found = encoders.found().then(show)
  found.catch(() => {})
  let starting: Promise<void> | undefined
  let isStopped = false
  const start = async (): Promise<void> => {
    if (control.slots > 0) await found
    if (isStopped) return
    starting = worker.start()
    await starting
    encoders.onChange(() => {
      show()
      worker.encodersChanged()
    })
  }
  const started = start()
  // A node that does not wait for it says so.
  started.catch((error: unknown) => {
    if (!isStopped) log.error({ err: error }, 'could not begin to encode')
  })
  const stop = async (): Promise<void> => {
    isStopped = true
    await starting?.catch(() => {})
    await worker.stop()
  }
  return { started, stop }
}
