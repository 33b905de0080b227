import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { answerStays, gzipOfAnswer } from '../../../src/api/kept-gzip.ts'
import { createApiBench } from '../../fixtures/api-bench.ts'

const request = (): Request => new Request('http://127.0.0.1/')

test('the same bytes are packed once, whoever asks and however many at once', async () => {
  const bytes = new TextEncoder().encode('{"a":1}'.repeat(100))
  const requests = [request(), request(), request()]
  for (const one of requests) answerStays(one, bytes)
  const [first, second] = await Promise.all(requests.slice(0, 2).map(gzipOfAnswer))
  expect(first).toBeDefined()
  expect(second).toBe(first)
  expect(await gzipOfAnswer(requests[2] ?? request())).toBe(first)
  expect(gunzipSync(first ?? new Uint8Array())).toEqual(Buffer.from(bytes))
})

test('other bytes are packed by themselves, and an answer that nobody keeps is not', async () => {
  const [one, other] = [request(), request()]
  answerStays(one, new TextEncoder().encode('a'))
  answerStays(other, new TextEncoder().encode('a'))
  expect(await gzipOfAnswer(one)).not.toBe(await gzipOfAnswer(other))
  expect(await gzipOfAnswer(request())).toBeUndefined()
})

test.for([
  ['gzip, deflate, br', 'gzip'],
  ['gzip;q=0.5', 'gzip'],
  ['gzip;q=0, deflate', 'deflate'],
  ['gzip; q=0.0', null],
  ['identity', null],
  ['', null]
] as const)('with Accept-Encoding "%s" a kept answer comes as %s', async ([accepted, encoding]) => {
  const answer = await createApiBench([{}]).request('/api/v2/status', { headers: { 'accept-encoding': accepted } })
  expect(answer.headers.get('content-encoding')).toBe(encoding)
  expect(answer.headers.get('vary')).toMatch(/accept-encoding/i)
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
})
