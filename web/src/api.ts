import { hc } from 'hono/client'
import { signal } from '@preact/signals'
import type { Problem } from '../../src/api/schemas/index.ts'
import type { V2 } from '../../src/api/v2/index.ts'

/** Folder of the page: everything of the node lies beside it, whatever stands before. */
export const base = new URL('.', document.baseURI)

/** The node's API, typed by its routes. */
export const api = hc<V2>(base.href.replace(/\/$/, '')).api.v2

/** How often the node asked for a token since the page was loaded: the cookie has ended. */
export const tokenAsked = signal(0)

const UNAUTHORISED = 401

/** A sentence about what the node refused, for people. */
export class NodeRefusal extends Error {
  readonly code: string

  /** What of the request it is about, by its name there. */
  readonly field: string | undefined

  constructor({ code, detail, field }: Pick<Problem, 'code' | 'detail' | 'field'>) {
    super(detail)
    this.name = 'NodeRefusal'
    this.code = code
    this.field = field
  }
}

interface Answer {
  readonly ok: boolean
  readonly status: number
  readonly json: () => Promise<unknown>
}

/** What an answer holds where it is no refusal. */
type Held<Of extends Answer> = Awaited<ReturnType<Exclude<Of, { readonly ok: false }>['json']>>

/** The answer's JSON. @throws NodeRefusal with the node's own sentence */
export async function answerOf<Of extends Answer>(response: Of): Promise<Held<Of>> {
  if (response.ok) return response.json() as Promise<Held<Of>>
  if (response.status === UNAUTHORISED) tokenAsked.value += 1
  const body = (await response.json().catch(() => ({}))) as Partial<Problem> & { reason?: string }
  throw new NodeRefusal({
    code: body.code ?? `http-${response.status}`,
    detail: body.detail ?? body.reason ?? `The node answered ${response.status}.`,
    field: body.field
  })
}
