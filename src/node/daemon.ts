import { peerIdFromString } from '@libp2p/peer-id'
import { createAnalysisCache, createCanaryCache, findEncoders, INSTALL_LINE } from '../encode/index.ts'
import { createBlobStore, nextEpoch, retryWhenFull } from '../storage/index.ts'
import {
  createBlobExchange,
  createCommandExchange,
  createDialLoop,
  createGossip,
  createLogBook,
  createRouting,
  createSessions,
  createSigner,
  createSwarmNode,
  createSync
} from '../swarm/index.ts'
import { DEFAULT_TIMING, encodeNodeInfo, isFullyAccepted, LIMITS, timingForTtl } from '../swarm/protocol/index.ts'
import { rangeOfAddress } from './peers/address-range.ts'
import { createOwnBlobs } from './disk/own-blobs.ts'
import { createApiPorts } from './http/ports.ts'
import { createHealth } from './http/health.ts'
import { createNodePort } from './http/node.ts'
import { createClipCache } from './http/files/clip-cache.ts'
import { createOutputFiles } from './http/files/output-files.ts'
import { createGossipHandlers } from './peers/gossip-handlers.ts'
import { createHeard } from './peers/heard.ts'
import { createDirectories } from './http/directories.ts'
import { createEncoders } from './http/encoders.ts'
import { createEncoderShelf } from './encoders/encoder-shelf.ts'
import { createCarryOut, createForward } from './http/commands.ts'
import { loadApiToken, openDataDir, publishApi } from './disk/data-dir.ts'
import { createMetrics, createWorkMeter } from './health/index.ts'
import { createHistory } from './history/index.ts'
import { startHooks } from './hooks/index.ts'
import { startHttpServer } from './http/http-server.ts'
import { loadIdentity } from './disk/identity.ts'
import { createNodeControl } from './node-control.ts'
import { createEncodeAgain } from './owner/encode-again.ts'
import { createKnownScenes } from './owner/known-scenes.ts'
import { createOwnerService } from './owner/owner-service.ts'
import { createPeerIdle } from './idle/peer-idle.ts'
import { createPeerLatency } from './peers/peer-latency.ts'
import { createPeerTable } from './peers/peer-table.ts'
import { createPeerWorks } from './peers/peer-work.ts'
import { createSelf } from './peers/self.ts'
import { openStorage } from './disk/open-storage.ts'
import { createProjectProbes } from './project-probes.ts'
import { createRedial } from './peers/redial.ts'
import { createRendezvous } from './peers/rendezvous.ts'
import { recover } from './owner/recovery.ts'
import { createLogger } from './log/logger.ts'
import { createLogRing } from './log/log-ring.ts'
import { createShutdown } from './boot/shutdown.ts'
import { autoSlots } from './slots.ts'
import { loadTls } from './http/tls.ts'
import { loadSwarmKey } from './disk/swarm-key.ts'
import { createTrust } from './peers/trust.ts'
import { createTrustBook } from './peers/trust-book.ts'
import { isAliveTwin, TWIN_ALIVE, TWIN_OF_BEFORE } from './peers/twins.ts'
import { createUploads } from './uploads/uploads.ts'
import { createWorkerService } from './worker/worker-service.ts'
import type { FoundEncoders } from '../encode/index.ts'
import type { TopicName } from '../swarm/index.ts'
import type { Config, CreateDaemon, Daemon } from './config/types.ts'

const NODE_INFO_MS = 10_000
const SWEEP_MS = 3_600_000

/** The composition root: builds every room from the bottom up and takes them down in reverse. */
export const createDaemon: CreateDaemon = async (config) => {
  const shutdown = createShutdown()
  try {
    return await compose(config, shutdown)
  } catch (error) {
    await shutdown.run()
    throw error
  }
}

async function compose(config: Config, shutdown: ReturnType<typeof createShutdown>): Promise<Daemon> {
  const logs = createLogRing()
  const log = await createLogger(config.logLevel, logs)
  const swarmKey =
    config.swarmKey == null ? undefined : await loadSwarmKey(config.swarmKey, (message) => log.warn({}, message))
  const timing = config.leaseTtlMs == null ? DEFAULT_TIMING : timingForTtl(config.leaseTtlMs)
  const aborted = new AbortController()
  shutdown.add(async () => aborted.abort(new Error('stopping')))
  /** What waits for space or for neighbours waits no longer. */
  const leaving = new AbortController()
  const paths = await openDataDir(config.dataDir)
  // Begun at once: the canary encodes run beside everything else that starts.
  const canaries = createCanaryCache(paths.canaries)
  const encoders = createEncoderShelf({
    log,
    search: async () => findEncoders({ signal: aborted.signal, cache: canaries })
  })
  const control = await createNodeControl({
    file: paths.control,
    workers: config.workers,
    slots: config.workers === 'auto' ? autoSlots() : config.workers
  })
  if (control.paused) log.warn({}, 'this node was paused and takes no scenes; "grav1 resume" ends that')
  const storage = await openStorage({ dataDir: config.dataDir, paths, log, shutdown })
  const { guard, own, database, heads } = storage
  const privateKey = await loadIdentity(config.dataDir)
  const signer = createSigner(privateKey)
  const token = await loadApiToken(paths.tokenFile)
  const readToken = await loadApiToken(paths.readTokenFile)
  for (const secret of [token, readToken]) logs.hide(secret)
  const tls = await loadTls(config, (message) => log.warn({}, message))
  const blobs = await createBlobStore(paths.blobs, {
    chunkBytes: LIMITS.chunkBytes,
    guard
  })
  // Until this node knows what it needs, it needs everything.
  const releaseAll = blobs.holdAll()

  const node = await createSwarmNode({
    privateKey,
    listen: config.listen,
    mdns: config.mdns,
    datastore: database.datastore,
    swarmKey
  })
  shutdown.add(async () => node.stop())
  const dialLoop = createDialLoop({ node, log }, { bootstrap: config.bootstrap })
  const trust = createTrust(node, config)
  const journal = { ...own, projects: async () => (await own.all()).map(({ projectId }) => projectId) }
  const book = createLogBook({
    store: database.log,
    journal,
    signer,
    log,
    heads,
    isKnown: trust.isKnownWorker,
    patiently: async (task) => retryWhenFull(guard, task, { signal: leaving.signal })
  })
  const dropped = await book.load()
  if (dropped > 0) log.warn({ records: dropped }, 'left out records that no longer verify; asking neighbours for them')
  const history = createHistory({ self: signer.peerId, book, repository: database.attempts, log })
  await history.start()
  shutdown.add(async () => history.stop())
  book.onRecord(history.heardRecord)
  book.onBeat(history.heardBeat)
  const sweeps = setInterval(() => {
    book.sweep().then(
      () => {
        works.sweep()
        ownBlobs.sweep(Date.now())
        worker.refresh()
      },
      (error: unknown) => log.warn({ err: error }, 'could not forget old projects')
    )
  }, SWEEP_MS)
  shutdown.add(async () => clearInterval(sweeps))
  const sync = createSync({ node, book, log, onReign: (beat) => publish('beats', beat) })
  const sessions = createSessions({ node, log })
  const ownBlobs = createOwnBlobs({ book, blobs, peerId: signer.peerId })
  const heard = createHeard(book)
  const outputs = createOutputFiles({
    peerId: signer.peerId,
    book,
    owner: { jobOf: (projectId) => owner.jobOf(projectId) }
  })
  const exchange = createBlobExchange(
    { node, shelf: blobs, log },
    // Unlike pieces and scenes it has the film's sound, and nobody else needs it: strangers do not get it.
    { findFile: async (sha256, peer) => (trust.worksFor(peer) ? outputs.find(sha256) : undefined) }
  )
  const routing = createRouting({ node, log })
  const rendezvous = createRendezvous({ dialLoop, routing, book, log })
  shutdown.add(async () => rendezvous.stop())

  const trustBook = createTrustBook({ timing, isKnown: trust.isKnownWorker })
  const works = createPeerWorks({ peerId: signer.peerId, book, trust: trustBook })
  const meter = createWorkMeter(signer.peerId)
  const latency = createPeerLatency(node)
  shutdown.add(async () => latency.stop())
  const peers = createPeerTable({
    node,
    workOf: works.of,
    latencyOf: latency.of,
    idleOf: createPeerIdle({ peerId: signer.peerId, book, stateOf: (projectId) => owner.stateOf(projectId) })
  })

  let offered: readonly string[] = []
  /** Own projects go on. */
  let isOpen = false
  /** Once it is known. */
  let epoch: number | undefined

  const addresses = (): string[] => node.getMultiaddrs().map((address) => address.toString())

  const gossip = createGossip(
    { node, log },
    createGossipHandlers({ book, sync, history, peers, signer, owner: () => owner, publish })
  )
  shutdown.add(async () => gossip.stop())
  function publish(topic: TopicName, data: Uint8Array): void {
    gossip.publish(topic, data).catch((error: unknown) => log.debug({ topic, err: error }, 'not gossiped'))
  }

  const analyses = createAnalysisCache(paths.analyses)
  const probes = createProjectProbes({
    folder: paths.probes,
    encoders: encoders.installed,
    threads: config.threads,
    nice: config.nice,
    log
  })
  const owner = createOwnerService(
    {
      book,
      blobs,
      analyses,
      own,
      leases: database.leases,
      guard,
      trust: trustBook,
      routing,
      rangeOf,
      exchange,
      encodeAgain: createEncodeAgain(blobs),
      probes,
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
      log: log.child({ role: 'owner' }),
      redial: createRedial(node)
    },
    { timing, workDir: paths.projects, encoders: encoders.found }
  )
  const worker = createWorkerService(
    {
      book,
      blobs,
      exchange,
      guard,
      sessions,
      signer,
      sync,
      probes,
      log: log.child({ role: 'worker' }),
      isTrusted: trust.worksFor,
      isConnected: (peer) => node.getConnections(peerIdFromString(peer)).length > 0,
      isDraining: () => control.draining,
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
      encoders: encoders.installed
    }
  )

  const uploads = await createUploads(
    { guard, log: log.child({ role: 'uploads' }), isSource },
    { folder: paths.uploads, quotaBytes: config.uploadQuota }
  )

  /** Of a project of this node that was not removed. */
  function isSource(path: string): boolean {
    return [...book.views.values()].some(
      ({ projectId, owner: of, end }) =>
        of === signer.peerId && end?.state !== 'removed' && owner.jobOf(projectId)?.source.path === path
    )
  }

  function releaseUpload(projectId: string): void {
    const path = owner.jobOf(projectId)?.source.path
    if (path == null) return
    uploads.release(path).catch((error: unknown) => log.warn({ err: error }, 'could not remove an upload'))
  }

  const carryOut = createCarryOut({ peerId: signer.peerId, book, owner })
  const commands = createCommandExchange({ node, signer, log, obeys: trust.obeys }, carryOut)

  function rangeOf(peer: string): string {
    const ranges = node.getConnections(peerIdFromString(peer)).map(({ remoteAddr }) => rangeOfAddress(remoteAddr))
    return ranges.find((range) => range !== '') ?? ''
  }

  const self = createSelf({
    peerId: signer.peerId,
    name: config.name,
    control,
    health: () => guard.state,
    addresses,
    worker,
    builds: () => offered,
    workOf: works.of
  })
  const introduce = (): void => publish('nodes', encodeNodeInfo(self.info()))

  book.onRecord((change) => {
    const { view, proof } = change
    meter.record(change)
    worker.refresh()
    if (change.own && view.end?.state === 'removed') releaseUpload(view.projectId)
    if (proof == null) return
    log.error({ projectId: view.projectId }, 'froze a project: its owner wrote two histories')
    // A peer that has one of the two must see the other.
    for (const envelope of proof) publish('log', envelope)
    if (view.owner === signer.peerId) depose(view.projectId)
  })
  // What an owner lost of a project that its log has done only shows here.
  book.onBeat(({ projectId }) => {
    const view = book.views.get(projectId)
    if (view != null && view.end == null && isFullyAccepted(view)) worker.refresh()
  })
  book.onTwin((twin) => {
    const isAlive = isAliveTwin(twin, epoch)
    log.error({ ...twin, epoch }, isAlive ? TWIN_ALIVE : TWIN_OF_BEFORE)
    depose(isAlive ? undefined : twin.projectId)
  })
  function depose(projectId?: string): void {
    owner
      .depose(projectId)
      .then(async () => (projectId == null ? leaveSwarm() : undefined))
      .catch((error: unknown) => log.error({ err: error }, 'could not stop own projects'))
  }
  /** Two nodes with one identity: each connection is to the one or the other, nobody can tell. */
  async function leaveSwarm(): Promise<void> {
    dialLoop.stop()
    await worker.stop()
    await sessions.stop()
    gossip.stop()
    await node.stop()
  }
  node.addEventListener('peer:identify', (event) => {
    worker.refresh()
    worker.nudge(event.detail.peerId.toString())
    latency.measure(event.detail.peerId)
    introduce()
  })
  const introductions = setInterval(introduce, NODE_INFO_MS)
  shutdown.add(async () => clearInterval(introductions))

  guard.onChange((state) => {
    if (state === 'disk-full') log.warn({}, 'the disk is full: this node takes no new work until there is space')
    else log.info({}, 'there is space on the disk again')
    owner.hold(state === 'disk-full')
    worker.hold(state === 'disk-full')
    introduce()
  })
  worker.hold(guard.state === 'disk-full')
  worker.pause(control.paused)
  control.onChange(() => {
    worker.setSlots(control.slots)
    worker.pause(control.paused || control.draining)
    introduce()
  })

  await exchange.start()
  shutdown.add(async () => exchange.stop())
  await sync.start()
  shutdown.add(async () => sync.stop())
  await sessions.start((session) => owner.accept(session))
  shutdown.add(async () => sessions.stop())
  // The owner before the network: who asks before it goes on waits, and is not told that there is nothing.
  await owner.start()
  shutdown.add(async () => owner.stop())
  await commands.start()
  shutdown.add(async () => commands.stop())
  await node.start()
  gossip.start()
  dialLoop.start()
  routing.start()
  shutdown.add(async () => routing.stop())
  const recovered = goOn()
  shutdown.add(async () => recovered)
  shutdown.add(async () => leaving.abort(new Error('stopping')))
  shutdown.add(async () => dialLoop.stop())
  /** Beside everything else: a node whose neighbours are slow can be asked all the same. */
  async function goOn(): Promise<void> {
    try {
      epoch = await recover(
        { node, book, sync, gossip, signer, owner, dialLoop, guard, log },
        {
          nextEpoch: async (seen) => (epoch = await nextEpoch(config.dataDir, seen)),
          expectsNeighbours: storage.isDamaged() || config.bootstrap.length > 0,
          signal: leaving.signal
        }
      )
      await owner.open(epoch)
      isOpen = true
      log.info({ epoch }, 'going on with own projects')
      ownBlobs.sweep(Date.now())
      releaseAll()
      const freed = await blobs.collect()
      if (freed.count > 0) log.info(freed, 'removed unused blobs')
      // Not before it is known which of them are sources of this node's projects.
      const stopCleaning = uploads.start()
      shutdown.add(async () => stopCleaning())
    } catch (error) {
      if (!leaving.signal.aborted) log.error({ err: error }, 'could not go on with own projects')
    }
  }
  const offer = ({ installed }: FoundEncoders): void => {
    offered = installed.map(({ build }) => build)
    if (offered.length > 0) log.info({ encoders: offered }, 'encoders found')
    else log.warn({}, `no encoder works here, so this node encodes nothing: ${INSTALL_LINE}`)
    introduce()
  }
  const found = encoders.found().then(offer)
  found.catch(() => {})
  if (control.slots > 0) await found
  await worker.start()
  encoders.onChange((now) => {
    offer(now)
    worker.encodersChanged()
  })
  shutdown.add(async () => worker.stop())

  const ports = createApiPorts(
    {
      peerId: signer.peerId,
      book,
      blobs,
      exchange,
      owner,
      analyses,
      found: encoders.found,
      outputs,
      clips: createClipCache(paths.clips),
      heard,
      idleOf: worker.idle.of,
      history,
      carryOut,
      forward: createForward({ commands, book, sync }),
      directories: createDirectories(config.media),
      encoders: createEncoders(encoders),
      logs,
      uploads,
      uploadPath: uploads.resolve,
      node: createNodePort({ self, peers, control })
    },
    { media: config.media }
  )
  const hooks = await startHooks(
    { self: signer.peerId, book, projects: ports.projects, log },
    { ...config, folder: paths.hooks }
  )
  shutdown.add(async () => hooks.stop())
  const metrics = createMetrics({ ...ports, totals: meter.totals, webhooks: hooks.counts })
  shutdown.add(async () => metrics.stop())
  const health = createHealth({ isOpen: () => isOpen, guard, control, builds: () => offered, metrics })
  const http = await startHttpServer(
    { ...ports, health },
    {
      host: config.apiHost,
      port: config.apiPort,
      names: config.apiName,
      origins: config.apiOrigin,
      auth: config.auth,
      token,
      readToken,
      cookieName: `grav1-${signer.peerId.slice(-12)}`,
      tls,
      log
    }
  )
  shutdown.add(async () => http.stop())
  shutdown.add(await publishApi(paths.apiFile, { url: http.url, addresses: addresses(), certificate: config.tlsCert }))
  log.info({ peerId: signer.peerId, addresses: addresses(), api: http.url, slots: control.slots }, 'node started')

  return {
    peerId: signer.peerId,
    addresses: addresses(),
    apiUrl: http.url,
    apiToken: token,
    status: self.status,
    stop: async ({ drain }) => {
      if (drain) await Promise.race([worker.drain(), shutdown.begun])
      await shutdown.run()
    }
  }
}
