import type { z } from 'zod'
import type { NodeChange } from '../../api/control.ts'
import type { NodeStatus, ProjectStatus, SubmitRequest, SwarmStatus } from '../../api/schemas/index.ts'
import { nodeStatus, problem, projectStatus, submitted, swarmStatus } from '../../api/schemas/index.ts'
import { ApiError, CliError } from './errors.ts'

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
  readonly submit: (
    request: SubmitRequest,
    options?: CallOptions
  ) => Promise<{ readonly projectId: string; readonly warnings: readonly string[] }>
  readonly cancel: (projectId: string, options?: CallOptions) => Promise<void>
  readonly changeNode: (change: NodeChange, options?: CallOptions) => Promise<NodeStatus>
  readonly drainNode: (options?: CallOptions) => Promise<NodeStatus>
}

interface Call extends CallOptions {
  readonly body?: unknown
  readonly timeoutMs: number
}

/** The part of a refusal that is shown. */
const shownOfProblem = problem.pick({ detail: true, code: true })

function refusal(status: number, text: string): ApiError {
  const parsed = shownOfProblem.safeParse(parseJson(text))
  if (parsed.success) return new ApiError({ ...parsed.data, status })
  const hint = status === 401 || status === 403 ? '; give the token with --token or GRAV1_TOKEN' : ''
  return new ApiError({ code: `http-${status}`, detail: `The node answered ${status}${hint}.`, status })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A client for one node's API. */
export function createClient({ url, token, timeoutMs = 10_000 }: NodeClientInit): NodeClient {
  const request = async (method: 'GET' | 'POST' | 'PATCH', path: string, call: Call): Promise<string> => {
    const timeout = AbortSignal.timeout(call.timeoutMs)
    const signal = call.signal ? AbortSignal.any([call.signal, timeout]) : timeout
    const init = method !== 'GET' ? { method, body: JSON.stringify(call.body ?? {}) } : { method }
    const headers = {
      accept: 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(method !== 'GET' && { 'content-type': 'application/json' })
    }
    let status: number
    let text: string
    try {
      // A redirect could carry the token elsewhere.
      const response = await fetch(new URL(path, url), { ...init, headers, signal, redirect: 'error' })
      status = response.status
      text = await response.text()
    } catch (error) {
      call.signal?.throwIfAborted()
      const message = timeout.aborted
        ? `The node at ${url} did not answer in ${call.timeoutMs / 1000} s.`
        : `No node answers at ${url}: start one with "grav1 node", or name one with --api.`
      throw new CliError('no-node', message, { cause: error })
    }
    if (status < 200 || status > 299) throw refusal(status, text)
    return text
  }
  const parse = <Value>(schema: z.ZodType<Value>, text: string): Value => {
    const result = schema.safeParse(parseJson(text))
    if (result.success) return result.data
    throw new CliError('bad-answer', `What answers at ${url} is no grav1 node of this version.`, {
      cause: result.error
    })
  }
  const projectPath = (projectId: string) => `/api/v2/projects/${encodeURIComponent(projectId)}`
  return {
    url,
    status: async (options) => parse(swarmStatus, await request('GET', '/api/v2/status', { ...options, timeoutMs })),
    project: async (projectId, options) =>
      parse(projectStatus, await request('GET', projectPath(projectId), { ...options, timeoutMs })),
    submit: async (body, options) =>
      parse(submitted, await request('POST', '/api/v2/projects', { ...options, body, timeoutMs: timeoutMs * 6 })),
    cancel: async (projectId, options) => {
      await request('POST', `${projectPath(projectId)}/cancel`, { ...options, timeoutMs: timeoutMs * 2 })
    },
    changeNode: async (body, options) =>
      parse(nodeStatus, await request('PATCH', '/api/v2/node', { ...options, body, timeoutMs })),
    drainNode: async (options) =>
      parse(nodeStatus, await request('POST', '/api/v2/node/drain', { ...options, timeoutMs }))
  }
}
