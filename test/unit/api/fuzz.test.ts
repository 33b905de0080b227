import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { beatOf, createApiBench, viewOf } from '../../fixtures/api-bench.ts'
import { requestsTo, type FuzzedRequest } from '../../fixtures/openapi-arbitraries.ts'
import { PROJECT } from '../../fixtures/protocol-samples.ts'
import type { OpenApiDocument, Operation } from '../../../src/api/openapi/types.ts'

const RUNS = 60
const ANSWER_MS_MAX = 5000
const METHODS_WITHOUT_BODY = new Set(['GET', 'HEAD'])

const benchOf = () =>
  createApiBench([{ beat: beatOf() }, { view: viewOf({ projectId: 'done', scenes: [[50, 9]], end: {} }), own: false }])
/** One that only describes. */
const document = (await (await benchOf().request('/openapi.json')).json()) as OpenApiDocument

const described = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation }))
)
const known = new Set(described.map(({ method, path }) => `${method} ${path}`))
/** Mounted and not described: pages and what is for machines. */
const others = benchOf()
  .routes()
  .map(({ method, path }) => ({ method, path: path.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, '{$1}') }))
  .filter(({ method, path }) => method !== 'ALL' && !known.has(`${method} ${path}`))

const rejections: unknown[] = []
const note = (reason: unknown): void => void rejections.push(reason)
beforeAll(() => void process.on('unhandledRejection', note))
afterAll(() => void process.off('unhandledRejection', note))

/** Within a deadline: an answer that does not come is a failure as well. */
async function soon<Value>(what: string, task: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`${what} took more than ${ANSWER_MS_MAX} ms`)), ANSWER_MS_MAX)
  try {
    return await Promise.race([task, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Streams that go on are left; all else is read to its end. */
async function textOf(answer: Response): Promise<string> {
  if (!answer.headers.get('content-type')?.startsWith('text/event-stream')) return soon('the body', answer.text())
  await answer.body?.cancel()
  return ''
}

async function answerTo(bench: ReturnType<typeof benchOf>, method: string, { path, headers, body }: FuzzedRequest) {
  const left = new AbortController()
  const sent = { method, headers: { ...headers }, signal: left.signal }
  const request = bench.request(path, body == null || METHODS_WITHOUT_BODY.has(method) ? sent : { ...sent, body })
  const answer = await soon('the answer', request)
  const text = await textOf(answer)
  left.abort()
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', text }
}

async function fuzz(
  method: string,
  path: string,
  operation: Pick<Operation, 'parameters' | 'requestBody'>,
  isJson: boolean,
  numRuns = RUNS
) {
  const bench = benchOf()
  await fc.assert(
    fc.asyncProperty(requestsTo(path, operation, document, [PROJECT, 'done']), async (request) => {
      const { status, type, text } = await answerTo(bench, method, request)
      expect(bench.errors.splice(0)).toEqual([])
      expect(status).not.toBe(500)
      expect(rejections).toEqual([])
      // What a range lacks is said by Content-Range.
      if (status === 416) return
      if (!isJson || method === 'HEAD' || (status < 400 && !type.includes('json')) || status === 304) return
      const body = text === '' && status < 400 ? {} : (JSON.parse(text) as { reason?: unknown; detail?: unknown })
      if (status >= 400) expect(body.reason ?? body.detail).toMatch(/\S/)
    }),
    { numRuns }
  )
}

test('the document has something to try', () => {
  expect(described.length).toBeGreaterThan(12)
})

test.for(described)(
  '$method $path answers whatever it is asked, with a reason where it refuses',
  async ({ method, path, operation }) => fuzz(method, path, operation, true)
)

test.for(others)('$method $path does not fail either', async ({ method, path }) => fuzz(method, path, {}, false))

test.for(['PUT', 'PATCH', 'DELETE', 'POST', 'OPTIONS', 'HEAD'])('%s anywhere is answered', async (method) => {
  for (const { path } of described) await fuzz(method, path, {}, false, 10)
})
