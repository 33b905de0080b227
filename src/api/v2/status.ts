import { createRoute } from '@hono/zod-openapi'
import { createListBytes } from '../list-bytes.ts'
import { projectStatusText } from '../project-status-text.ts'
import { swarmStatus, type SwarmStatus } from '../schemas/index.ts'
import { jsonBytes } from './json-bytes.ts'
import { createRouter } from './router.ts'
import { json } from './shapes.ts'
import type { ApiPorts } from '../ports.ts'

const status = createRoute({
  method: 'get',
  path: '/status',
  tags: ['Node'],
  summary: 'This node, its peers, and every project that it knows',
  responses: {
    200: json('All of it', swarmStatus)
  }
})

export function statusRoutes({ projects, node }: Pick<ApiPorts, 'projects' | 'node'>) {
  const listOf = createListBytes()
  let last = { rest: '', list: listOf([]), bytes: Buffer.alloc(0) }
  return createRouter().openapi(status, (c) => {
    const list = listOf(projects.list().map(projectStatusText))
    const rest = JSON.stringify({ node: node.status(), peers: node.peers() }).slice(0, -1)
    if (last.rest !== rest || last.list !== list) {
      const bytes = Buffer.concat([Buffer.from(`${rest},"projects":`), list, Buffer.from('}')])
      last = { rest, list, bytes }
    }
    return jsonBytes<SwarmStatus>(c, last.bytes)
  })
}
