import { createRoute, z } from '@hono/zod-openapi'
import { chronicleEvent, chronicleSample } from '../schemas/index.ts'
import { refusals } from './problems.ts'
import { createRouter } from './router.ts'
import { json } from './shapes.ts'
import type { ApiPorts } from '../ports.ts'

const EVENTS_MAX = 5000

const show = createRoute({
  method: 'get',
  path: '/chronicle',
  tags: ['Node'],
  summary: 'What happened at this node, in words, and its speed over the last two days; kept across restarts',
  request: {
    query: z.object({
      /** Milliseconds since 1970: only what came later. */
      after: z.coerce.number().default(0),
      /** The newest of the events. */
      events: z.coerce.number().int().min(0).max(EVENTS_MAX).default(200),
      /** `0`: without samples. */
      samples: z.enum(['0', '1']).default('1')
    })
  },
  responses: {
    200: json(
      'Events and samples, the oldest first',
      z.object({ events: z.array(chronicleEvent), samples: z.array(chronicleSample) }).meta({ id: 'Chronicle' })
    ),
    ...refusals
  }
})

export function chronicleRoutes({ chronicle }: Pick<ApiPorts, 'chronicle'>) {
  return createRouter().openapi(show, (c) => {
    const { after, events, samples } = c.req.valid('query')
    const newer = ({ atMs }: { readonly atMs: number }): boolean => atMs > after
    const found = chronicle.events().filter(newer)
    return c.json(
      {
        events: events === 0 ? [] : found.slice(-events),
        samples: samples === '0' ? [] : chronicle.samples().filter(newer)
      },
      200
    )
  })
}
