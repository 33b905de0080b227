import { hc } from 'hono/client'
import type { Problem } from '../../src/api/schemas/index.ts'
import type { V2 } from '../../src/api/v2/index.ts'

/** Folder of the page: everything of the node lies beside it, whatever stands before. */
export const base = new URL('.', document.baseURI)

/** The node's API, typed by its routes. */
export const api = hc<V2>(base.href.replace(/\/$/, '')).api.v2

/** A sentence about what the node refused, for people. */
export class NodeRefusal extends Error {
  readonly code: string

  constructor({ code, detail }: Pick<Problem, 'code' | 'detail'>) {
    super(detail)
    this.name = 'NodeRefusal'
    this.code = code
  }
}

/** The answer's JSON. @throws NodeRefusal with the node's own sentence */
export async function answerOf<Value>(response: {
  readonly ok: boolean
  readonly status: number
  json: () => Promise<Value>
}): Promise<Value> {
  if (response.ok) return response.json()
  const body = (await response.json().catch(() => ({}))) as Partial<Problem> & { reason?: string }
  throw new NodeRefusal({
    code: body.code ?? `http-${response.status}`,
    detail: body.detail ?? body.reason ?? `The node answered ${response.status}.`
  })
}
