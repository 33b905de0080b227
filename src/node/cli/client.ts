import { hc } from 'hono/client'
import type { z } from 'zod'
import type { NodeChange } from '../../api/ports.ts'
import type {
  DryRun,
  EncoderInfo,
  LogLine,
  NodeStatus,
  SceneWhy,
  OutputRequest,
  Preset,
  ProjectStatus,
  SubmitRequest,
  SwarmStatus
} from '../../api/schemas/index.ts'
import {
  dryRun,
  encoderInfo,
  nodeStatus,
  preset,
  problem,
  projectStatus,
  sceneWhy,
  submitted,
  swarmStatus
} from '../../api/schemas/index.ts'
import type { V2 } from '../../api/v2/index.ts'
import { ApiError, CliError } from './errors.ts'
import { readEvents, type StreamPart } from './read-events.ts'

/** Which live events are wanted besides those of the node, its peers and its projects. */
export interface EventsQuery {
  /** Projects whose scenes are wanted; at most eight. */
  readonly films?: readonly string[] | undefined
  /** Lines of the log from this level on. Default: none. */
  readonly logs?: LogLine['level'] | undefined
}

/** A node says something at least every 15 s. */
const EVENTS_SILENT_MS = 20_000

/** A node may still be trying its encoders; it gives each of them 90 s. */
const PROBE_FACTOR = 10

/** Options of a {@link NodeClient}. */
export interface NodeClientInit {
  /** e.g. `http://127.0.0.1:7899` */
  readonly url: string
  readonly token?: string | undefined
  /** How long a read may take. Default 10 s; submissions, which probe the source, get six times that, commands, which may go to another node, twice. */
  readonly timeoutMs?: number | undefined
}

/** Lets a caller end the wait. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/**
 * A node's `/api/v2`. Every call throws {@link ApiError} when the node refuses, and {@link CliError} with `no-node` when it can't be
 * reached or with `bad-answer` when what answers is no grav1 node.
 */
export interface NodeClient {
  readonly url: string
  readonly status: (options?: CallOptions) => Promise<SwarmStatus>
  readonly project: (projectId: string, options?: CallOptions) => Promise<ProjectStatus>
  readonly submit: (request: SubmitRequest, options?: CallOptions) => Promise<Readonly<z.infer<typeof submitted>>>
  /** What a submission would become, its scenes too; the source may be analysed for this many seconds. */
  readonly dryRun: (request: SubmitRequest, options: CallOptions & { readonly seconds: number }) => Promise<DryRun>
  readonly cancel: (projectId: string, options?: CallOptions) => Promise<void>
  /** Cancels it and removes it from every list. */
  readonly remove: (projectId: string, options?: CallOptions) => Promise<void>
  readonly setPriority: (projectId: string, priority: number, options?: CallOptions) => Promise<ProjectStatus>
  /** @param scene from 0 */
  readonly why: (projectId: string, scene: number, options?: CallOptions) => Promise<SceneWhy>
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
  /** Stops the encode of a scene at the node and hands the scene back. @param scene from 0 */
  readonly stopScene: (projectId: string, scene: number, options?: CallOptions) => Promise<void>
  /** What changes at the node, as it changes. It ends where the connection ends, or is silent for too long. */
  readonly events: (query: EventsQuery, options?: CallOptions) => AsyncGenerator<StreamPart, void, void>
}

/** The part of a refusal that is shown. */
const shownOfProblem = problem.pick({ detail: true, code: true, field: true })

function refusal(status: number, text: string): ApiError {
  const parsed = shownOfProblem.safeParse(parseJson(text))
  if (parsed.success && status !== 401) return new ApiError({ ...parsed.data, status })
  const hint = status === 401 || status === 403 ? '; give the token with --token or GRAV1_TOKEN' : ''
  return new ApiError({
    code: parsed.data?.code ?? `http-${status}`,
    detail: `The node answered ${status}${hint}.`,
    status
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The typed client puts parameters into the path as they are. */
const of = (id: string) => ({ param: { id: encodeURIComponent(id) } })

type Send = (init: { readonly init: RequestInit }) => Promise<Pick<Response, 'status' | 'text'>>

/** A client for one node's API. */
export function createClient({ url, token, timeoutMs = 10_000 }: NodeClientInit): NodeClient {
  const headers = { accept: 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) }
  const { 'dry-run': dry, encoders, events, node, presets, projects, status } = hc<V2>(url, { headers }).api.v2

  const ask = async (send: Send, limitMs: number, options: CallOptions = {}): Promise<string> => {
    const timeout = AbortSignal.timeout(limitMs)
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout
    let answer: { readonly status: number; readonly text: string }
    try {
      // A redirect could carry the token elsewhere.
      const response = await send({ init: { signal, redirect: 'error' } })
      answer = { status: response.status, text: await response.text() }
    } catch (error) {
      options.signal?.throwIfAborted()
      const message = timeout.aborted
        ? `The node at ${url} did not answer within ${limitMs / 1000} s.`
        : `No node answers at ${url}. Start one with "grav1 node", or name another with --api.`
      throw new CliError('no-node', message, { cause: error })
    }
    if (answer.status < 200 || answer.status > 299) throw refusal(answer.status, answer.text)
    return answer.text
  }
  const unreachable = (cause: unknown): CliError =>
    new CliError('no-node', `No node answers at ${url}. Start one with "grav1 node", or name another with --api.`, {
      cause
    })
  async function* follow({ films = [], logs }: EventsQuery, { signal }: CallOptions = {}) {
    const silence = new AbortController()
    const timer = setTimeout(() => silence.abort(), EVENTS_SILENT_MS)
    const either = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal
    try {
      const query = { film: [...films], ...(logs !== undefined && { logs }) }
      const answer = await events.$get({ query, header: {} }, { init: { signal: either, redirect: 'error' } })
      if (answer.status !== 200) throw refusal(answer.status, await answer.text())
      if (answer.body === null) return
      for await (const part of readEvents(answer.body)) {
        timer.refresh()
        yield part
      }
    } catch (error) {
      signal?.throwIfAborted()
      throw error instanceof ApiError ? error : unreachable(error)
    } finally {
      clearTimeout(timer)
      silence.abort()
    }
  }
  const parse = <Value>(schema: z.ZodType<Value>, text: string): Value => {
    const result = schema.safeParse(parseJson(text))
    if (result.success) return result.data
    throw new CliError('bad-answer', `The program that answers at ${url} is not a grav1 node of this version.`, {
      cause: result.error
    })
  }
  return {
    url,
    events: follow,
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
    remove: async (id, options) => {
      await ask((init) => projects[':id'].$delete(of(id), init), timeoutMs * 2, options)
    },
    setPriority: async (id, priority, options) => {
      const send: Send = (init) => projects[':id'].$patch({ ...of(id), json: { priority } }, init)
      return parse(projectStatus, await ask(send, timeoutMs * 2, options))
    },
    why: async (id, scene, options) => {
      const param = { ...of(id).param, n: String(scene) }
      return parse(
        sceneWhy,
        await ask((init) => projects[':id'].scenes[':n'].why.$get({ param }, init), timeoutMs, options)
      )
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
    drainNode: async (options) => parse(nodeStatus, await ask((init) => node.drain.$post({}, init), timeoutMs, options))
  }
}
