import { createRoute, z } from '@hono/zod-openapi'
import { standing } from '../schemas/index.ts'
import { refusals } from './problems.ts'
import { createRouter } from './router.ts'
import { body } from './shapes.ts'
import type { ApiPorts } from '../ports.ts'

const tags = ['Peers']
const params = z.object({ id: z.string() })

const set = createRoute({
  method: 'put',
  path: '/peers/{id}/standing',
  tags,
  summary: 'Trust or ban a peer, by its peer id; takes effect at once, and is kept across restarts',
  request: { params, body: body(z.strictObject({ standing }).meta({ id: 'StandingChange' })) },
  responses: { 204: { description: 'The peer has this standing; a banned one is disconnected' }, ...refusals }
})

const forget = createRoute({
  method: 'delete',
  path: '/peers/{id}/standing',
  tags,
  summary: 'Forget that a peer is trusted or banned, and which bad results it delivered',
  request: { params },
  responses: { 204: { description: 'The node keeps nothing about the peer' }, ...refusals }
})

/** What the user decides about peers. */
export const standingRoutes = ({ standings }: Pick<ApiPorts, 'standings'>) =>
  createRouter()
    .openapi(set, async (c) => {
      await standings.set(c.req.valid('param').id, c.req.valid('json').standing)
      return c.body(null, 204)
    })
    .openapi(forget, async (c) => {
      await standings.forget(c.req.valid('param').id)
      return c.body(null, 204)
    })
