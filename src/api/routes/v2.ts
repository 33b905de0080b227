import { Hono } from 'hono'
import { firstIssue, submitBody } from '../bodies.ts'
import { ApiRefusal, type ApiModules } from '../modules.ts'
import { projectStatus } from '../project-json.ts'
import type { SecurityVariables } from '../security.ts'
import type { Problem, SwarmStatus } from '../types.ts'
import type { Context } from 'hono'

/** The API of our own clients: unambiguous names, real status codes, problem details. */
export function v2Routes({ projects, node }: ApiModules) {
  const routes = new Hono<{ Variables: SecurityVariables }>()

  routes.get('/api/v2/status', (c) =>
    c.json<SwarmStatus>({ node: node.status(), peers: [...node.peers()], projects: projects.list().map(projectStatus) })
  )
  routes.get('/api/v2/projects', (c) => c.json(projects.list().map(projectStatus)))
  routes.get('/api/v2/projects/:id', (c) => {
    const snapshot = projects.get(c.req.param('id'))
    return snapshot == null ? problem(c, unknownProject()) : c.json(projectStatus(snapshot))
  })
  routes.post('/api/v2/projects', async (c) => {
    const parsed = submitBody.safeParse(await c.req.json<unknown>().catch(() => undefined))
    if (!parsed.success) return problem(c, new ApiRefusal('bad-request', 400, firstIssue(parsed.error)))
    return attempt(c, async () => {
      const [projectId] = await projects.submit([parsed.data], c.get('trusted'))
      return c.json({ projectId, warnings: projects.get(projectId ?? '')?.warnings ?? [] }, 201)
    })
  })
  routes.post('/api/v2/projects/:id/cancel', async (c) =>
    attempt(c, async () => {
      if (projects.get(c.req.param('id')) == null) throw unknownProject()
      await projects.cancel(c.req.param('id'))
      return c.json({ cancelled: true })
    })
  )
  return routes
}

function unknownProject(): ApiRefusal {
  return new ApiRefusal('unknown-project', 404, 'Project does not exist.')
}

function problem(c: Context, refusal: ApiRefusal): Response {
  const body: Problem = {
    type: 'about:blank',
    title: refusal.code,
    status: refusal.status,
    detail: refusal.message,
    code: refusal.code
  }
  return c.body(JSON.stringify(body), refusal.status, { 'Content-Type': 'application/problem+json' })
}

async function attempt(c: Context, task: () => Promise<Response>): Promise<Response> {
  try {
    return await task()
  } catch (error) {
    if (error instanceof ApiRefusal) return problem(c, error)
    throw error
  }
}
