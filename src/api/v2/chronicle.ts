import { createRoute, z } from '@hono/zod-openapi'
import { chronicle as chronicleSchema, CHRONICLE_EVENTS_MAX } from '../schemas/index.ts'
import { refusals } from './problems.ts'
import { createRouter } from './router.ts'
import { json } from './shapes.ts'
import type { ApiPorts } from '../ports.ts'

const show = createRoute({
  method: 'get',
  path: '/chronicle',
  tags: ['Node'],
  summary: 'What happened at this node, in words, and its speed over the last two days; kept across restarts',
  request: {
    query: z.object({
      /** Milliseconds since 1970: only what came later. */
      after: z.coerce.number().default(0),
      /** Number of an event: only those after it. */
      afterEvent: z.coerce.number().int().default(-1),
      /** The newest of the events. */
      events: z.coerce.number().int().min(0).max(CHRONICLE_EVENTS_MAX).default(200),
      /** `0`: without samples. */
      samples: z.enum(['0', '1']).default('1')
    })
  },
  responses: {
    200: json('Events and samples, the oldest first', chronicleSchema),
    ...refusals
  }
})

export function chronicleRoutes({ chronicle }: Pick<ApiPorts, 'chronicle'>) {
  return createRouter().openapi(show, (c) => {
    const { after, afterEvent, events, samples } = c.req.valid('query')
    const newer = ({ atMs }: { readonly atMs: number }): boolean => atMs > after
    const found = chronicle.events().filter((event) => newer(event) && event.number > afterEvent)
    return c.json(
      {
        events: events === 0 ? [] : found.slice(-events),
        samples: samples === '0' ? [] : chronicle.samples().filter(newer)
      },
      200
    )
  })
}
