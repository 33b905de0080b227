import { createRoute, z } from '@hono/zod-openapi'
import { ApiRefusal } from '../refusal.ts'
import { directory } from '../schemas/index.ts'
import { refusals } from './problems.ts'
import { createRouter } from './router.ts'
import { json } from './shapes.ts'
import type { ApiPorts } from '../ports.ts'

const show = createRoute({
  method: 'get',
  path: '/directories',
  tags: ['Files'],
  summary: 'Folders and video files below the media folders, for choosing one to submit',
  request: { query: z.object({ path: z.string().max(4096).optional() }) },
  responses: {
    200: json('What is in it', directory),
    ...refusals
  }
})

export function directoryRoutes({ directories }: Pick<ApiPorts, 'directories'>) {
  return createRouter().openapi(show, async (c) => {
    const found = await directories.list(c.req.valid('query').path)
    if (found == null)
      throw new ApiRefusal('not-found', 404, 'There is no such folder below a media folder; see --media.')
    return c.json(found, 200)
  })
}
