import { createRoute, z } from '@hono/zod-openapi'
import { projectStateOf, projectStatusOf } from '../project-json.ts'
import { outputRequest, page, paging, projectState, projectStatus, submitRequest, submitted } from '../schemas/index.ts'
import { findProject } from './find-project.ts'
import { refusals } from './problems.ts'
import { createRouter } from './router.ts'
import { body, json } from './shapes.ts'
import type { ApiPorts } from '../ports.ts'

const tags = ['Projects']
const params = z.object({ id: z.string() })

const list = createRoute({
  method: 'get',
  path: '/projects',
  tags,
  summary: 'Projects that this node knows, by priority, then age',
  request: { query: z.object({ ...paging, state: projectState.optional() }) },
  responses: { 200: json('One page of them', page(projectStatus)), ...refusals }
})

const one = createRoute({
  method: 'get',
  path: '/projects/{id}',
  tags,
  summary: 'One project',
  request: { params },
  responses: { 200: json('The project', projectStatus), ...refusals }
})

const again = createRoute({
  method: 'get',
  path: '/projects/{id}/request',
  tags,
  summary: 'The submission that makes the film of a project again; for projects of this node',
  request: { params },
  responses: { 200: json('The body of a submission, without an output', submitRequest), ...refusals }
})

const submit = createRoute({
  method: 'post',
  path: '/projects',
  tags,
  summary: 'Submit a film',
  request: { body: body(submitRequest) },
  responses: {
    200: json('A project that makes or has made the same film: the submission attaches to it', submitted),
    201: json('The id of the project, and warnings about what the film does not keep', submitted),
    ...refusals
  }
})

const cancel = createRoute({
  method: 'post',
  path: '/projects/{id}/cancel',
  tags,
  summary: 'Stop a project; it stays in the lists',
  request: { params },
  responses: { 200: json('The project has stopped', z.object({ cancelled: z.literal(true) })), ...refusals }
})

const change = createRoute({
  method: 'patch',
  path: '/projects/{id}',
  tags,
  summary: 'Change the priority; lower is sooner',
  request: { params, body: body(z.strictObject({ priority: z.number() })) },
  responses: { 200: json('The project as this node sees it now', projectStatus), ...refusals }
})

const retry = createRoute({
  method: 'post',
  path: '/projects/{id}/retry',
  tags,
  summary: 'Retry a waiting project, or the failed scenes of a running one, now',
  request: { params },
  responses: { 200: json('The project as this node sees it now', projectStatus), ...refusals }
})

const output = createRoute({
  method: 'post',
  path: '/projects/{id}/output',
  tags,
  summary: 'Write the finished file elsewhere; a waiting project is tried again',
  request: { params, body: body(outputRequest) },
  responses: { 200: json('The project as this node sees it now', projectStatus), ...refusals }
})

const remove = createRoute({
  method: 'delete',
  path: '/projects/{id}',
  tags,
  summary: 'Cancel a project and remove it from every list; the source and the finished file stay',
  request: { params },
  responses: { 204: { description: 'It is gone' }, ...refusals }
})

export function projectRoutes({ projects }: Pick<ApiPorts, 'projects'>) {
  const find = (id: string) => findProject(projects, id)

  return createRouter()
    .openapi(list, (c) => {
      const { offset, limit, state } = c.req.valid('query')
      const matching = projects.list().filter((project) => state == null || projectStateOf(project) === state)
      const items = matching.slice(offset, offset + limit).map(projectStatusOf)
      return c.json({ items, total: matching.length, offset }, 200)
    })
    .openapi(one, (c) => c.json(projectStatusOf(find(c.req.valid('param').id)), 200))
    .openapi(again, (c) => c.json(projects.requestOf(c.req.valid('param').id), 200))
    .openapi(submit, async (c) => {
      const [one] = await projects.submit([c.req.valid('json')], c.get('trusted'), 'attach')
      const { projectId = '', attached = false } = one ?? {}
      const warnings = [...(projects.get(projectId)?.warnings ?? [])]
      return c.json({ projectId, attached, warnings }, attached ? 200 : 201)
    })
    .openapi(cancel, async (c) => {
      const { id } = c.req.valid('param')
      find(id)
      await projects.cancel(id)
      return c.json({ cancelled: true as const }, 200)
    })
    .openapi(change, async (c) => {
      const { id } = c.req.valid('param')
      find(id)
      await projects.setPriority(id, c.req.valid('json').priority)
      return c.json(projectStatusOf(find(id)), 200)
    })
    .openapi(retry, async (c) => {
      const { id } = c.req.valid('param')
      find(id)
      await projects.retry(id)
      return c.json(projectStatusOf(find(id)), 200)
    })
    .openapi(output, async (c) => {
      const { id } = c.req.valid('param')
      find(id)
      const { output: file, overwrite = false } = c.req.valid('json')
      await projects.setOutput(id, file, overwrite, c.get('trusted'))
      return c.json(projectStatusOf(find(id)), 200)
    })
    .openapi(remove, async (c) => {
      const { id } = c.req.valid('param')
      find(id)
      await projects.remove(id)
      return c.body(null, 204)
    })
}
