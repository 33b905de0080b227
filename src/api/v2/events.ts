import { createRoute, z } from '@hono/zod-openapi'
import { eventStream, SUBSCRIBERS_MAX } from '../events/index.ts'
import { ApiRefusal } from '../refusal.ts'
import type { ApiPorts } from '../ports.ts'
import { liveEvent, logLevel } from '../schemas/index.ts'
import { refusals } from './problems.ts'
import { createRouter } from './router.ts'
import type { HttpBindings } from '@hono/node-server'

const FILMS_MAX = 8

const projectId = z.string().regex(/^[a-z0-9]{1,128}$/i, 'film must be a project id')

const events = createRoute({
  method: 'get',
  path: '/events',
  tags: ['Events'],
  summary: 'What changes, as it changes (server-sent events)',
  request: {
    query: z.object({
      /** Projects whose scenes are wanted. */
      film: z.union([projectId, z.array(projectId).max(FILMS_MAX)]).optional(),
      logs: logLevel.optional(),
      /** For clients that cannot set the header. */
      lastEventId: z.string().max(200).optional()
    }),
    headers: z.object({ 'last-event-id': z.string().max(200).optional() })
  },
  responses: {
    200: {
      description: 'An endless stream: `hello`, the state or what changed since, `ready`, then changes',
      content: { 'text/event-stream': { schema: liveEvent } }
    },
    ...refusals
  }
})

export function eventRoutes({ events: live, tokens }: Pick<ApiPorts, 'events' | 'tokens'>) {
  return createRouter().openapi(events, (c) => {
    const { film = [], logs, lastEventId } = c.req.valid('query')
    const headers = { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' }
    if (c.req.method === 'HEAD') return new Response(null, { headers })
    const films = [...new Set([film].flat())]
    const header = c.req.valid('header')['last-event-id']
    const subscriber = live.subscribe({ films, logs, lastEventId: header ?? lastEventId })
    if (subscriber == null)
      throw new ApiRefusal(
        'too-many-clients',
        503,
        `${SUBSCRIBERS_MAX} clients are listening already; try again later.`
      )
    const { outgoing } = (c.env ?? {}) as Partial<HttpBindings>
    const destroy = (): void => void outgoing?.destroy()
    // A stream lasts for days: one that a revoked token opened ends with it.
    const tokenId = c.get('caller')?.tokenId
    const stopListening = tokens.onRevoked((id) => {
      if (id === tokenId) destroy()
    })
    const leave = (): void => {
      stopListening()
      subscriber.close()
    }
    // Also where the answer is never begun.
    c.req.raw.signal.addEventListener('abort', leave, { once: true })
    return new Response(eventStream(subscriber, { destroy }), { headers })
  })
}
