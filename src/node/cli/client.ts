import { hc } from 'hono/client'
import { z } from 'zod'
import { ApiError } from './errors.ts'
import type { LogQuery, NodeChange } from '../../api/ports.ts'
import type {
  Chronicle,
  DryRun,
  EncoderInfo,
  InviteInfo,
  InviteRequest,
  MadeInvite,
  MadeToken,
  NodeStatus,
  OutputRequest,
  PeerStatus,
  Preset,
  ProjectState,
  ProjectStatus,
  SceneState,
  SceneStatus,
  SceneWhy,
  SubmitRequest,
  SwarmStatus,
  TokenInfo,
  TokenRequest
} from '../../api/schemas/index.ts'
import {
  chronicle as chronicleSchema,
  dryRun,
  encoderInfo,
  inviteInfo,
  logLine,
  madeInvite,
  madeToken,
  nodeStatus,
  page,
  peerStatus,
  preset,
  projectStatus,
  sceneStatus,
  sceneWhy,
  submitted,
  swarmStatus,
  tokenInfo
} from '../../api/schemas/index.ts'
import type { V2 } from '../../api/v2/index.ts'
import { type CallOptions, createAsker, type Send } from './http-ask.ts'
import { type EventsQuery, liveStream } from './live-stream.ts'
import type { StreamPart } from './read-events.ts'

/** A node may still be trying its encoders; it gives each of them 90 s. */
const PROBE_FACTOR = 10

/** Options of a {@link NodeClient}. */
export interface NodeClientInit {
  /** e.g. `http://127.0.0.1:7899` */
  readonly url: string
  readonly token?: string | undefined
  /** How long a read may take. Default 10 s; submissions, which probe the source, get six times that, commands, which may go to another node, twice. */
  readonly timeoutMs?: number | undefined
  /** What carries the requests. Default: the network. */
  readonly fetch?: typeof fetch | undefined
}

/** Which part of a list is wanted. */
export interface PageQuery<State extends string> {
  readonly state?: State | undefined
  /** Default 0. */
  readonly offset?: number | undefined
  /** 1 to 1000, default 100. */
  readonly limit?: number | undefined
}

/** Which events of the chronicle are wanted. */
export interface ChronicleQuery {
  /** Number of an event: only later ones. */
  readonly afterEvent?: number | undefined
  /** At most so many, the newest. */
  readonly events: number
}

/** Which bytes of a finished file are wanted: those from a byte on, of the file with this hash. Default: all. */
export interface CompletedPart {
  readonly part?: { readonly from: number; readonly sha256: string } | undefined
}

/**
 * A node's `/api/v2`. Every call throws `ApiError` when the node refuses, and `CliError` with `no-node` when it can't be
 * reached or with `bad-answer` when what answers is no grav1 node.
 */
export interface NodeClient {
  readonly url: string
  readonly status: (options?: CallOptions) => Promise<SwarmStatus>
  readonly project: (projectId: string, options?: CallOptions) => Promise<ProjectStatus>
  readonly submit: (request: SubmitRequest, options?: CallOptions) => Promise<Readonly<z.infer<typeof submitted>>>
  /** What a submission would become, its scenes too; the source may be analysed for this many seconds. */
  readonly dryRun: (request: SubmitRequest, options: CallOptions & { readonly seconds: number }) => Promise<DryRun>
  /** Projects by priority, then age. */
  readonly projects: (query?: PageQuery<ProjectState>, options?: CallOptions) => Promise<Page<ProjectStatus>>
  readonly cancel: (projectId: string, options?: CallOptions) => Promise<void>
  /** Cancels it and removes it from every list. */
  readonly remove: (projectId: string, options?: CallOptions) => Promise<void>
  readonly setPriority: (projectId: string, priority: number, options?: CallOptions) => Promise<ProjectStatus>
  readonly scenes: (
    projectId: string,
    query?: PageQuery<SceneState>,
    options?: CallOptions
  ) => Promise<Page<SceneStatus>>
  /** @param scene from 0 */
  readonly why: (projectId: string, scene: number, options?: CallOptions) => Promise<SceneWhy>
  readonly peers: (options?: CallOptions) => Promise<readonly PeerStatus[]>
  /** Trusts or bans a peer, by its peer id; without a standing what was decided is forgotten. */
  readonly decide: (peerId: string, standing: PeerStatus['standing'], options?: CallOptions) => Promise<void>
  readonly logs: (query: LogQuery, options?: CallOptions) => Promise<Logs>
  /** What happened at the node, the newest events without samples. */
  readonly chronicle: (query: ChronicleQuery, options?: CallOptions) => Promise<Chronicle>
  /** Tokens that were made while the node ran. */
  readonly tokens: (options?: CallOptions) => Promise<readonly TokenInfo[]>
  readonly makeToken: (request: TokenRequest, options?: CallOptions) => Promise<MadeToken>
  readonly revokeToken: (id: string, options?: CallOptions) => Promise<void>
  readonly invites: (options?: CallOptions) => Promise<readonly InviteInfo[]>
  readonly invite: (request: InviteRequest, options?: CallOptions) => Promise<MadeInvite>
  readonly revokeInvite: (id: string, options?: CallOptions) => Promise<void>
  /** Lets a machine in that wants to join, or refuses it. */
  readonly answerJoin: (id: string, isAccepted: boolean, options?: CallOptions) => Promise<void>
  /** The finished file, or what follows of it; what is not read goes with the signal. */
  readonly completed: (projectId: string, options?: CallOptions & CompletedPart) => Promise<Response>
  /** What the node calls the finished file: the header `Content-Disposition`. */
  readonly completedName: (projectId: string, options?: CallOptions) => Promise<string>
  /** The manifest beside the finished file; undefined where the node has none, or is not its owner. */
  readonly manifest: (projectId: string, options?: CallOptions) => Promise<string | undefined>
  /** What became of a film, as an HTML page. The node may have to make pictures for it. */
  readonly report: (projectId: string, options?: CallOptions) => Promise<string>
  /** Tries again what the project waits for. */
  readonly retry: (projectId: string, options?: CallOptions) => Promise<ProjectStatus>
  readonly setOutput: (projectId: string, request: OutputRequest, options?: CallOptions) => Promise<ProjectStatus>
  readonly changeNode: (change: NodeChange, options?: CallOptions) => Promise<NodeStatus>
  /** What a submission can name instead of parameters. */
  readonly presets: (options?: CallOptions) => Promise<readonly Preset[]>
  /** What it can encode with. */
  readonly encoders: (options?: CallOptions) => Promise<readonly EncoderInfo[]>
  /** The same after it has looked at its programs again. */
  readonly lookForEncoders: (options?: CallOptions) => Promise<readonly EncoderInfo[]>
  readonly drainNode: (options?: CallOptions) => Promise<NodeStatus>
  readonly node: (options?: CallOptions) => Promise<NodeStatus>
  /** Its machine is going to sleep. */
  readonly sleepNode: (forSeconds: number, options?: CallOptions) => Promise<NodeStatus>
  /** It stays awake. */
  readonly wakeNode: (options?: CallOptions) => Promise<NodeStatus>
  /** Stops the encode of a scene at the node and hands the scene back. @param scene from 0 */
  readonly stopScene: (projectId: string, scene: number, options?: CallOptions) => Promise<void>
  /** What changes at the node, as it changes. It ends where the connection ends. */
  readonly events: (query: EventsQuery, options?: CallOptions) => AsyncGenerator<StreamPart, void, void>
}

/** A query string has text only. */
const asText = (query: object) =>
  Object.fromEntries(Object.entries(query).flatMap(([name, value]) => (value == null ? [] : [[name, String(value)]])))

const projectPage = page(projectStatus)
const scenePage = page(sceneStatus)
const logPage = z.object({ items: z.array(logLine), next: z.int().nonnegative() })

type Logs = Readonly<z.infer<typeof logPage>>

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[]
  /** How many there are in all. */
  readonly total: number
  readonly offset: number
}

/** The typed client puts parameters into the path as they are. */
const of = (id: string) => ({ param: { id: encodeURIComponent(id) } })

/** A client for one node's API. */
export function createClient({ url, token, timeoutMs = 10_000, fetch: send = fetch }: NodeClientInit): NodeClient {
  const headers: Record<string, string> = {
    accept: 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` })
  }
  const typed = hc<V2>(url, { headers, fetch: send }).api.v2
  const { chronicle, 'dry-run': dry, encoders, events, logs, node, peers, presets, projects, status, tokens } = typed
  const { invites, 'join-requests': requests } = typed

  const { ask, parse, open } = createAsker(url)
  return {
    url,
    status: async (options) => parse(swarmStatus, await ask((init) => status.$get({}, init), timeoutMs, options)),
    project: async (id, options) => {
      const send: Send = (init) => projects[':id'].$get(of(id), init)
      return parse(projectStatus, await ask(send, timeoutMs, options))
    },
    submit: async (json, options) => {
      const send: Send = (init) => projects.$post({ json }, init)
      return parse(submitted, await ask(send, timeoutMs * 6, options))
    },
    dryRun: async (json, { seconds, ...options }) => {
      const query = { scenes: '1', seconds: String(seconds) } as const
      // Probing and trial encodes come on top.
      const limitMs = timeoutMs * 6 + seconds * 1000
      return parse(dryRun, await ask((init) => dry.$post({ json, query }, init), limitMs, options))
    },
    cancel: async (id, options) => {
      await ask((init) => projects[':id'].cancel.$post(of(id), init), timeoutMs * 2, options)
    },
    projects: async (query = {}, options) =>
      parse(projectPage, await ask((init) => projects.$get({ query: asText(query) }, init), timeoutMs, options)),
    remove: async (id, options) => {
      await ask((init) => projects[':id'].$delete(of(id), init), timeoutMs * 2, options)
    },
    setPriority: async (id, priority, options) => {
      const change: Send = (init) => projects[':id'].$patch({ ...of(id), json: { priority } }, init)
      return parse(projectStatus, await ask(change, timeoutMs * 2, options))
    },
    scenes: async (id, query = {}, options) => {
      const get: Send = (init) => projects[':id'].scenes.$get({ ...of(id), query: asText(query) }, init)
      return parse(scenePage, await ask(get, timeoutMs, options))
    },
    why: async (id, scene, options) => {
      const param = { ...of(id).param, n: String(scene) }
      const get: Send = (init) => projects[':id'].scenes[':n'].why.$get({ param }, init)
      return parse(sceneWhy, await ask(get, timeoutMs, options))
    },
    peers: async (options) => parse(peerStatus.array(), await ask((init) => peers.$get({}, init), timeoutMs, options)),
    decide: async (id, standing, options) => {
      const { standing: route } = peers[':id']
      const send: Send =
        standing === null
          ? (init) => route.$delete(of(id), init)
          : (init) => route.$put({ ...of(id), json: { standing } }, init)
      await ask(send, timeoutMs, options)
    },
    logs: async (query, options) =>
      parse(logPage, await ask((init) => logs.$get({ query: asText(query) }, init), timeoutMs, options)),
    chronicle: async (query, options) => {
      const get: Send = (init) => chronicle.$get({ query: { ...asText(query), samples: '0' } }, init)
      return parse(chronicleSchema, await ask(get, timeoutMs, options))
    },
    tokens: async (options) => parse(tokenInfo.array(), await ask((init) => tokens.$get({}, init), timeoutMs, options)),
    makeToken: async (json, options) =>
      parse(madeToken, await ask((init) => tokens.$post({ json }, init), timeoutMs, options)),
    revokeToken: async (id, options) => {
      await ask((init) => tokens[':id'].$delete(of(id), init), timeoutMs, options)
    },
    invites: async (options) =>
      parse(inviteInfo.array(), await ask((init) => invites.$get({}, init), timeoutMs, options)),
    invite: async (json, options) =>
      parse(madeInvite, await ask((init) => invites.$post({ json }, init), timeoutMs, options)),
    revokeInvite: async (id, options) => {
      await ask((init) => invites[':id'].$delete(of(id), init), timeoutMs, options)
    },
    answerJoin: async (id, isAccepted, options) => {
      const json = { answer: isAccepted ? 'accept' : 'refuse' } as const
      await ask((init) => requests[':id'].$put({ ...of(id), json }, init), timeoutMs, options)
    },
    completed: async (id, { signal, part } = {}) => {
      const range = part && { range: `bytes=${part.from}-`, 'if-range': `"${part.sha256}"` }
      const init = { headers: { ...headers, ...range }, redirect: 'error', ...(signal && { signal }) } as const
      return open(async () => send(`${url}/completed/${encodeURIComponent(id)}`, init))
    },
    completedName: async (id, { signal } = {}) => {
      const init = { method: 'HEAD', headers, redirect: 'error', ...(signal && { signal }) } as const
      const response = await open(async () => send(`${url}/completed/${encodeURIComponent(id)}`, init))
      return response.headers.get('content-disposition') ?? ''
    },
    manifest: async (id, { signal } = {}) => {
      const init = { headers, redirect: 'error', ...(signal && { signal }) } as const
      try {
        return await (await open(async () => send(`${url}/completed/${encodeURIComponent(id)}/manifest`, init))).text()
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return undefined
        throw error
      }
    },
    report: async (id, { signal } = {}) => {
      const init = { headers, redirect: 'error', ...(signal && { signal }) } as const
      return (await open(async () => send(`${url}/report/${encodeURIComponent(id)}`, init))).text()
    },
    retry: async (id, options) =>
      parse(projectStatus, await ask((init) => projects[':id'].retry.$post(of(id), init), timeoutMs, options)),
    setOutput: async (id, json, options) =>
      parse(
        projectStatus,
        await ask((init) => projects[':id'].output.$post({ ...of(id), json }, init), timeoutMs * 6, options)
      ),
    changeNode: async (json, options) =>
      parse(nodeStatus, await ask((init) => node.$patch({ json }, init), timeoutMs, options)),
    presets: async (options) =>
      parse(preset.array(), await ask((init) => presets.$get({}, init), timeoutMs * PROBE_FACTOR, options)),
    encoders: async (options) =>
      parse(encoderInfo.array(), await ask((init) => encoders.$get({}, init), timeoutMs * PROBE_FACTOR, options)),
    lookForEncoders: async (options) =>
      parse(encoderInfo.array(), await ask((init) => encoders.look.$post({}, init), timeoutMs * PROBE_FACTOR, options)),
    stopScene: async (id, scene, options) => {
      const param = { ...of(id).param, n: String(scene) }
      await ask((init) => node.scenes[':id'][':n'].$delete({ param }, init), timeoutMs, options)
    },
    events: (query, options) =>
      liveStream(
        { open },
        async (wanted, init) => events.$get({ query: wanted, header: {} }, { init }),
        query,
        options
      ),
    node: async (options) => parse(nodeStatus, await ask((init) => node.$get({}, init), timeoutMs, options)),
    sleepNode: async (forSeconds, options) =>
      parse(nodeStatus, await ask((init) => node.sleep.$post({ json: { forSeconds } }, init), timeoutMs, options)),
    wakeNode: async (options) =>
      parse(nodeStatus, await ask((init) => node.sleep.$delete({}, init), timeoutMs, options)),
    drainNode: async (options) => parse(nodeStatus, await ask((init) => node.drain.$post({}, init), timeoutMs, options))
  }
}
