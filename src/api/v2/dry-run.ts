import { createRoute, z } from '@hono/zod-openapi'
import { dryRun, submitRequest } from '../schemas/index.ts'
import { refusals } from './problems.ts'
import { createRouter } from './router.ts'
import { body, json } from './shapes.ts'
import type { ApiPorts } from '../ports.ts'

const SECONDS_MAX = 3600

const route = createRoute({
  method: 'post',
  path: '/dry-run',
  tags: ['Projects'],
  summary: 'Show what a submission would become, without starting it',
  request: {
    query: z.object({
      /** `1`: the source is analysed for its scenes. */
      scenes: z.enum(['0', '1']).default('0'),
      /** How long that may take; the scenes that are found by then are given. */
      seconds: z.coerce.number().int().min(1).max(SECONDS_MAX).default(300)
    }),
    body: body(submitRequest)
  },
  responses: {
    200: json('What the submission would become, or why it would be refused', dryRun),
    ...refusals
  }
})

export function dryRunRoutes({ dryRun: tell }: Pick<ApiPorts, 'dryRun'>) {
  return createRouter().openapi(route, async (c) => {
    const { scenes, seconds } = c.req.valid('query')
    const answer = await tell(c.req.valid('json'), {
      trusted: c.get('trusted'),
      analyseMs: scenes === '1' ? seconds * 1000 : undefined,
      signal: c.req.raw.signal
    })
    return c.json(answer, 200)
  })
}
