import { publishApi } from '../disk/data-dir.ts'
import { createChronicle, watchMachine, watchNode, type Chronicle } from '../chronicle/index.ts'
import { createMetrics } from '../health/index.ts'
import { startHooks } from '../hooks/index.ts'
import { createForward } from '../http/commands.ts'
import { createDirectories } from '../http/directories.ts'
import { createEncoders } from '../http/encoders.ts'
import { createClipCache } from '../http/files/clip-cache.ts'
import { createHealth } from '../http/health.ts'
import { createNodePort } from '../http/node.ts'
import { createStandingsPort } from '../http/standings.ts'
import { createPresets } from '../http/presets.ts'
import { createApiPorts } from '../http/ports.ts'
import { createTokens, type Tokens } from '../http/tokens.ts'
import { startHttpServer, type HttpServer } from '../http/http-server.ts'
import { roomLog } from '../log/rooms.ts'
import { watchFolders } from '../watch/watch-folders.ts'
import type { ApiPorts } from '../../api/ports.ts'
import type { Config } from '../config/types.ts'
import type { JoinedSwarm } from './join-swarm.ts'
import type { OpenNode } from './open-node.ts'
import type { Shutdown } from './shutdown.ts'
import type { Roles } from './start-roles.ts'

/**
 * The last stage of a start: what the API shows of the rooms, webhooks, metrics and the HTTP server; then the command line is told where it is.
 * @returns the URL of the API. @throws Error with a sentence when the port is taken
 */
export async function serveApi(
  config: Config,
  opened: OpenNode,
  swarm: JoinedSwarm,
  roles: Roles,
  shutdown: Shutdown
): Promise<string> {
  const { log, signer, paths } = opened
  const chronicle = createChronicle({ repository: opened.database.chronicle, log })
  await chronicle.load()
  shutdown.add(async () => chronicle.stop())
  const tokens = await createTokens({ log: roomLog(log, 'http'), hide: opened.logs.hide }, paths.tokens)
  shutdown.add(tokens.stop)
  const ports = makePorts(config, opened, swarm, roles, { chronicle, tokens })
  const hooks = await startHooks(
    { self: signer.peerId, book: swarm.book, projects: ports.projects, log: roomLog(log, 'hooks') },
    { ...config, folder: paths.hooks }
  )
  shutdown.add(async () => hooks.stop())
  const metrics = createMetrics({ ...ports, totals: roles.meter.totals, webhooks: hooks.counts })
  shutdown.add(async () => metrics.stop())
  const { guard, control, encoders } = opened
  const stopWatching = watchNode({
    ...ports,
    chronicle,
    book: swarm.book,
    history: roles.history,
    guard,
    onNamed: roles.peers.onNamed,
    log: roomLog(log, 'owner')
  })
  shutdown.add(async () => stopWatching())
  const { owner, worker } = roles
  const stopMachine = watchMachine({ chronicle, absence: owner.absence, manners: opened.manners, worker })
  shutdown.add(async () => stopMachine())
  const health = createHealth({ owner: roles.owner, guard, control, encoders, metrics })
  const { url, stop } = await listen(config, opened, { ...ports, health })
  shutdown.add(stop)
  if (config.watch.length > 0) {
    const init = { folders: config.watch, file: paths.watched }
    shutdown.add(await watchFolders({ ...ports, log: roomLog(log, 'watch') }, init))
  }
  const where = { url, addresses: swarm.addresses(), certificate: config.tlsCert }
  shutdown.add(await publishApi(paths.apiFile, where))
  return url
}

function makePorts(
  config: Config,
  opened: OpenNode,
  swarm: JoinedSwarm,
  roles: Roles,
  own: { readonly chronicle: Chronicle; readonly tokens: Tokens }
): Omit<ApiPorts, 'health'> {
  const { signer, blobs, encoders, control, standings, logs, paths } = opened
  const { book, exchange, heard, sync, policy } = swarm
  const { owner, worker, analyses, outputs, history, setOutput, carryOut, commands, uploads, peers, self } = roles
  const node = createNodePort({ self, peers, control, worker, absence: owner.absence })
  return createApiPorts(
    {
      peerId: signer.peerId,
      book,
      blobs,
      exchange,
      owner,
      analyses,
      outputs,
      clips: createClipCache(paths.clips),
      heard,
      isBanned: (of) => !policy.may(of, 'connect'),
      idleOf: worker.idle.of,
      history,
      setOutput,
      carryOut,
      forward: createForward({ commands, book, sync }),
      uploadPath: uploads.resolve,
      node,
      standings: createStandingsPort({ peerId: signer.peerId, standings, node }),
      directories: createDirectories(config.media),
      encoders: createEncoders(encoders),
      presets: createPresets(encoders, config.presets),
      logs,
      ...own,
      uploads,
      invites: opened.invites.port(swarm.ways.useful)
    },
    { media: config.media }
  )
}

async function listen(config: Config, opened: OpenNode, ports: ApiPorts): Promise<HttpServer> {
  const { token, readToken, tls, log, signer } = opened
  return startHttpServer(ports, {
    host: config.apiHost,
    port: config.apiPort,
    names: config.apiName,
    origins: config.apiOrigin,
    auth: config.auth,
    token,
    readToken,
    cookieName: `grav1-${signer.peerId.slice(-12)}`,
    tls,
    log: roomLog(log, 'http')
  })
}
