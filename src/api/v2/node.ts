import { createRoute, z } from '@hono/zod-openapi'
import { mannersChange } from '../manners/index.ts'
import { nodeStatus, sceneNumber } from '../schemas/index.ts'
import { refusals } from './problems.ts'
import { createRouter } from './router.ts'
import { body, json } from './shapes.ts'
import type { ApiPorts } from '../ports.ts'

const tags = ['Node']
const SLOTS_MAX = 1024
const SLEEP_SECONDS_MIN = 60
const SLEEP_SECONDS_MAX = 7 * 24 * 3600

const answer = (description: string) => ({
  200: json(description, nodeStatus),
  ...refusals
})

const RATE_MIN = 32 * 1024
const RATE_MAX = 2 ** 40

const rate = z
  .int()
  .min(0)
  .max(RATE_MAX)
  .refine((value) => value === 0 || value >= RATE_MIN, `Set 0 for no limit, or at least ${RATE_MIN} bytes per second.`)

const nodeChange = z
  .strictObject({
    /** Takes no new scenes and hands back those that are not begun; what is encoded is finished. `false` ends a drain too. */
    paused: z.boolean().optional(),
    /** Scenes encoded at once. Fewer never stop an encode that runs. */
    slots: z.int().min(0).max(SLOTS_MAX).optional(),
    /** Bytes per second that blobs may take to peers beyond the local network, all together; 0 is no limit. */
    uploadLimit: rate.optional(),
    /** The same from them. */
    downloadLimit: rate.optional(),
    /** How a lent machine behaves; `off` ends a limit. */
    manners: mannersChange.optional()
  })
  .refine(
    (change) => Object.values(change).some((value) => value !== undefined),
    'Set at least one of paused, slots, uploadLimit, downloadLimit and manners.'
  )
  .meta({ id: 'NodeChange' })

const sleepRequest = z
  .strictObject({
    /** How long the machine will be asleep. */
    forSeconds: z.int().min(SLEEP_SECONDS_MIN).max(SLEEP_SECONDS_MAX)
  })
  .meta({ id: 'SleepRequest' })

const show = createRoute({
  method: 'get',
  path: '/node',
  tags,
  summary: 'This node',
  responses: answer('The node')
})

const change = createRoute({
  method: 'patch',
  path: '/node',
  tags,
  summary:
    'Pause or resume this node as a worker, or change how many scenes it encodes at once, when, or how fast it sends and fetches; kept across restarts',
  request: { body: body(nodeChange) },
  responses: answer('The node as it is now')
})

const drain = createRoute({
  method: 'post',
  path: '/node/drain',
  tags,
  summary: 'Finish the running scenes, hand back the rest and take no new ones, so that the node can be stopped',
  responses: answer('The node as it is now; it is drained when `inHand` is 0')
})

const goToSleep = createRoute({
  method: 'post',
  path: '/node/sleep',
  tags,
  summary:
    'Give trusted machines as many scenes as they can encode while this machine is asleep; it ends by itself once the machine is awake',
  request: { body: body(sleepRequest) },
  responses: answer('The node as it is now; it may sleep when every machine in `sleep` is `ready`')
})

const stayAwake = createRoute({
  method: 'delete',
  path: '/node/sleep',
  tags,
  summary: 'End what `POST /node/sleep` began: scenes that were handed out ahead are leased as usual again',
  responses: answer('The node as it is now')
})

const stopScene = createRoute({
  method: 'delete',
  path: '/node/scenes/{id}/{n}',
  tags,
  summary:
    'Stop encoding a scene on this node and hand the scene back; any node with a free slot may take it, this one too',
  request: { params: z.object({ id: z.string(), n: z.coerce.number().pipe(sceneNumber) }) },
  responses: { 204: { description: 'This node no longer encodes the scene' }, ...refusals }
})

export function nodeRoutes({ node }: Pick<ApiPorts, 'node'>) {
  return createRouter()
    .openapi(show, (c) => c.json(node.status(), 200))
    .openapi(change, async (c) => {
      await node.change(c.req.valid('json'))
      return c.json(node.status(), 200)
    })
    .openapi(stopScene, (c) => {
      const { id, n } = c.req.valid('param')
      node.giveBack(id, n)
      return c.body(null, 204)
    })
    .openapi(goToSleep, (c) => {
      node.sleep(c.req.valid('json').forSeconds * 1000)
      return c.json(node.status(), 200)
    })
    .openapi(stayAwake, (c) => {
      node.wake()
      return c.json(node.status(), 200)
    })
    .openapi(drain, (c) => {
      node.drain()
      return c.json(node.status(), 200)
    })
}
