import type {
  ChronicleEvent,
  LiveEvent,
  LogLine,
  NodeStatus,
  PeerStatus,
  ProjectStatus,
  SceneChange
} from '../../../api/schemas/index.ts'

/** Speeds that are remembered of a project, one a second. */
const SPEEDS_MAX = 120
const LOG_LINES_MAX = 500

/** When this client first saw a scene run, and how far it was then. */
export interface SeenSlot {
  readonly sinceMs: number
  readonly share: number
}

/** All that is known of a node, from its live events. */
export interface TopState {
  readonly connection:
    | { readonly status: 'connecting' }
    | { readonly status: 'live' }
    | { readonly status: 'lost'; readonly sinceMs: number }
  readonly node: NodeStatus | undefined
  readonly peers: ReadonlyMap<string, PeerStatus>
  /** In the order of the node: by priority, then age. */
  readonly projects: ReadonlyMap<string, ProjectStatus>
  readonly films: ReadonlyMap<string, readonly (SceneChange | undefined)[]>
  readonly log: readonly LogLine[]
  /** What happened while this client did not listen. */
  readonly past: readonly ChronicleEvent[]
  readonly speeds: ReadonlyMap<string, readonly number[]>
  readonly slots: ReadonlyMap<string, SeenSlot>
}

export const NOTHING_YET: TopState = {
  connection: { status: 'connecting' },
  node: undefined,
  peers: new Map(),
  projects: new Map(),
  films: new Map(),
  log: [],
  past: [],
  speeds: new Map(),
  slots: new Map()
}

export const slotKey = (projectId: string, scene: number, worker: string): string => `${projectId}/${scene}/${worker}`

/** Scenes that run and were not seen before begin now; those that are over are forgotten. */
function seenSlots(state: TopState, nowMs: number): ReadonlyMap<string, SeenSlot> {
  const seen = new Map<string, SeenSlot>()
  for (const { projectId, running } of state.projects.values())
    for (const { scene, worker, share } of running) {
      const key = slotKey(projectId, scene, worker)
      const before = state.slots.get(key)
      // The same scene once more is another attempt.
      seen.set(key, before === undefined || share < before.share ? { sinceMs: nowMs, share } : before)
    }
  return seen
}

function withScenes(state: TopState, projectId: string, changes: readonly SceneChange[]): TopState {
  const scenes = [...(state.films.get(projectId) ?? [])]
  for (const change of changes) scenes[change.scene] = change
  return { ...state, films: new Map(state.films).set(projectId, scenes) }
}

function without<Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  const rest = new Map(map)
  rest.delete(key)
  return rest
}

function withProject(state: TopState, project: ProjectStatus, nowMs: number): TopState {
  const next = { ...state, projects: new Map(state.projects).set(project.projectId, project) }
  return { ...next, slots: seenSlots(next, nowMs) }
}

/** State after an event of the node. */
export function stateAfter(state: TopState, { event, data }: LiveEvent, nowMs: number): TopState {
  switch (event) {
    case 'hello':
      // All there is comes once more: what went away meanwhile is not among it.
      return {
        ...NOTHING_YET,
        log: state.log,
        past: state.past,
        speeds: state.speeds,
        slots: state.slots,
        node: state.node
      }
    case 'ready':
      return { ...state, connection: { status: 'live' }, slots: seenSlots(state, nowMs) }
    case 'node':
      return { ...state, node: data }
    case 'peer':
      return { ...state, peers: new Map(state.peers).set(data.peerId, data) }
    case 'peer-gone':
      return { ...state, peers: without(state.peers, data.peerId) }
    case 'project':
      return withProject(state, data, nowMs)
    case 'project-gone':
      return {
        ...state,
        projects: without(state.projects, data.projectId),
        films: without(state.films, data.projectId)
      }
    case 'scenes':
      return withScenes(state, data.projectId, data.scenes)
    case 'log':
      return { ...state, log: [...state.log.slice(1 - LOG_LINES_MAX), data] }
    default:
      return event satisfies never
  }
}

/** State with what the node's chronicle has of the time that no line of the log tells of. */
export function withPast(state: TopState, events: readonly ChronicleEvent[]): TopState {
  const heardMs = Math.max(state.log.at(-1)?.atMs ?? 0, state.past.at(-1)?.atMs ?? 0)
  const missed = events.filter(({ atMs }) => atMs > heardMs)
  return { ...state, past: [...state.past, ...missed].slice(-LOG_LINES_MAX) }
}

/** State after the connection was lost; what was known stays, and is shown as old. */
export const stateLost = (state: TopState, nowMs: number): TopState =>
  state.connection.status === 'lost' ? state : { ...state, connection: { status: 'lost', sinceMs: nowMs } }

/** State after a second: one more speed of each project that goes on. */
export function stateTick(state: TopState): TopState {
  if (state.connection.status !== 'live') return state
  const speeds = new Map<string, readonly number[]>()
  for (const { projectId, fps, endedAtMs } of state.projects.values())
    if (endedAtMs === null) speeds.set(projectId, [...(state.speeds.get(projectId) ?? []).slice(1 - SPEEDS_MAX), fps])
  return { ...state, speeds }
}
