import { expect, test } from 'vitest'
import { createApp } from '../../../src/api/app.ts'
import { documentedProjectOf, documentedScenesOf, projectStatusOf } from '../../../src/api/project-json.ts'
import { filmColumnsOf } from '../../../src/api/scene-json.ts'
import { attemptOf } from '../../fixtures/attempts.ts'
import { createApiBench, TOKEN } from '../../fixtures/api-bench.ts'
import { createMovingProjects } from '../../fixtures/moving-projects.ts'
import { createRandom } from '../../sim/engine/random.ts'
import type { KnownAttempt, ProjectSnapshot } from '../../../src/api/ports.ts'

const IDS = ['p0', 'p1', 'p2']

/** An app over projects that move, and what it has to answer now. */
function startBench() {
  const moving = createMovingProjects()
  const attempts: KnownAttempt[] = []
  const { ports } = createApiBench()
  const app = createApp(
    {
      ...ports,
      projects: { ...ports.projects, ...moving.projects },
      // Each status is another one, but for what changed meanwhile.
      node: { ...ports.node, peers: moving.node.peers, status: () => ({ ...moving.node.status(), rssBytes: 1 }) },
      scenes: {
        ...ports.scenes,
        attempts: (id) => (scene) => attempts.filter((one) => one.projectId === id && one.scene === scene),
        attemptsRevision: () => attempts.length
      }
    },
    { token: TOKEN, host: '127.0.0.1', remoteAddress: () => '127.0.0.1', log: { error: () => {} } }
  )
  const get = async (path: string): Promise<unknown> =>
    (await app.request(path, { headers: { host: 'localhost:7899' } })).json()
  const documented = (one: ProjectSnapshot) => ({ ...documentedProjectOf(one), scenes: documentedScenesOf(one) })
  const asSent = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

  async function look(): Promise<void> {
    const list = moving.projects.list()
    expect(await get('/api/get_projects')).toEqual(asSent(list.map(documented)))
    expect(await get('/api/get_projects?scenes=0')).toEqual(asSent(list.map(documentedProjectOf)))
    expect(await get('/api/v2/status')).toMatchObject({
      node: { name: moving.node.status().name },
      peers: asSent(moving.node.peers()),
      projects: asSent(list.map(projectStatusOf))
    })
    for (const one of list) {
      const id = one.view.projectId
      expect(await get(`/api/get_project/${id}`)).toEqual(asSent(documented(one)))
      const of = (scene: number) => attempts.filter((a) => a.projectId === id && a.scene === scene)
      expect(await get(`/api/v2/projects/${id}/film`)).toEqual(asSent(filmColumnsOf(one, of)))
    }
  }
  return { moving, attempts, get, look, app }
}

test.for([1, 2, 3])('after any change each answer is that of now, seed %i', async (seed) => {
  const random = createRandom(seed)
  const { moving, attempts, look } = startBench()
  for (const id of IDS) moving.add(id, 6)
  await look()
  for (let step = 0; step < 40; step += 1) {
    const [id, scene] = [random.pick(IDS), random.int(6)]
    const changes = [
      () => moving.lease(id, scene, 1 + random.int(2), random.int(50)),
      () => moving.accept(id, scene, 1 + random.int(99_999)),
      () => moving.setPriority(id, random.int(19) - 9),
      () => moving.put(id, { waiting: `no room ${step}` }),
      () => moving.put(id, { outputPath: `/films/${step}.mkv` }),
      () => attempts.push({ ...attemptOf({ projectId: id, scene }), psnr: step }),
      () => moving.rename(`node ${step}`),
      () => moving.setPeer(`peer ${scene}`, step),
      () => (random.int(4) === 0 ? moving.remove(id) : moving.add(id, 6))
    ]
    random.pick(changes)()
    await look()
  }
})

test('an answer is that of the change that its reader was told of', async () => {
  const { moving, get } = startBench()
  moving.add('p0', 4)
  const frames = async () => ((await get('/api/v2/projects/p0/film')) as { framesDone: number[] }).framesDone[1]
  const told: Promise<number | undefined>[] = []
  moving.onProject(() => void told.push(frames()))
  for (const done of [10, 20, 30]) moving.lease('p0', 1, 1, done)
  // All were asked for before the first was answered: each has what was there then, or what came after it.
  expect(await frames()).toBe(30)
  expect((await Promise.all(told)).every((done, at) => (done ?? 0) >= 10 * (at + 1))).toBe(true)
})

test('a title that looks like a list of scenes stays a title', async () => {
  const { moving, get, look } = startBench()
  moving.add('p0', 2)
  const title = '","scenes":{},"x":"'
  const view = moving.snapshots.get('p0')!.view
  moving.put('p0', { view: { ...view, announce: { ...view.announce, title } } })
  await look()
  expect(await get('/api/get_project/p0')).toMatchObject({ input: title })
})
