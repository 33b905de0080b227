import { HTTPException } from 'hono/http-exception'
import { firstField, firstIssue } from '../bodies.ts'
import { ApiRefusal } from '../refusal.ts'
import { problem as problemSchema, type Problem } from '../schemas/index.ts'
import type { z } from 'zod'

const refusal = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } }
})

/** What every route may answer instead, beside what the gate refuses. */
export const refusals = {
  400: refusal('The request is not valid'),
  401: refusal('The token is missing or wrong'),
  403: refusal('Not allowed'),
  404: refusal('Not found'),
  409: refusal('The current state does not allow it'),
  415: refusal('The body has the wrong media type'),
  503: refusal('Something that the request needs cannot be reached now')
}

function asProblem({
  status,
  code,
  message,
  field
}: Pick<ApiRefusal, 'code' | 'message'> & { readonly status: number; readonly field?: string | undefined }): Response {
  const body: Problem = {
    type: 'about:blank',
    title: code,
    status,
    detail: message,
    code,
    ...(field == null ? {} : { field })
  }
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/problem+json' } })
}

/** Errors of every `/api/v2` route. @throws what is no refusal */
export function onProblem(error: Error): Response {
  if (error instanceof ApiRefusal) return asProblem(error)
  if (error instanceof HTTPException && error.status === 400)
    return asProblem({ code: 'bad-request', status: 400, message: error.message })
  if (error instanceof HTTPException && error.status === 415)
    return asProblem({
      code: 'media-type',
      status: 415,
      message: `${error.message}; see /docs for the allowed values.`
    })
  throw error
}

/** A request that does not fit the route's schema. */
export function onInvalid(
  result: { readonly success: true } | { readonly success: false; readonly error: z.core.$ZodError }
): Response | undefined {
  if (result.success) return undefined
  const error = result.error as z.ZodError
  return asProblem(new ApiRefusal('bad-request', 400, firstIssue(error), { field: firstField(error) }))
}
