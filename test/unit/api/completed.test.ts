import { expect, test } from 'vitest'
import { COMPLETED, createApiBench, viewOf } from '../../fixtures/api-bench.ts'
import { hashNo, PROJECT } from '../../fixtures/protocol-samples.ts'

const url = `/completed/${PROJECT}`
const bench = (completed: string | undefined = 'film.aom.mkv') =>
  createApiBench([{ view: viewOf({ scenes: [[50, 1000]], end: {} }) }], completed === undefined ? {} : { completed })

test('the finished file, with the hash of it as its tag', async () => {
  const answer = await bench().request(url)
  expect(answer.status).toBe(200)
  expect(Buffer.from(await answer.arrayBuffer()).equals(COMPLETED)).toBe(true)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'video/x-matroska',
    'content-length': String(COMPLETED.length),
    'accept-ranges': 'bytes',
    etag: `"${hashNo(9)}"`,
    'content-disposition': `attachment; filename="film.aom.mkv"; filename*=UTF-8''film.aom.mkv`
  })
})

test('a part of it, unless what the client has a part of is something else', async () => {
  const part = await bench().request(url, { headers: { range: 'bytes=4-11' } })
  expect([part.status, await part.text()]).toEqual([206, 'finished'])
  const same = await bench().request(url, { headers: { range: 'bytes=4-11', 'if-range': `"${hashNo(9)}"` } })
  expect(same.status).toBe(206)
  const other = await bench().request(url, { headers: { range: 'bytes=4-11', 'if-range': '"other"' } })
  expect([other.status, await other.text()]).toEqual([200, COMPLETED.toString()])
})

test('what is known is not sent again, nor looked for; HEAD sends no bytes', async () => {
  const api = bench()
  const again = await api.request(url, { headers: { 'if-none-match': `"${hashNo(9)}"` } })
  expect([again.status, api.calls]).toEqual([304, []])
  const head = await api.request(url, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '17', ''])
})

test('the name is harmless in a header, whatever is in it', async () => {
  const answer = await bench(`a"b\\c%41 é'(1).mkv`).request(url)
  expect(answer.headers.get('content-disposition')).toBe(
    `attachment; filename="a_b_c_41 _'(1).mkv"; filename*=UTF-8''a%22b%5Cc%2541%20%C3%A9%27%281%29.mkv`
  )
})

test('of an unknown project, of one that is not finished, and one that cannot be had now', async () => {
  const missing = await bench().request('/completed/x.1')
  expect([missing.status, await missing.json()]).toEqual([404, { success: false, reason: 'Project does not exist.' }])
  const early = await createApiBench([{}]).request(url)
  expect([early.status, await early.json()]).toEqual([
    404,
    { success: false, reason: 'The project has no finished file.' }
  ])
  const failed = createApiBench([{ view: viewOf({ end: { state: 'failed' } }) }])
  expect((await failed.request(url)).status).toBe(404)
  const gone = await createApiBench([{ view: viewOf({ end: {} }) }]).request(url)
  expect([gone.status, await gone.json()]).toEqual([503, { success: false, reason: 'The finished file is elsewhere.' }])
})

test('a manifest that is not here is said to be missing', async () => {
  const answer = await bench().request(`${url}/manifest`)
  expect([answer.status, await answer.json()]).toEqual([
    404,
    { success: false, reason: 'The film has no manifest here.' }
  ])
  expect((await bench().request('/completed/nothing/manifest')).status).toBe(404)
})
