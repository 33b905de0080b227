import { createRoute, z } from '@hono/zod-openapi'
import { createKeptBytes } from '../kept-bytes.ts'
import { createSceneReader, filmColumnsOf } from '../scene-json.ts'
import {
  filmColumns,
  type FilmColumns,
  page,
  paging,
  sceneDetail,
  sceneNumber,
  sceneState,
  sceneStatus,
  sceneWhy,
  timelineEntry
} from '../schemas/index.ts'
import { ApiRefusal } from '../refusal.ts'
import type { ApiPorts } from '../ports.ts'
import { findProject } from './find-project.ts'
import { jsonBytes } from './json-bytes.ts'
import { refusals } from './problems.ts'
import { createRouter } from './router.ts'
import { json } from './shapes.ts'

const tags = ['Scenes']
const project = z.object({ id: z.string() })
const scene = z.object({ id: z.string(), n: z.coerce.number().pipe(sceneNumber) })

const list = createRoute({
  method: 'get',
  path: '/projects/{id}/scenes',
  tags,
  summary: 'Scenes of a project, in order',
  request: { params: project, query: z.object({ ...paging, state: sceneState.optional() }) },
  responses: { 200: json('One page of them', page(sceneStatus)), ...refusals }
})

const film = createRoute({
  method: 'get',
  path: '/projects/{id}/film',
  tags,
  summary: 'All scenes of a project in columns',
  request: { params: project },
  responses: { 200: json('Columns with one entry for each scene', filmColumns), ...refusals }
})

const detail = createRoute({
  method: 'get',
  path: '/projects/{id}/scenes/{n}',
  tags,
  summary: 'One scene with its attempts; scenes are numbered from 0',
  request: { params: scene },
  responses: { 200: json('The scene', sceneDetail), ...refusals }
})

const why = createRoute({
  method: 'get',
  path: '/projects/{id}/scenes/{n}/why',
  tags,
  summary: 'Why a scene is not done, and what happens next',
  request: { params: scene },
  responses: { 200: json('Sentences for people to read', sceneWhy), ...refusals }
})

const TIMELINE_MAX = 10_000
/** Of films in columns: a hundred of 5,000 scenes. */
const FILM_BYTES_MAX = 16 << 20

const timeline = createRoute({
  method: 'get',
  path: '/timeline',
  tags,
  summary:
    'Which worker had which scene, and when, in all projects: attempts that ended after a given time or are still running',
  request: {
    query: z.object({
      after: z.coerce.number().default(0),
      limit: z.coerce.number().int().min(1).max(TIMELINE_MAX).default(1000)
    })
  },
  responses: { 200: json('The latest attempts by start time, the newest last', z.array(timelineEntry)), ...refusals }
})

export function sceneRoutes({ projects, scenes }: Pick<ApiPorts, 'projects' | 'scenes'>) {
  const find = (id: string) => findProject(projects, id)
  const films = createKeptBytes({ bytesMax: FILM_BYTES_MAX })

  function unknownScene(): ApiRefusal {
    return new ApiRefusal('unknown-scene', 404, 'The project has no such scene; they are numbered from 0.')
  }

  return createRouter()
    .openapi(list, (c) => {
      const { id } = c.req.valid('param')
      const { offset, limit, state } = c.req.valid('query')
      const reader = createSceneReader(find(id), scenes.attempts(id))
      const all = Array.from({ length: reader.count }, (_, index) => index)
      const matching = state == null ? all : all.filter((index) => reader.state(index) === state)
      const items = matching.slice(offset, offset + limit).map((index) => reader.status(index))
      return c.json({ items, total: matching.length, offset }, 200)
    })
    .openapi(film, (c) => {
      const { id } = c.req.valid('param')
      const snapshot = find(id)
      const parts = [snapshot.view, snapshot.beat, snapshot.work, scenes.attemptsRevision(id)]
      const bytes = films.of(id, parts, () => JSON.stringify(filmColumnsOf(snapshot, scenes.attempts(id))))
      return jsonBytes<FilmColumns>(c, bytes)
    })
    .openapi(detail, async (c) => {
      const { id, n } = c.req.valid('param')
      const snapshot = find(id)
      const known = snapshot.view.scenes[n]
      if (known == null) throw unknownScene()
      const reader = createSceneReader(snapshot, scenes.attempts(id))
      const { inputHash, piece } = known.plan
      const here = known.accepted != null && (await scenes.isHere(known.accepted.result))
      return c.json({ ...reader.status(n), inputHash, pieceBytes: piece.bytes, here, history: reader.history(n) }, 200)
    })
    .openapi(why, (c) => {
      const { id, n } = c.req.valid('param')
      find(id)
      const answer = scenes.why(id, n)
      if (answer == null) throw unknownScene()
      return c.json(answer, 200)
    })
    .openapi(timeline, (c) => {
      const { after, limit } = c.req.valid('query')
      const entries = scenes.attemptsSince(after, limit).map((attempt) => ({
        projectId: attempt.projectId,
        scene: attempt.scene,
        worker: attempt.worker,
        startedAtMs: attempt.startedAtMs ?? 0,
        endedAtMs: attempt.endedAtMs,
        verdict: attempt.verdict
      }))
      return c.json(entries, 200)
    })
}
