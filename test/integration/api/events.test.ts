import { isDeepStrictEqual } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { setTimeout as after } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { projectStatusOf } from '../../../src/api/project-json.ts'
import { deafListener, listen, startApi } from '../../fixtures/api-server.ts'
import { sceneChangesOf } from '../../fixtures/api-bench.ts'
import { createEventView } from '../../fixtures/event-view.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { createMovingProjects, type MovingProjects } from '../../fixtures/moving-projects.ts'
import { createRandom } from '../../sim/engine/random.ts'

type View = ReturnType<typeof createEventView>

async function startBench() {
  const moving = createMovingProjects()
  const api = await startApi(moving)
  onTestFinished(async () => api.stop())
  return { moving, api }
}

function scenesOf({ snapshots }: MovingProjects, id: string): Map<number, unknown> {
  const snapshot = snapshots.get(id)
  if (snapshot == null) return new Map()
  const change = sceneChangesOf(snapshot)
  return new Map(snapshot.view.scenes.map((_, scene) => [scene, change(scene)]))
}

function isUpToDate(moving: MovingProjects, view: View, film: string): boolean {
  const projects = [...moving.snapshots.values()].map((snapshot) => projectStatusOf(snapshot))
  // As it is sent, whatever order its fields have.
  const isSame = (a: unknown, b: unknown): boolean => isDeepStrictEqual(JSON.parse(JSON.stringify(a)), b)
  const byScene = (map: ReadonlyMap<number, unknown> = new Map()) => [...map].toSorted(([a], [b]) => a - b)
  return (
    view.isReady &&
    projects.length === view.projects.size &&
    projects.every((project) => isSame(project, view.projects.get(project.projectId))) &&
    isSame(byScene(view.scenes.get(film)), byScene(scenesOf(moving, film)))
  )
}

function heapMib(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  return process.memoryUsage().heapUsed / 2 ** 20
}

describe('live events over sockets', () => {
  it.each([1, 2, 3])('miss nothing when the connection breaks again and again (seed %i)', async (seed) => {
    const random = createRandom(seed)
    const { moving, api } = await startBench()
    for (let at = 0; at < 20; at += 1) moving.add(`p${at}`, 800)
    const view = createEventView()
    let fulls = 0
    for (let drop = 0; drop < 25; drop += 1) {
      view.reconnect()
      const headers = view.lastEventId == null ? {} : { 'last-event-id': view.lastEventId }
      const until = 1 + random.int(60_000)
      let read = 0
      const over = Promise.withResolvers<void>()
      const connection = await listen(api.url, '/api/v2/events?film=p3', {
        headers,
        onText: (text) => {
          if (read < until) view.read(text.slice(0, until - read))
          read += text.length
          if (read >= until) over.resolve()
        }
      })
      for (let change = 0; change < 200; change += 1) {
        const id = `p${random.int(20)}`
        const scene = random.int(800)
        if (random.chance(0.5)) moving.lease(id, scene, 1 + random.int(2), random.int(50))
        else moving.accept(id, scene, 1 + random.int(10_000))
        if (random.chance(0.01)) moving.remove(`p${4 + random.int(16)}`)
      }
      await Promise.race([over.promise, after(random.int(400))])
      connection.destroy()
      if (view.hello?.full === true) fulls += 1
      // Half an event is lost with its connection.
      await eventually('the node noticed', () => api.events.subscribers === 0)
    }
    expect(fulls).toBeLessThan(25)
    view.reconnect()
    const last = await listen(api.url, `/api/v2/events?film=p3&lastEventId=${view.lastEventId}`, { onText: view.read })
    await eventually(`the client of seed ${seed} knows all`, () => isUpToDate(moving, view, 'p3'))
    expect(view.hello?.full).toBe(false)
    last.destroy()
  })

  it('go to 200 clients, and 20 that never read cost next to nothing', async () => {
    const { moving, api } = await startBench()
    const scenes = 5000
    moving.add('film', scenes)
    const views = Array.from({ length: 3 }, () => createEventView())
    const connections = await Promise.all(
      Array.from({ length: 180 }, async (_, at) => {
        const view = views[at]
        return listen(api.url, '/api/v2/events?film=film', view == null ? {} : { onText: view.read })
      })
    )
    const deaf = await Promise.all(
      Array.from({ length: 20 }, async () => deafListener(api.url, '/api/v2/events?film=film'))
    )
    await eventually('all are there', () => api.events.subscribers === 200)
    await eventually('the first ones know all', () => views.every((view) => isUpToDate(moving, view, 'film')))
    const before = heapMib()
    for (let change = 0; change < 10_000; change += 1) {
      const scene = (change * 7) % scenes
      if (change < scenes) moving.lease('film', scene, 1, change % 50)
      else moving.accept('film', scene, 1000 + change)
      // Some 20 versions of what there is.
      if (change % 100 === 99) await after(50)
    }
    await eventually('who reads knows all', () => views.every((view) => isUpToDate(moving, view, 'film')))
    const grownMib = heapMib() - before
    expect(grownMib).toBeLessThan(20)
    // Who begins to read gets the last state, not all that led to it.
    const [late] = deaf
    const view = createEventView()
    let bytes = 0
    const unpack = createUnpacker(view.read)
    late?.on('data', (data: Buffer) => {
      bytes += data.length
      unpack(data)
    })
    late?.resume()
    await eventually('who begins to read knows all', () => isUpToDate(moving, view, 'film'))
    expect(bytes).toBeLessThan(20 * 2 ** 20)
    for (const connection of connections) connection.destroy()
    for (const socket of deaf) socket.destroy()
    await eventually('all are gone', () => api.events.subscribers === 0)
  })
})

/** Reads a chunked answer: head, then lengths in hexadecimal digits before the parts of the body. */
function createUnpacker(onText: (text: string) => void): (data: Buffer) => void {
  let rest = Buffer.alloc(0)
  let isHead = true
  return (data) => {
    rest = Buffer.concat([rest, data])
    while (true) {
      const end = rest.indexOf(isHead ? '\r\n\r\n' : '\r\n')
      if (end < 0) return
      const length = isHead ? 0 : Number.parseInt(rest.toString('latin1', 0, end), 16)
      if (!isHead && rest.length < end + length + 4) return
      if (!isHead) onText(rest.toString('utf8', end + 2, end + 2 + length))
      rest = rest.subarray(isHead ? end + 4 : end + length + 4)
      isHead = false
    }
  }
}
