import { createRoute, z } from '@hono/zod-openapi'
import { ApiRefusal } from '../refusal.ts'
import { uploadStatus } from '../schemas/index.ts'
import { refusals } from './problems.ts'
import { createRouter } from './router.ts'
import { json } from './shapes.ts'
import { withProblem } from './upload-refusals.ts'
import type { ApiPorts } from '../ports.ts'

const tags = ['Uploads']

const bytes = {
  content: { 'application/offset+octet-stream': { schema: z.string().meta({ format: 'binary' }) } }
}
const id = z.object({ id: z.string() })

const list = createRoute({
  method: 'get',
  path: '/uploads',
  tags,
  summary: 'Uploads to this node, complete or not, the oldest first',
  responses: {
    200: json('All of them', z.array(uploadStatus)),
    ...refusals
  }
})

const one = createRoute({
  method: 'get',
  path: '/uploads/{id}',
  tags,
  summary: 'One upload, with the input to submit once it is complete; HEAD, PATCH and DELETE follow the tus protocol',
  request: { params: id },
  responses: {
    200: json('The upload', uploadStatus),
    ...refusals
  }
})

const begin = createRoute({
  method: 'post',
  path: '/uploads',
  tags,
  summary: 'Begin an upload (tus): `Upload-Length`, and `Upload-Metadata` with a `filename`',
  request: { body: bytes },
  responses: { 201: { description: 'Its address is in `Location`' }, ...refusals }
})

const send = createRoute({
  method: 'patch',
  path: '/uploads/{id}',
  tags,
  summary: 'Send the next piece (tus), from `Upload-Offset` on',
  request: { params: id, body: bytes },
  responses: {
    204: { description: 'The piece arrived; after the last one, `Upload-Input` is what to submit' },
    ...refusals
  }
})

const remove = createRoute({
  method: 'delete',
  path: '/uploads/{id}',
  tags,
  summary: 'Delete an upload (tus) that no project uses as its source',
  request: { params: id },
  responses: { 204: { description: 'It is gone' }, ...refusals }
})

/** Resumable uploads by the tus protocol (1.0.0, https://tus.io), and what there is of them. */
export function uploadRoutes({ uploads }: Pick<ApiPorts, 'uploads'>) {
  const router = createRouter()
  const tus = async (request: Request): Promise<Response> => withProblem(await uploads.handle(request))
  // Hono answers HEAD by what GET gives.
  router.use('/uploads/:id', async (c, next) => (c.req.method === 'HEAD' ? tus(c.req.raw) : next()))
  return router
    .openapi(begin, async (c) => tus(c.req.raw))
    .openapi(send, async (c) => tus(c.req.raw))
    .openapi(remove, async (c) => tus(c.req.raw))
    .openapi(list, async (c) => c.json([...(await uploads.list())], 200))
    .openapi(one, async (c) => {
      const { id } = c.req.valid('param')
      const upload = (await uploads.list()).find((other) => other.id === id)
      if (upload == null) throw new ApiRefusal('unknown-upload', 404, 'There is no such upload, or it was removed.')
      return c.json(upload, 200)
    })
}
