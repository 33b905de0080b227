import { Hono } from 'hono'
import { addProjectBody, firstIssue, modifyProjectBody, requestsOf } from '../bodies.ts'
import { ApiRefusal } from '../refusal.ts'
import type { ApiPorts } from '../ports.ts'
import { createListEtag, createProjectTexts, etagOf } from '../documented-texts.ts'
import { answerStays } from '../kept-gzip.ts'
import { notModified } from '../ranged.ts'
import type { SecurityVariables } from '../security.ts'
import type { Context } from 'hono'

type Answer = Response | Promise<Response>

const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' }

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** The REST API as the original project documented it: refusals are 200 with `success: false` and a reason. */
export function documentedRoutes({ projects }: Pick<ApiPorts, 'projects'>) {
  const routes = new Hono<{ Variables: SecurityVariables }>()
  const texts = createProjectTexts()
  const fullEtag = createListEtag(true)
  const shortEtag = createListEtag(false)

  routes.get('/api/get_projects', (c) => {
    const withScenes = c.req.query('scenes') !== '0'
    const snapshots = projects.list()
    const etag = withScenes ? fullEtag(snapshots) : shortEtag(snapshots)
    const known = notModified(c, etag)
    if (known !== undefined) return known
    const headers = { ...JSON_TYPE, ETag: etag }
    if (withScenes) return c.body(texts.stream(snapshots), 200, headers)
    const bytes = texts.short(snapshots, etag)
    answerStays(c.req.raw, bytes)
    return c.body(bytes, 200, headers)
  })

  routes.get('/api/get_project/:id', (c) => {
    const snapshot = projects.get(c.req.param('id'))
    if (snapshot == null) return refused(c, 'Project does not exist.')
    const withScenes = c.req.query('scenes') !== '0'
    const etag = etagOf([snapshot], withScenes)
    const known = notModified(c, etag)
    if (known !== undefined) return known
    const bytes = texts.one(snapshot, withScenes)
    if (withScenes) answerStays(c.req.raw, bytes)
    return c.body(bytes, 200, { ...JSON_TYPE, ETag: etag })
  })

  routes.post('/api/add_project', async (c) => {
    const body = await readJson(c)
    if (body instanceof Response) return body
    const parsed = addProjectBody.safeParse(body)
    if (!parsed.success) return refused(c, firstIssue(parsed.error))
    const requests = requestsOf(parsed.data)
    if (requests.length > 1 && requests.some(({ output }) => output != null))
      return refused(c, 'output names one file, and there are several inputs')
    return attempt(c, async () => {
      const submitted = await projects.submit(requests, c.get('trusted'), 'other-name')
      const ids = submitted.map(({ projectId }) => projectId)
      return c.json({ success: true, ...(ids.length === 1 ? { projectid: ids[0] } : {}), projectids: ids })
    })
  })

  const modify = async (c: Context<{ Variables: SecurityVariables }>, id: string): Promise<Response> => {
    const body = await readJson(c)
    if (body instanceof Response) return body
    const parsed = modifyProjectBody.safeParse(body)
    if (!parsed.success) return refused(c, firstIssue(parsed.error))
    if (projects.get(id) == null) return refused(c, 'Project does not exist.')
    const { priority } = parsed.data
    if (priority === undefined) return c.json({ success: true })
    const value = typeof priority === 'string' && DECIMAL.test(priority.trim()) ? Number(priority) : priority
    if (typeof value !== 'number' || !Number.isFinite(value)) return refused(c, 'priority must be a number')
    return attempt(c, async () => {
      await projects.setPriority(id, value)
      return c.json({ success: true })
    })
  }
  routes.post('/api/modify_project/:id', async (c) => modify(c, c.req.param('id')))
  routes.post('/api/modify/:id', async (c) => modify(c, c.req.param('id')))

  routes.post('/api/delete_project/:id', async (c) => {
    const id = c.req.param('id')
    if (projects.get(id) == null) return refused(c, 'Project does not exist.')
    return attempt(c, async () => {
      await projects.remove(id)
      return c.json({ success: true })
    })
  })

  return routes
}

function refused(c: Context, reason: string): Response {
  return c.json({ success: false, reason })
}

async function attempt(c: Context, task: () => Answer): Promise<Response> {
  try {
    return await task()
  } catch (error) {
    if (error instanceof ApiRefusal) return refused(c, error.message)
    throw error
  }
}

async function readJson(c: Context): Promise<unknown> {
  const type = c.req.header('content-type') ?? ''
  if (!/^application\/json\b/i.test(type))
    return c.json({ success: false, reason: 'Send the body as JSON, with content-type: application/json.' }, 415)
  try {
    return await c.req.json<unknown>()
  } catch {
    return c.json({ success: false, reason: 'The body is not valid JSON.' }, 400)
  }
}
