import { createRoute } from '@hono/zod-openapi'
import { projectStatusText } from '../project-status-text.ts'
import { swarmStatus, type SwarmStatus } from '../schemas/index.ts'
import { jsonText } from './json-text.ts'
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
  return createRouter().openapi(status, () => {
    const rest = JSON.stringify({ node: node.status(), peers: node.peers() }).slice(0, -1)
    return jsonText<SwarmStatus>(`${rest},"projects":[${projects.list().map(projectStatusText).join(',')}]}`)
  })
}
