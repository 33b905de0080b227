import { createRoute } from '@hono/zod-openapi'
import { projectStatus as statusOf } from '../project-json.ts'
import { swarmStatus } from '../schemas/index.ts'
import { createRouter } from './router.ts'
import type { ApiModules } from '../modules.ts'

const status = createRoute({
  method: 'get',
  path: '/status',
  tags: ['Node'],
  summary: 'This node, its peers, and every project that it knows',
  responses: {
    200: { description: 'All of it', content: { 'application/json': { schema: swarmStatus } } }
  }
})

export function statusRoutes({ projects, node }: Pick<ApiModules, 'projects' | 'node'>) {
  return createRouter().openapi(status, (c) =>
    c.json({ node: node.status(), peers: [...node.peers()], projects: projects.list().map(statusOf) }, 200)
  )
}
