import { type Context, Hono } from 'hono'
import { projectStatusOf } from '../project-json.ts'
import { ApiRefusal } from '../refusal.ts'
import { type FilmReport, scoreFor, type ScenePictures, worstScenes } from '../report/film-report.ts'
import { reportPage } from '../report/page.ts'
import { createSceneReader } from '../scene-json.ts'
import type { ApiPorts } from '../ports.ts'

/** As the file says of itself: nothing is loaded, and nothing runs. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"

type Ports = Pick<ApiPorts, 'projects' | 'scenes' | 'node'>

/** `/report/<project>`: what became of a film, as one HTML file. */
export function reportRoutes(ports: Ports) {
  return new Hono().get('/report/:id', async (c) => {
    const report = reportOf(ports, c.req.param('id'))
    if (report === undefined) return c.json({ success: false, reason: 'Project does not exist.' }, 404)
    const pictures = await picturesFor(ports, report, c)
    return c.html(reportPage(report, pictures), 200, { 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-store' })
  })
}

function reportOf({ projects, scenes, node }: Ports, id: string): FilmReport | undefined {
  const snapshot = projects.get(id)
  if (snapshot === undefined) return undefined
  const attemptsOf = scenes.attempts(id)
  const reader = createSceneReader(snapshot, attemptsOf)
  const numbers = Array.from({ length: reader.count }, (_, index) => index)
  const names = new Map([node.status(), ...node.peers()].map(({ peerId, name }) => [peerId, name]))
  return {
    project: projectStatusOf(snapshot),
    scenes: numbers.map(reader.status),
    attempts: numbers.flatMap(attemptsOf),
    nameOf: (peer) => names.get(peer) || peer.slice(-8),
    madeAtMs: Date.now()
  }
}

/** One scene after the other: each picture takes a decode. */
async function picturesFor({ scenes }: Ports, { project, scenes: all }: FilmReport, c: Context) {
  const pictures = new Map<number, ScenePictures>()
  const { signal } = c.req.raw
  for (const { scene, frames } of worstScenes(all, scoreFor(all))) {
    const frame = Math.floor(frames / 2)
    const take = async (of: 'source' | 'result'): Promise<string | undefined> => {
      try {
        const jpeg = await scenes.picture(project.projectId, scene, { of, frame }, signal)
        return `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`
      } catch (error) {
        // A report without a picture is better than none.
        if (error instanceof ApiRefusal) return undefined
        throw error
      }
    }
    pictures.set(scene, { source: await take('source'), result: await take('result') })
  }
  return pictures
}
