import { TWO_PASSES } from '../../../src/common/scene-progress.ts'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createListEtag, createProjectTexts, etagOf } from '../../../src/api/documented-texts.ts'
import { beatOf, createApiBench, viewOf } from '../../fixtures/api-bench.ts'
import { PROJECT } from '../../fixtures/protocol-samples.ts'
import type { ProjectSnapshot } from '../../../src/api/ports.ts'

const snapshot = (init: Partial<ProjectSnapshot> = {}): ProjectSnapshot => ({
  quantiserFlag: '',
  film: undefined,
  view: viewOf(),
  beat: undefined,
  work: TWO_PASSES,
  outputPath: undefined,
  own: true,
  stale: false,
  ...init
})
const numbered = (count: number, scenes: number): ProjectSnapshot[] =>
  Array.from({ length: count }, (_, index) =>
    snapshot({
      view: viewOf({ projectId: `p${index}`, scenes: Array.from({ length: scenes }, () => [50, 1000] as const) })
    })
  )
const reading = async (stream: ReadableStream<Uint8Array>): Promise<unknown> => new Response(stream as BodyInit).json()

describe('lists', () => {
  test.for([0, 1, 2, 50])('of %i projects are whole, with and without scenes', async (count) => {
    const api = createApiBench(numbered(count, 3))
    for (const [path, scenes] of [
      ['/api/get_projects', 3],
      ['/api/get_projects?scenes=0', 0]
    ] as const) {
      const list = (await (await api.request(path)).json()) as { projectid: string; scenes: object }[]
      expect(list.map(({ projectid }) => projectid)).toEqual(Array.from({ length: count }, (_, index) => `p${index}`))
      expect(list.every((project) => Object.keys(project.scenes).length === scenes)).toBe(true)
    }
  })

  test('with scenes come project by project, only as fast as they are read', async () => {
    let made = 0
    const watched = numbered(100, 20).map((one) => ({
      ...one,
      get view() {
        made += 1
        return one.view
      }
    }))
    const stream = createProjectTexts().stream(watched)
    const reader = stream.getReader()
    // What comes before the scenes of a project, and the scenes.
    const readProject = async () => [await reader.read(), await reader.read()]
    await readProject()
    const perProject = made
    await readProject()
    expect(made).toBe(2 * perProject)
    await reader.cancel()
    expect(await reading(createProjectTexts().stream(watched))).toHaveLength(100)
  })

  test('without scenes are made anew only where something changed', () => {
    const texts = createProjectTexts()
    const short = (list: readonly ProjectSnapshot[]) => texts.short(list, etagOf(list, false))
    const parsed = (list: readonly ProjectSnapshot[]): unknown => JSON.parse(Buffer.from(short(list)).toString())
    const before = numbered(3, 5)
    const same = short(before)
    let looked = 0
    const again = before.map((one) => ({
      ...one,
      get film() {
        looked += 1
        return one.film
      },
      get work() {
        looked += 1
        return one.work
      }
    }))
    expect(short(again)).toBe(same)
    expect(looked).toBe(0)
    const [first, ...others] = before
    const changed = [snapshot({ ...first, beat: beatOf({ projectId: 'p0', fps: 9 }) }), ...others]
    const now = parsed(changed) as { fps: number }[]
    expect(now.map(({ fps }) => fps)).toEqual([9, 0, 0])
    // What is gone is not kept either.
    expect(parsed([])).toEqual([])
  })

  test('have the tag of their projects, whatever list was asked for before', () => {
    const tagOf = createListEtag(false)
    const [a, b, c] = [numbered(2, 1), numbered(3, 1), numbered(3, 2)]
    for (const list of [a, a, b, c, [...c], [], b]) expect(tagOf(list)).toBe(etagOf(list, false))
    const [first, ...others] = b
    const changed = [snapshot({ ...first, beat: beatOf({ projectId: 'p0', fps: 9 }) }), ...others]
    expect(tagOf(changed)).not.toBe(tagOf(b))
    expect(tagOf(changed)).toBe(etagOf(changed, false))
  })

  test('of one project are kept until it changes', () => {
    const texts = createProjectTexts()
    const [first, ...others] = numbered(10, 3)
    if (first == null) throw new Error('there are none')
    const of = (one: ProjectSnapshot) => texts.one(one, true)
    const bytes = of(first)
    expect(of(first)).toBe(bytes)
    expect(JSON.parse(Buffer.from(bytes).toString())).toMatchObject({ projectid: 'p0' })
    for (const one of others) of(one)
    expect(of(first)).toBe(bytes)
    const changed = of({ ...first, beat: beatOf({ projectId: 'p0', fps: 9 }) })
    expect(JSON.parse(Buffer.from(changed).toString())).toMatchObject({ fps: 9 })
  })
})

describe('ETag', () => {
  const paths = ['/api/get_projects', '/api/get_projects?scenes=0', `/api/get_project/${PROJECT}`]

  test.for(paths)('%s is not sent again', async (path) => {
    const etag = (await createApiBench([{}]).request(path)).headers.get('etag') ?? ''
    expect(etag).toMatch(/^W\/"[\w-]{27}"$/)
    const again = await createApiBench([{}]).request(path, { headers: { 'if-none-match': etag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
    const [other] = path.endsWith('0') ? ['/api/get_projects'] : ['/api/get_projects?scenes=0']
    expect((await createApiBench([{}]).request(other, { headers: { 'if-none-match': etag } })).status).toBe(200)
  })

  test.for([
    ['a record', { view: { ...viewOf(), head: { epoch: 1, seq: 2, hash: 'ab' } } }],
    ['a beat', { beat: beatOf() }],
    ['a later beat', { beat: beatOf({ beatNo: 2 }) }],
    ['another output', { outputPath: '/films/other.mkv' }],
    ['why it waits', { waiting: 'no room' }],
    ['the beat of a new epoch', { beat: beatOf({ epoch: 2 }) }],
    ['a second history', { view: { ...viewOf(), fork: { seq: 1, hashes: ['a', 'b'] as const } } }]
  ] as const)('%s is another', async ([, change]) => {
    for (const path of paths) {
      const etags = await Promise.all(
        [{}, { beat: beatOf({ beatNo: 3 }) }, change].map(
          async (one) => (await createApiBench([one]).request(path)).headers.get('etag') ?? ''
        )
      )
      expect(new Set(etags).size).toBe(3)
    }
  })
})

test('JSON is compressed for those who can read it, and only that', async () => {
  const api = createApiBench(numbered(50, 200))
  const film = `/api/v2/projects/${numbered(1, 1)[0]?.view.projectId}/film`
  const paths = ['/api/get_projects', '/api/get_projects?scenes=0', '/api/v2/projects', '/api/v2/status', film]
  for (const path of paths) {
    const plain = Buffer.from(await (await api.request(path)).arrayBuffer())
    const answer = await api.request(path, { headers: { 'accept-encoding': 'gzip' } })
    expect(answer.headers.get('content-encoding')).toBe('gzip')
    expect(answer.headers.get('vary')).toMatch(/accept-encoding/i)
    const packed = Buffer.from(await answer.arrayBuffer())
    expect(gunzipSync(packed).equals(plain)).toBe(true)
    expect(packed.length).toBeLessThan(plain.length / 5)
  }
})
