import { createRoute, z } from '@hono/zod-openapi'
import { logLevel, logLine, paging } from '../schemas/index.ts'
import { refusals } from './problems.ts'
import { createRouter } from './router.ts'
import { json } from './shapes.ts'
import type { ApiPorts } from '../ports.ts'

const TEXT_CHARS_MAX = 200

const show = createRoute({
  method: 'get',
  path: '/logs',
  tags: ['Logs'],
  summary: "The last lines of this node's log: the newest, or those after a number, oldest first",
  request: {
    query: z.object({
      level: logLevel.optional(),
      project: z.string().max(TEXT_CHARS_MAX).optional(),
      peer: z.string().max(TEXT_CHARS_MAX).optional(),
      text: z.string().max(TEXT_CHARS_MAX).optional(),
      after: z.coerce.number().int().nonnegative().optional(),
      limit: paging.limit
    })
  },
  responses: {
    200: json(
      'Lines; pass `next` as `after` to get the lines that follow',
      z.object({ items: z.array(logLine), next: z.int().nonnegative() }).meta({ id: 'Logs' })
    ),
    ...refusals
  }
})

export function logRoutes({ logs }: Pick<ApiPorts, 'logs'>) {
  return createRouter().openapi(show, (c) => c.json(logs.list(c.req.valid('query')), 200))
}
