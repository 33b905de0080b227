import { describe, expect, test } from 'vitest'
import { ApiRefusal } from '../../../src/api/refusal.ts'
import { beatOf, createApiBench, viewOf } from '../../fixtures/api-bench.ts'
import { PROJECT } from '../../fixtures/protocol-samples.ts'

const PATH = `/api/v2/projects/${PROJECT}`
const LIST = '/api/v2/projects'

const change = async (bench: ReturnType<typeof createApiBench>, body: unknown, path = PATH) =>
  bench.request(path, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body)
  })
const codeOf = async (answer: Response): Promise<unknown[]> => [
  answer.status,
  ((await answer.json()) as { code: string }).code
]

describe('what a refusal is about', () => {
  const post = async (bench: ReturnType<typeof createApiBench>, body: unknown): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' }
    const answer = await bench.request(LIST, { method: 'POST', headers, body: JSON.stringify(body) })
    return answer.json()
  }
  const FILM = { input: 'a.mkv', encoder: 'aom' }

  test.for([
    [{ ...FILM, threshold: 'low' }, 'threshold'],
    [{ ...FILM, zones: [{ start: 0, end: 5, colour: 'red' }] }, 'zones'],
    [{ ...FILM, colour: 'red' }, 'colour'],
    [{ encoder: 'aom' }, 'input'],
    [[], undefined]
  ] as const)('%j: %s', async ([body, field]) => {
    expect(await post(createApiBench([{}]), body)).toEqual(
      expect.objectContaining({ code: 'bad-request', ...(field === undefined ? {} : { field }) })
    )
  })

  test('is what the node says', async () => {
    const bench = createApiBench([{}])
    bench.refusal = new ApiRefusal('bad-options', 400, 'It ends before it begins.', { field: 'range' })
    expect(await post(bench, FILM)).toMatchObject({ code: 'bad-options', field: 'range' })
    bench.refusal = new ApiRefusal('no-encoder', 400, 'ffmpeg is missing.')
    expect(await post(bench, FILM)).not.toHaveProperty('field')
  })
})

describe('the priority', () => {
  test('is changed, and the project comes back', async () => {
    const bench = createApiBench([{}])
    const answer = await change(bench, { priority: -1.5 })
    expect([answer.status, await answer.json()]).toMatchObject([200, { projectId: PROJECT }])
    expect(bench.calls).toEqual([['setPriority', PROJECT, -1.5]])
  })

  test.for([{}, { priority: '1' }, { priority: null }, { priority: 1, name: 'x' }, [], null])(
    '%j is none',
    async (body) => {
      const bench = createApiBench([{}])
      expect(await codeOf(await change(bench, body))).toEqual([400, 'bad-request'])
      expect(bench.calls).toEqual([])
    }
  )

  test('of what is not there, or of what has ended, is not changed', async () => {
    const bench = createApiBench([{}])
    expect(await codeOf(await change(bench, { priority: 1 }, `${LIST}/x`))).toEqual([404, 'unknown-project'])
    expect(bench.calls).toEqual([])
    bench.refusal = new ApiRefusal('already-ended', 409, 'The project has already ended.')
    expect(await codeOf(await change(bench, { priority: 1 }))).toEqual([409, 'already-ended'])
  })
})

describe('delete', () => {
  test('takes a project away and says nothing more', async () => {
    const bench = createApiBench([{}])
    const answer = await bench.request(PATH, { method: 'DELETE' })
    expect([answer.status, await answer.text()]).toEqual([204, ''])
    expect(bench.calls).toEqual([['remove', PROJECT]])
  })

  test('of what is not there, or not ours to delete, is refused', async () => {
    const bench = createApiBench([{}])
    const ask = async (path: string) => codeOf(await bench.request(path, { method: 'DELETE' }))
    expect(await ask(`${LIST}/x`)).toEqual([404, 'unknown-project'])
    expect(bench.calls).toEqual([])
    bench.refusal = new ApiRefusal('not-allowed', 403, 'You are not allowed to do this!')
    expect(await ask(PATH)).toEqual([403, 'not-allowed'])
  })
})

describe('the list', () => {
  const snapshots = Array.from({ length: 250 }, (_, index) => ({
    view: viewOf({ projectId: `p${index}`, scenes: [[50, 1]], ...(index % 5 === 0 ? { end: {} } : {}) }),
    beat: beatOf()
  }))
  const ask = async (query: string) => {
    const answer = await createApiBench(snapshots).request(`${LIST}${query}`)
    return (await answer.json()) as { items: { projectId: string }[]; total: number; offset: number }
  }
  const idsOf = ({ items }: Awaited<ReturnType<typeof ask>>) => items.map(({ projectId }) => projectId)

  test('comes in pages of 100, in the order of the node', async () => {
    const first = await ask('')
    expect([first.items.length, first.total, first.offset]).toEqual([100, 250, 0])
    const pages = [first, await ask('?offset=100'), await ask('?offset=200')]
    expect(pages.flatMap(idsOf)).toEqual(snapshots.map(({ view }) => view.projectId))
    expect(pages[2]?.offset).toBe(200)
    expect(await ask('?offset=250')).toMatchObject({ items: [], total: 250 })
    expect(idsOf(await ask('?offset=7&limit=2'))).toEqual(['p7', 'p8'])
  })

  test('of one state counts only those', async () => {
    const completed = await ask('?state=completed&offset=10&limit=3')
    expect(completed).toMatchObject({ total: 50, offset: 10 })
    expect(idsOf(completed)).toEqual(['p50', 'p55', 'p60'])
    expect(await ask('?state=failed')).toMatchObject({ items: [], total: 0 })
  })

  test.for(['?limit=0', '?limit=1001', '?limit=x', '?offset=-1', '?offset=1.5', '?state=done', '?state='])(
    '%s is refused',
    async (query) => {
      expect(await codeOf(await createApiBench(snapshots).request(`${LIST}${query}`))).toEqual([400, 'bad-request'])
    }
  )
})

test('a body of another media type is 415, not taken for an empty one', async () => {
  const bench = createApiBench([{}])
  const answer = await bench.request(LIST, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' })
  expect(await codeOf(answer)).toEqual([415, 'media-type'])
  expect(bench.errors).toEqual([])
})
