import { peerIdFromString } from '@libp2p/peer-id'
import { findEncoders } from '../encode/run/index.ts'
import { createBlobStore, nextEpoch, openDatabase } from '../storage/index.ts'
import {
  createBlobExchange,
  createCommandExchange,
  createDialLoop,
  createGossip,
  createLogBook,
  createSessions,
  createSigner,
  createSwarmNode,
  createSync,
  openEnvelope
} from '../swarm/index.ts'
import {
  decodeClaim,
  decodeGrant,
  decodeNodeInfo,
  DEFAULT_TIMING,
  encodeNodeInfo,
  LIMITS,
  ProtocolError,
  timingForTtl
} from '../swarm/protocol/index.ts'
import { createBlobUse } from './blob-use.ts'
import { createApiModules } from './api-modules.ts'
import { createCarryOut, createForward } from './commands.ts'
import { loadApiToken, openDataDir, publishApi } from './data-dir.ts'
import { startHttpServer } from './http-server.ts'
import { loadIdentity } from './identity.ts'
import { createOwnerService } from './owner/owner-service.ts'
import { createPeerTable } from './peers.ts'
import { createLogger } from './logger.ts'
import { createShutdown } from './shutdown.ts'
import { autoSlots } from './slots.ts'
import { loadSwarmKey } from './swarm-key.ts'
import { createTrust } from './trust.ts'
import { programVersion } from './cli/version.ts'
import { createWorkerService } from './worker/worker-service.ts'
import type { InstalledEncoder } from '../encode/run/index.ts'
import type { GossipHandler } from '../swarm/index.ts'
import type { PeerStatus } from '../api/types.ts'
import type { Config, CreateDaemon, Daemon } from './types.ts'

const NODE_INFO_MS = 10_000
const REDIAL_MS = 15_000

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
  const started = Date.now()
  const log = await createLogger(config.logLevel)
  const swarmKey =
    config.swarmKey == null ? undefined : await loadSwarmKey(config.swarmKey, (message) => log.warn({}, message))
  const slots = config.workers === 'auto' ? autoSlots() : config.workers
  const timing = config.leaseTtlMs == null ? DEFAULT_TIMING : timingForTtl(config.leaseTtlMs)
  const aborted = new AbortController()
  shutdown.add(async () => aborted.abort(new Error('stopping')))
  // Begun at once: the canary encodes run beside everything else that starts.
  const installed = findEncoders({ signal: aborted.signal })
  installed.catch(() => {})
  const encoders = async (): Promise<readonly InstalledEncoder[]> => installed

  const paths = await openDataDir(config.dataDir)
  const database = await openDatabase(paths.database)
  shutdown.add(async () => database.close())
  const privateKey = await loadIdentity(config.dataDir)
  const signer = createSigner(privateKey)
  const token = await loadApiToken(paths.tokenFile)
  const blobs = await createBlobStore(paths.blobs, { chunkBytes: LIMITS.chunkBytes })

  const book = createLogBook({ store: database.log, signer })
  const dropped = await book.load()
  if (dropped > 0)
    log.warn({ records: dropped }, 'records that no longer verify were left out; neighbours are asked for them')
  const ownEpochs = [...book.views.values()]
    .filter((view) => view.owner === signer.peerId)
    .map((view) => view.head.epoch)
  const epoch = await nextEpoch(config.dataDir, Math.max(0, ...ownEpochs))

  const node = await createSwarmNode({
    privateKey,
    listen: config.listen,
    mdns: config.mdns,
    datastore: database.datastore,
    swarmKey
  })
  shutdown.add(async () => node.stop())
  const dialLoop = createDialLoop({ node, log }, { bootstrap: config.bootstrap })
  const peers = createPeerTable(node)
  const trust = createTrust(node, config)
  const sync = createSync({ node, book, log })
  const sessions = createSessions({ node, log })
  const isOwnBlob = createBlobUse({ book, peerId: signer.peerId })
  const exchange = createBlobExchange({ node, shelf: blobs, log })

  let offered: readonly string[] = []

  const status = (): PeerStatus => ({
    peerId: signer.peerId,
    name: config.name,
    version: programVersion(),
    connected: true,
    addresses: addresses(),
    slots,
    busy: worker.busy(),
    encoders: offered
  })
  const addresses = (): string[] => node.getMultiaddrs().map((address) => address.toString())

  const onLog: GossipHandler = async ({ data, via }) => {
    try {
      await book.ingest(data)
    } catch (error) {
      if (error instanceof ProtocolError && error.code === 'gap') sync.pull(via)
      throw error
    }
  }
  const gossip = createGossip(
    { node, log },
    {
      log: onLog,
      beats: async ({ data, via }) => {
        try {
          await book.ingestBeat(data)
        } catch (error) {
          if (error instanceof ProtocolError && error.code === 'unknown-project') sync.pull(via)
          throw error
        }
      },
      leases: async ({ data }) => checkLease(data, (projectId) => book.views.get(projectId)?.owner),
      nodes: async ({ data, author }) => peers.set(author, decodeNodeInfo(data))
    }
  )
  shutdown.add(async () => gossip.stop())

  const owner = createOwnerService(
    {
      book,
      blobs,
      owned: database.owned,
      exchange,
      isOwnBlob,
      gossip,
      signer,
      log: log.child({ role: 'owner' }),
      redial: async (peer) => redial(peer)
    },
    { epoch, timing, workDir: paths.projects, encoders }
  )
  const worker = createWorkerService(
    {
      book,
      blobs,
      exchange,
      isOwnBlob,
      sessions,
      signer,
      sync,
      log: log.child({ role: 'worker' }),
      isTrusted: trust.worksFor,
      reach: (peer) => dialLoop.want(peer)
    },
    { slots, queue: config.queue, threads: config.threads, nice: config.nice, timing, workDir: paths.work, encoders }
  )

  const carryOut = createCarryOut({ peerId: signer.peerId, book, owner })
  const commands = createCommandExchange({ node, signer, log, obeys: trust.obeys }, carryOut)

  async function redial(peer: string): Promise<{ reached: boolean; refused: boolean }> {
    if (peer === signer.peerId) return { reached: true, refused: false }
    try {
      await node.dial(peerIdFromString(peer), { signal: AbortSignal.timeout(REDIAL_MS) })
      return { reached: true, refused: false }
    } catch (error) {
      return { reached: false, refused: isRefused(error) }
    }
  }

  async function sayWhoIAm(): Promise<void> {
    await gossip.publish(
      'nodes',
      encodeNodeInfo({
        name: config.name,
        version: programVersion(),
        slots,
        busy: worker.busy(),
        encoders: [...offered],
        health: 'ok'
      })
    )
  }
  const introduce = (): void => {
    sayWhoIAm().catch((error: unknown) => log.debug({ err: error }, 'node info not sent'))
  }

  book.onRecord(() => worker.refresh())
  node.addEventListener('peer:identify', (event) => {
    worker.refresh()
    worker.nudge(event.detail.peerId.toString())
    introduce()
  })
  const introductions = setInterval(introduce, NODE_INFO_MS)
  shutdown.add(async () => clearInterval(introductions))

  await exchange.start()
  shutdown.add(async () => exchange.stop())
  await sync.start()
  shutdown.add(async () => sync.stop())
  await sessions.start((session) => owner.accept(session))
  shutdown.add(async () => sessions.stop())
  // The owner before the network: it knows again who holds what before anybody can ask.
  await owner.start()
  shutdown.add(async () => owner.stop())
  await commands.start()
  shutdown.add(async () => commands.stop())
  await node.start()
  gossip.start()
  dialLoop.start()
  shutdown.add(async () => dialLoop.stop())
  if (slots > 0) offered = (await encoders()).map((encoder) => encoder.build)
  await worker.start()
  shutdown.add(async () => worker.stop())

  const modules = createApiModules({
    peerId: signer.peerId,
    media: config.media,
    book,
    blobs,
    exchange,
    owner,
    carryOut,
    forward: createForward({ commands, book, sync }),
    node: {
      peers: () => peers.list(),
      status: () => ({
        ...status(),
        bootstrap: addresses().at(-1) ?? '',
        uptimeSeconds: Math.round((Date.now() - started) / 1000),
        rssBytes: process.memoryUsage.rss()
      })
    }
  })
  const http = await startHttpServer(modules, { host: config.apiHost, port: config.apiPort, token, log })
  shutdown.add(async () => http.stop())
  shutdown.add(await publishApi(paths.apiFile, { url: http.url, addresses: addresses() }))
  log.info({ peerId: signer.peerId, addresses: addresses(), api: http.url, slots, epoch }, 'node started')

  return {
    peerId: signer.peerId,
    addresses: addresses(),
    apiUrl: http.url,
    apiToken: token,
    status,
    stop: async ({ drain }) => {
      if (drain) await Promise.race([worker.drain(), shutdown.begun])
      await shutdown.run()
    }
  }
}

/** [RULE 38] A grant that is gossiped is signed by the project's owner and holds a claim that its worker signed. */
async function checkLease(envelope: Uint8Array, ownerOf: (projectId: string) => string | undefined): Promise<void> {
  const grant = await openEnvelope('grant', envelope)
  const claim = await openEnvelope('claim', decodeGrant(grant.payload).claim)
  const { projectId, owner } = decodeClaim(claim.payload)
  const known = ownerOf(projectId)
  if (known == null) throw new ProtocolError('unknown-project', 'a lease of a project that is not known here')
  if (grant.signer !== known || owner !== known)
    throw new ProtocolError('wrong-signer', 'a lease granted by another than the owner')
}

function isRefused(error: unknown): boolean {
  const errors = error instanceof AggregateError ? (error.errors as unknown[]) : [error]
  return (
    errors.length > 0 &&
    errors.every(
      (one) =>
        one instanceof Error && (one.message.includes('ECONNREFUSED') || (one.cause != null && isRefused(one.cause)))
    )
  )
}
