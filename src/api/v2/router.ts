import { OpenAPIHono } from '@hono/zod-openapi'
import { onInvalid, onProblem } from './problems.ts'
import type { SecurityVariables } from '../security.ts'

export interface V2Env {
  Variables: SecurityVariables
}

/** A router whose routes are their own documentation; what they refuse are problem details. */
export function createRouter() {
  const router = new OpenAPIHono<V2Env>({ defaultHook: onInvalid })
  router.onError(onProblem)
  return router
}
