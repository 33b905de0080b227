import type { z } from 'zod'
import { anySignal } from '../../common/any-signal.ts'
import { problem } from '../../api/schemas/index.ts'
import { ApiError, CliError } from './errors.ts'

/** Lets a caller end the wait. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/** Sends one request of the typed client. */
export type Send = (init: { readonly init: RequestInit }) => Promise<Pick<Response, 'status' | 'text'>>

/** Requests to one node. Each throws {@link ApiError} when the node refuses, and {@link CliError} `no-node` when it cannot be reached. */
export interface Asker {
  /** @returns the body of the answer */
  readonly ask: (send: Send, limitMs: number, options?: CallOptions) => Promise<string>
  /** @throws {@link CliError} `bad-answer` where it has another shape */
  readonly parse: <Value>(schema: z.ZodType<Value>, text: string) => Value
  /** Downloads: only the begin of the answer has a limit of time. */
  readonly open: (send: () => Promise<Response>) => Promise<Response>
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

const isFine = (status: number): boolean => status >= 200 && status <= 299

export function createAsker(url: string): Asker {
  const noNode = (cause: unknown): CliError =>
    new CliError('no-node', `No node answers at ${url}. Start one with "grav1 node", or name another with --api.`, {
      cause
    })

  return {
    ask: async (send, limitMs, options = {}) => {
      const timeout = AbortSignal.timeout(limitMs)
      const signal = options.signal ? anySignal([options.signal, timeout]) : timeout
      let answer: { readonly status: number; readonly text: string }
      try {
        // A redirect could carry the token elsewhere.
        const response = await send({ init: { signal, redirect: 'error' } })
        answer = { status: response.status, text: await response.text() }
      } catch (error) {
        options.signal?.throwIfAborted()
        if (!timeout.aborted) throw noNode(error)
        throw new CliError('no-node', `The node at ${url} did not answer within ${limitMs / 1000} s.`, { cause: error })
      }
      if (!isFine(answer.status)) throw refusal(answer.status, answer.text)
      return answer.text
    },
    parse: (schema, text) => {
      const result = schema.safeParse(parseJson(text))
      if (result.success) return result.data
      throw new CliError('bad-answer', `The program that answers at ${url} is not a grav1 node of this version.`, {
        cause: result.error
      })
    },
    open: async (send) => {
      const response = await send().catch((error: unknown) => {
        throw noNode(error)
      })
      if (!isFine(response.status)) throw refusal(response.status, await response.text())
      return response
    }
  }
}
