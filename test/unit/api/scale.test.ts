import { expect, test } from 'vitest'
import { beatOf, createApiBench, viewOf } from '../../fixtures/api-bench.ts'
import type { BeatSceneState } from '../../../src/swarm/protocol/index.ts'

const PROJECTS = 200
const SCENES = 5000

/** A list that counts how often one of its entries is read. */
function counted<Item>(list: readonly Item[], onRead: () => void): readonly Item[] {
  return new Proxy(list, {
    get: (target, key, receiver): unknown => {
      if (typeof key === 'string' && /^\d+$/.test(key)) onRead()
      return Reflect.get(target, key, receiver)
    }
  })
}

test.each(['/api/v2/status', '/api/get_projects?scenes=0', '/api/v2/projects?limit=200'])(
  'whoever polls %s of 200 projects makes nobody walk their million scenes',
  async (path) => {
    let reads = 0
    const onRead = (): void => void (reads += 1)
    const model = viewOf({ scenes: Array.from({ length: SCENES }, (_, at) => (at % 2 === 0 ? [50, 9] : [50])) })
    const sceneStates = model.scenes.map(({ accepted }): BeatSceneState => (accepted == null ? 'open' : 'accepted'))
    const bench = createApiBench(
      Array.from({ length: PROJECTS }, (_, at) => {
        const projectId = `p${at}`
        return {
          view: { ...model, projectId, scenes: counted(model.scenes, onRead) },
          beat: { ...beatOf({ projectId }), sceneStates: counted(sceneStates, onRead) }
        }
      })
    )
    const first = await (await bench.request(path)).text()
    reads = 0
    expect(await (await bench.request(path)).text()).toBe(first)
    expect(reads).toBeLessThanOrEqual(PROJECTS * 10)
  }
)
