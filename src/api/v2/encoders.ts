import { createRoute, z } from '@hono/zod-openapi'
import { ApiRefusal } from '../refusal.ts'
import { encoderInfo, paramsCheck } from '../schemas/index.ts'
import { refusals } from './problems.ts'
import { createRouter } from './router.ts'
import { body, json } from './shapes.ts'
import type { ApiPorts } from '../ports.ts'

const tags = ['Encoders']

const list = createRoute({
  method: 'get',
  path: '/encoders',
  tags,
  summary: 'The encoders that grav1 knows, which of them are installed here, and the parameters they take',
  responses: {
    200: json('All of them', z.array(encoderInfo)),
    ...refusals
  }
})

const look = createRoute({
  method: 'post',
  path: '/encoders/look',
  tags,
  summary: 'Look for the encoder programs again, after you installed, upgraded or removed one',
  responses: {
    200: json('All of them, as they are now', z.array(encoderInfo)),
    ...refusals
  }
})

const check = createRoute({
  method: 'post',
  path: '/encoders/{name}/check',
  tags,
  summary: 'Check parameters and show how they are used, without encoding',
  request: {
    params: z.object({ name: z.string() }),
    body: body(z.strictObject({ params: z.string() }).meta({ id: 'ParamsToCheck' }))
  },
  responses: {
    200: json('The verdict', paramsCheck),
    ...refusals
  }
})

export function encoderRoutes({ encoders }: Pick<ApiPorts, 'encoders'>) {
  return createRouter()
    .openapi(list, async (c) => c.json([...(await encoders.list())], 200))
    .openapi(look, async (c) => c.json([...(await encoders.look())], 200))
    .openapi(check, async (c) => {
      const verdict = await encoders.check(c.req.valid('param').name, c.req.valid('json').params)
      if (verdict == null)
        throw new ApiRefusal('unknown-encoder', 404, 'There is no such encoder; see /api/v2/encoders.')
      return c.json(verdict, 200)
    })
}
