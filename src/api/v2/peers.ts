import { createRoute, z } from '@hono/zod-openapi'
import { ApiRefusal } from '../refusal.ts'
import { peerStatus } from '../schemas/index.ts'
import { refusals } from './problems.ts'
import { createRouter } from './router.ts'
import { json } from './shapes.ts'
import type { ApiPorts } from '../ports.ts'

const tags = ['Peers']

const list = createRoute({
  method: 'get',
  path: '/peers',
  tags,
  summary: 'Nodes that this node is connected to, or heard of in the last ten minutes',
  responses: {
    200: json('All of them', z.array(peerStatus)),
    ...refusals
  }
})

const one = createRoute({
  method: 'get',
  path: '/peers/{id}',
  tags,
  summary: 'One of them, or this node itself, by peer id',
  request: { params: z.object({ id: z.string() }) },
  responses: {
    200: json('The peer', peerStatus),
    ...refusals
  }
})

export function peerRoutes({ node }: Pick<ApiPorts, 'node'>) {
  return createRouter()
    .openapi(list, (c) => c.json([...node.peers()], 200))
    .openapi(one, (c) => {
      const { id } = c.req.valid('param')
      const peer = [node.status(), ...node.peers()].find(({ peerId }) => peerId === id)
      if (peer == null)
        throw new ApiRefusal('unknown-peer', 404, 'This node is not connected to this peer and has not heard of it.')
      return c.json(peerStatus.parse(peer), 200)
    })
}
