import { createRoute, z } from '@hono/zod-openapi'
import { madeToken, tokenInfo, tokenRequest } from '../schemas/index.ts'
import { needsFullAccess } from './full-access.ts'
import { refusals } from './problems.ts'
import { createRouter } from './router.ts'
import { body, json } from './shapes.ts'
import type { ApiPorts } from '../ports.ts'

const tags = ['Session']

const list = createRoute({
  method: 'get',
  path: '/tokens',
  tags,
  summary: 'Tokens that were added to the two in the data folder, without the tokens themselves; needs full access',
  responses: { 200: json('All of them, the oldest first', z.array(tokenInfo)), ...refusals }
})

const make = createRoute({
  method: 'post',
  path: '/tokens',
  tags,
  summary: 'Create a token; needs full access. Only this answer ever shows it',
  request: { body: body(tokenRequest) },
  responses: { 201: json('The token', madeToken), ...refusals }
})

const revoke = createRoute({
  method: 'delete',
  path: '/tokens/{id}',
  tags,
  summary: 'Revoke a token, and the cookies and event streams that were opened with it; needs full access',
  request: { params: z.object({ id: z.string() }) },
  responses: { 204: { description: 'The token is revoked' }, ...refusals }
})

export function tokenRoutes({ tokens }: Pick<ApiPorts, 'tokens'>) {
  const router = createRouter()
  router.use('/tokens', needsFullAccess('Tokens'))
  router.use('/tokens/*', needsFullAccess('Tokens'))
  return router
    .openapi(list, (c) => c.json([...tokens.list()], 200))
    .openapi(make, async (c) => c.json(await tokens.make(c.req.valid('json')), 201))
    .openapi(revoke, async (c) => {
      await tokens.revoke(c.req.valid('param').id)
      return c.body(null, 204)
    })
}
