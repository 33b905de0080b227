import type { ProjectsPort, ScenesPort } from '../../api/ports.ts'
import { ApiRefusal } from '../../api/refusal.ts'
import { refuse } from '../../api/security/refuse.ts'
import type { NodeStatus, PeerStatus } from '../../api/schemas/index.ts'
import { createRouter } from '../../api/v2/router.ts'
import { projectRoutes } from '../../api/v2/projects.ts'
import { sceneRoutes } from '../../api/v2/scenes.ts'
import { peerRoutes } from '../../api/v2/peers.ts'
import { standingRoutes } from '../../api/v2/standings.ts'
import { statusRoutes } from '../../api/v2/status.ts'
import type { LogBook } from '../../swarm/index.ts'
import { checkOutcome } from '../http/command-refusals.ts'
import { createCarryOut } from '../http/commands.ts'
import { createStandingsPort } from '../http/standings.ts'
import { createSnapshots } from '../http/snapshots.ts'
import { programVersion } from '../version.ts'
import type { KeptPeer } from '../peers/kept-peers.ts'
import type { Standings } from '../peers/standings.ts'
import type { FolderOwner } from './folder-owner.ts'
import type { CommandRequest } from '../../swarm/protocol/index.ts'

export interface FolderApiComponents {
  readonly peerId: string
  readonly name: string
  readonly book: Pick<LogBook, 'views' | 'beats' | 'behind'>
  readonly owner: FolderOwner
  readonly standings: Pick<Standings, 'list' | 'set' | 'forget'>
}

const NEEDS_NODE = 'No node runs here, and this needs one: start it with "grav1 node".'

const refuseNow = (): never => {
  throw new ApiRefusal('needs-node', 503, NEEDS_NODE)
}

const needsNode = async (): Promise<never> => refuseNow()

/** What nobody says of a node that is not there. */
const AWAY = {
  connected: false,
  addresses: [],
  slots: 0,
  busy: 0,
  encoders: [],
  health: 'ok',
  paused: false,
  path: 'none',
  latencyMs: null,
  fps: 0,
  scenesDone: 0,
  scenesRefused: 0,
  heardSecondsAgo: null
} satisfies Partial<PeerStatus>

/** A node that is not there: only its data folder is. */
const statusOf = ({ peerId, name }: FolderApiComponents): NodeStatus => ({
  ...AWAY,
  peerId,
  name,
  version: programVersion(),
  class: 'self',
  standing: null,
  trust: 'self',
  bootstrap: '',
  uptimeSeconds: 0,
  rssBytes: 0,
  sandbox: null,
  noSandbox: null,
  draining: false
})

/** A peer of which the folder knows no more than what the user decided. */
const peerOf = ({ peerId, name, standing }: KeptPeer): PeerStatus => ({
  ...AWAY,
  peerId,
  name,
  version: '',
  class: standing,
  standing,
  trust: standing === 'trusted' ? 'trusted' : 'stranger'
})

function projectsOf({ peerId, book, owner: folder }: FolderApiComponents): ProjectsPort {
  const owner = {
    ...folder,
    stateOf: () => undefined,
    waiting: { ...folder.waiting, onChange: () => () => {} },
    retry: needsNode
  }
  const snapshots = createSnapshots({ peerId, book, owner, heard: { atMs: () => undefined }, idleOf: () => undefined })
  const carryOut = createCarryOut({ peerId, book, owner, setOutput: needsNode })

  async function command(request: CommandRequest): Promise<void> {
    // Another owner is asked by a node.
    if (snapshots.view(request.projectId).owner !== peerId) await needsNode()
    checkOutcome(await carryOut(request), peerId)
  }

  return {
    list: snapshots.list,
    get: snapshots.get,
    requestOf: refuseNow,
    submit: needsNode,
    cancel: async (projectId) => command({ projectId, kind: 'cancel' }),
    remove: async (projectId) => command({ projectId, kind: 'remove' }),
    setPriority: async (projectId, priority) => command({ projectId, kind: 'set-priority', priority }),
    retry: needsNode,
    setOutput: needsNode
  }
}

/** What is known of scenes by the logs alone. */
const scenes: ScenesPort = {
  attempts: () => () => [],
  attemptsRevision: () => 0,
  attemptsSince: () => [],
  why: refuseNow,
  isHere: async () => false,
  file: needsNode,
  playable: needsNode,
  sourceClip: needsNode,
  picture: needsNode
}

/** The part of `/api/v2` that a data folder can answer without a node, as a function of requests. Everything else is refused with `needs-node`. */
export function createFolderApi(components: FolderApiComponents): (request: Request) => Promise<Response> {
  const { peerId, standings } = components
  const node = {
    status: () => statusOf(components),
    peers: () => standings.list().map(peerOf),
    change: needsNode,
    drain: refuseNow,
    sleep: refuseNow,
    wake: refuseNow,
    giveBack: refuseNow
  }
  const projects = projectsOf(components)
  const app = createRouter()
    .basePath('/api/v2')
    .route('/', statusRoutes({ projects, node }))
    .route('/', peerRoutes({ node }))
    .route('/', standingRoutes({ standings: createStandingsPort({ peerId, standings, node }) }))
    .route('/', projectRoutes({ projects }))
    .route('/', sceneRoutes({ projects, scenes }))
  app.notFound((c) => refuse(c, 503, 'needs-node', NEEDS_NODE))
  return async (request) => app.request(request)
}
