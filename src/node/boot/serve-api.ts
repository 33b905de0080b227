import { publishApi } from '../disk/data-dir.ts'
import { createMetrics } from '../health/index.ts'
import { startHooks } from '../hooks/index.ts'
import { createApiModules } from '../http/api-modules.ts'
import { createForward } from '../http/commands.ts'
import { createDirectories } from '../http/directories.ts'
import { createEncoderList } from '../http/encoder-list.ts'
import { createClipCache } from '../http/files/clip-cache.ts'
import { startHttpServer, type HttpServer } from '../http/http-server.ts'
import type { Missing } from '../../api/health-section.ts'
import type { ApiModules } from '../../api/modules.ts'
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
  const sections = makeSections(config, opened, swarm, roles)
  const hooks = await startHooks(
    { self: signer.peerId, book: swarm.book, projects: sections.projects, log },
    { ...config, folder: paths.hooks }
  )
  shutdown.add(async () => hooks.stop())
  const metrics = createMetrics({ ...sections, totals: roles.meter.totals, webhooks: hooks.counts })
  shutdown.add(async () => metrics.stop())
  const health = { missing: () => missing(opened, roles), metrics: metrics.text }
  const { url, stop } = await listen(config, opened, { ...sections, health })
  shutdown.add(stop)
  const where = { url, addresses: swarm.addresses(), certificate: config.tlsCert }
  shutdown.add(await publishApi(paths.apiFile, where))
  return url
}

function makeSections(config: Config, opened: OpenNode, swarm: JoinedSwarm, roles: Roles): Omit<ApiModules, 'health'> {
  const { signer, blobs, encoders, control, logs, paths } = opened
  const { book, exchange, heard, sync } = swarm
  const { owner, worker, analyses, outputs, history, carryOut, commands, uploads, peers, self } = roles
  return createApiModules({
    peerId: signer.peerId,
    media: config.media,
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
    control,
    files: createDirectories(config.media),
    encoders: createEncoderList(encoders),
    logs,
    uploads,
    uploadPath: uploads.resolve,
    node: { peers: peers.list, status: self.nodeStatus }
  })
}

/** What keeps this node from being of use now. */
function missing({ guard, control, encoders }: OpenNode, { owner }: Roles): Missing[] {
  return [
    ...(owner.isOpen ? [] : (['recovering'] as const)),
    ...(guard.state === 'disk-full' ? (['disk-full'] as const) : []),
    ...(control.slots > 0 && encoders.builds().length === 0 ? (['no-encoders'] as const) : [])
  ]
}

async function listen(config: Config, opened: OpenNode, modules: ApiModules): Promise<HttpServer> {
  const { token, readToken, tls, log, signer } = opened
  return startHttpServer(modules, {
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
  })
}
