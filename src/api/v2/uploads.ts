import { createRoute, z } from '@hono/zod-openapi'
import { ApiRefusal } from '../modules.ts'
import { uploadStatus } from '../schemas/index.ts'
import { refusals } from './problems.ts'
import { createRouter } from './router.ts'
import type { ApiModules } from '../modules.ts'

const tags = ['Uploads']

const list = createRoute({
  method: 'get',
  path: '/uploads',
  tags,
  summary: 'Films that were sent to this node, begun and finished ones, the oldest first',
  responses: {
    200: { description: 'All of them', content: { 'application/json': { schema: z.array(uploadStatus) } } },
    ...refusals
  }
})

const one = createRoute({
  method: 'get',
  path: '/uploads/{id}',
  tags,
  summary:
    'One of them, with what to submit once all of it is here; HEAD, PATCH and DELETE are those of the tus protocol',
  request: { params: z.object({ id: z.string() }) },
  responses: {
    200: { description: 'The upload', content: { 'application/json': { schema: uploadStatus } } },
    ...refusals
  }
})

/** Resumable uploads by the tus protocol (1.0.0, https://tus.io), and what there is of them. */
export function uploadRoutes({ uploads }: Pick<ApiModules, 'uploads'>) {
  const router = createRouter()
  // Hono answers HEAD by what GET gives.
  router.use('/uploads/:id', async (c, next) => (c.req.method === 'HEAD' ? uploads.handle(c.req.raw) : next()))
  router.on(['POST', 'OPTIONS'], '/uploads', async (c) => uploads.handle(c.req.raw))
  router.on(['PATCH', 'DELETE', 'OPTIONS'], '/uploads/:id', async (c) => uploads.handle(c.req.raw))
  return router
    .openapi(list, async (c) => c.json([...(await uploads.list())], 200))
    .openapi(one, async (c) => {
      const { id } = c.req.valid('param')
      const upload = (await uploads.list()).find((other) => other.id === id)
      if (upload == null) throw new ApiRefusal('unknown-upload', 404, 'There is no such upload, or it was removed.')
      return c.json(upload, 200)
    })
}
