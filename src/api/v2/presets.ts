import { createRoute, z } from '@hono/zod-openapi'
import { preset } from '../schemas/index.ts'
import { refusals } from './problems.ts'
import { createRouter } from './router.ts'
import { json } from './shapes.ts'
import type { ApiPorts } from '../ports.ts'

const list = createRoute({
  method: 'get',
  path: '/presets',
  tags: ['Encoders'],
  summary: 'The presets that a submission may name: those of grav1 and those of this node',
  responses: { 200: json('All of them', z.array(preset)), ...refusals }
})

export function presetRoutes({ presets }: Pick<ApiPorts, 'presets'>) {
  return createRouter().openapi(list, async (c) => c.json([...(await presets.list())], 200))
}
