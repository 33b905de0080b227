import { createRoute, z } from '@hono/zod-openapi'
import { inviteInfo, inviteRequest, joinAnswer, madeInvite } from '../schemas/index.ts'
import { needsFullAccess } from './full-access.ts'
import { refusals } from './problems.ts'
import { createRouter } from './router.ts'
import { body, json } from './shapes.ts'
import type { ApiPorts } from '../ports.ts'

const tags = ['Peers']
const params = z.object({ id: z.string() })

const list = createRoute({
  method: 'get',
  path: '/invites',
  tags,
  summary: 'Invitations to a private swarm, without their texts; needs full access',
  responses: { 200: json('All of them, the oldest first', z.array(inviteInfo)), ...refusals }
})

const make = createRoute({
  method: 'post',
  path: '/invites',
  tags,
  summary: 'Create an invitation; needs full access. Only this answer ever shows its text',
  request: { body: body(inviteRequest) },
  responses: { 201: json('The invitation', madeInvite), ...refusals }
})

const revoke = createRoute({
  method: 'delete',
  path: '/invites/{id}',
  tags,
  summary: 'Revoke an invitation; machines that joined with it stay. Needs full access',
  request: { params },
  responses: { 204: { description: 'The invitation is revoked' }, ...refusals }
})

const answer = createRoute({
  method: 'put',
  path: '/join-requests/{id}',
  tags,
  summary: 'Accept or refuse a machine that wants to join (`joinRequests` of the node); needs full access',
  request: { params, body: body(joinAnswer) },
  responses: { 204: { description: 'The machine is told' }, ...refusals }
})

/** Invitations, and who wants to join with one. */
export function inviteRoutes({ invites }: Pick<ApiPorts, 'invites'>) {
  const router = createRouter()
  for (const path of ['/invites', '/invites/*', '/join-requests/*']) router.use(path, needsFullAccess('Invitations'))
  return router
    .openapi(list, (c) => c.json([...invites.list()], 200))
    .openapi(make, async (c) => c.json(await invites.make(c.req.valid('json')), 201))
    .openapi(revoke, async (c) => {
      await invites.revoke(c.req.valid('param').id)
      return c.body(null, 204)
    })
    .openapi(answer, async (c) => {
      await invites.answer(c.req.valid('param').id, c.req.valid('json').answer === 'accept')
      return c.body(null, 204)
    })
}
