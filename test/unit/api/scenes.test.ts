import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CLIP, createApiBench, viewOf, MP4, WEBM } from '../../fixtures/api-bench.ts'
import { hashNo, PROJECT } from '../../fixtures/protocol-samples.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

const IVF = randomBytes(1000)

async function bench() {
  const path = join(await tempDir(), 'scene.ivf')
  await writeFile(path, IVF)
  const view = viewOf({ scenes: [[50, 1000], [50]] })
  return createApiBench([{ view }], { scene: { path, bytes: 1000 } })
}
const url = (scene: string): string => `/scene/${PROJECT}/${scene}`
const body = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer())

test.for([
  ['1', 'webm'],
  ['00001', 'webm'],
  ['000001', 'webm'],
  ['00001.webm', 'webm'],
  ['1.webm', 'webm'],
  ['00001.mp4', 'mp4'],
  ['1.mp4', 'mp4']
] as const)('%s is playable, as %s', async ([name, form]) => {
  const api = await bench()
  const answer = await api.request(url(name))
  const film = form === 'mp4' ? MP4 : WEBM
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe(`video/${form}`)
  expect(answer.headers.get('content-length')).toBe(String(film.length))
  expect((await body(answer)).equals(film)).toBe(true)
  expect(api.calls).toEqual([['playable', PROJECT, 0, form]])
})

test.for(['1.webm', '1.mp4'])('%s has ranges, and an ETag of its own', async (name) => {
  const api = await bench()
  const film = name.endsWith('mp4') ? MP4 : WEBM
  const part = await api.request(url(name), { headers: { range: 'bytes=2-4' } })
  expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 2-4/${film.length}`])
  expect((await body(part)).equals(film.subarray(2, 5))).toBe(true)
  const etag = part.headers.get('etag') ?? ''
  expect(etag).toContain(hashNo(0))
  expect((await api.request(url(name), { headers: { 'if-none-match': etag } })).status).toBe(304)
  for (const other of ['1.webm', '1.mp4', '1.ivf'].filter((one) => one !== name))
    expect((await api.request(url(other))).headers.get('etag')).not.toBe(etag)
  expect((await api.request(url(name), { headers: { range: 'bytes=99-' } })).status).toBe(416)
})

test.for(['00001.ivf', '1.ivf'])('%s is what was accepted, byte for byte', async (name) => {
  const api = await bench()
  const answer = await api.request(url(name))
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-length')).toBe('1000')
  expect((await body(answer)).equals(IVF)).toBe(true)
  expect(api.calls).toEqual([['file', PROJECT, 0]])
})

test.for([
  '0',
  '00000.ivf',
  '2',
  '3',
  '-1',
  '1.5',
  'one',
  '1.mkv',
  '1.ivf.webm',
  '9999999',
  '%2e%2e%2fidentity.key',
  '1%00'
])('%s is 404, and no file is touched', async (name) => {
  const api = await bench()
  const answer = await api.request(url(name))
  expect(answer.status).toBe(404)
  expect(await answer.json()).toMatchObject({ success: false })
  expect(api.calls).toEqual([])
})

test('a scene of an unknown project is 404; one that cannot be had says so', async () => {
  expect((await (await bench()).request('/scene/1/1')).status).toBe(404)
  const away = await createApiBench([{}]).request(url('1.ivf'))
  expect([away.status, await away.json()]).toEqual([503, { success: false, reason: 'The scene is not on this node.' }])
})

describe('ranges', () => {
  test.for([
    ['bytes=0-99', 0, 99],
    ['bytes=900-', 900, 999],
    ['bytes=-100', 900, 999],
    ['bytes=-5000', 0, 999],
    ['bytes=990-5000', 990, 999],
    ['bytes=0-0', 0, 0]
  ] as const)('%s', async ([range, first, last]) => {
    const answer = await (await bench()).request(url('1.ivf'), { headers: { range } })
    expect(answer.status).toBe(206)
    expect(answer.headers.get('content-range')).toBe(`bytes ${first}-${last}/1000`)
    expect(answer.headers.get('content-length')).toBe(String(last - first + 1))
    expect((await body(answer)).equals(IVF.subarray(first, last + 1))).toBe(true)
  })

  test.for(['bytes=1000-', 'bytes=5000-6000', 'bytes=-0'])('%s is beyond the end', async (range) => {
    const answer = await (await bench()).request(url('1.ivf'), { headers: { range } })
    expect(answer.status).toBe(416)
    expect(answer.headers.get('content-range')).toBe('bytes */1000')
  })

  test.for(['bytes=0-1,5-6', 'bytes=-', 'lines=1-2', 'bytes=a-b', 'bytes=5-2'])('%s gets the whole', async (range) => {
    const answer = await (await bench()).request(url('1.ivf'), { headers: { range } })
    expect(answer.status).toBe(200)
    expect(await body(answer)).toHaveLength(1000)
  })
})

test('what is known already is not sent again, nor fetched', async () => {
  const api = await bench()
  const first = await api.request(url('1.ivf'))
  const etag = first.headers.get('etag') ?? ''
  expect(etag).toBe(`"${hashNo(0)}"`)
  await first.arrayBuffer()
  api.calls.length = 0
  for (const known of [etag, `"other", ${etag}`, `W/${etag}`, '*']) {
    const again = await api.request(url('1.ivf'), { headers: { 'if-none-match': known } })
    expect(again.status).toBe(304)
    expect(again.headers.get('etag')).toBe(etag)
    expect(await again.text()).toBe('')
  }
  expect(api.calls).toEqual([])
  // The playable form has other bytes.
  const webm = await api.request(url('1'), { headers: { 'if-none-match': etag } })
  expect(webm.status).toBe(200)
  expect(webm.headers.get('etag')).not.toBe(etag)
})

test('the source of a scene, finished or not, under the tag of the clip', async () => {
  const api = await bench()
  for (const [name, scene] of [
    ['1.source.webm', 0],
    ['00002.source.webm', 1]
  ] as const) {
    const answer = await api.request(url(name), { headers: { range: 'bytes=4-9' } })
    expect(answer.status).toBe(206)
    expect(Object.fromEntries(answer.headers)).toMatchObject({ 'content-type': 'video/webm', etag: `"clip-${scene}"` })
    expect((await body(answer)).equals(CLIP.subarray(4, 10))).toBe(true)
  }
  const again = await api.request(url('1.source.webm'), { headers: { 'if-none-match': '"clip-0"' } })
  expect(again.status).toBe(304)
  for (const name of ['3.source.webm', '0.source.webm', '1.source.mp4', '1.source'])
    expect((await api.request(url(name))).status).toBe(404)
})
