import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import { openApiDocument } from '../../../src/api/openapi/document.ts'
import { docsPage } from '../../../src/api/openapi/docs-page.ts'
import { projectStatus, sampleEstimate } from '../../../src/api/schemas/index.ts'
import { createApiBench } from '../../fixtures/api-bench.ts'
import { z } from 'zod'
import type { OpenApiDocument } from '../../../src/api/openapi/types.ts'

async function document(): Promise<OpenApiDocument> {
  const answer = await createApiBench().request('/openapi.json')
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  return (await answer.json()) as OpenApiDocument
}

const callsOf = ({ paths }: OpenApiDocument): string[] =>
  Object.entries(paths)
    .flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`))
    .toSorted()

/** Routes of the app as the document would write them; middleware has no method of its own. */
const mounted = (): string[] => [
  ...new Set(
    createApiBench()
      .routes()
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')}`)
  )
]

test('is valid OpenAPI 3.1', async () => {
  const result = await new Validator().validate((await document()) as never)
  expect(result.errors).toBeUndefined()
  expect(result.valid).toBe(true)
})

test('describes every route of /api/v2 and the documented calls, and nothing that is not there', async () => {
  const described = callsOf(await document())
  const there = mounted()
  expect(described.filter((call) => !there.includes(call))).toEqual([])
  expect(
    there.filter((call) => /^\S+ \/(?:api\/|scene\/|completed\/)/.test(call) && !described.includes(call))
  ).toEqual([])
  expect(described.length).toBeGreaterThan(10)
})

test('every call has a summary, an id of its own and an answer that is no refusal', async () => {
  const operations = Object.values((await document()).paths).flatMap((path) => Object.values(path))
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
  for (const { summary, responses, tags } of operations) {
    expect(summary).toMatch(/^[A-Z`].{5,}/)
    expect(tags.length).toBe(1)
    expect(Object.keys(responses).some((status) => /^[12]\d\d$/.test(status))).toBe(true)
  }
})

test('every reference leads somewhere', async () => {
  const found = await document()
  const references = [...JSON.stringify(found).matchAll(/"\$ref":"#\/([^"]+)"/g)].map((match) => match[1] ?? '')
  expect(references.length).toBeGreaterThan(10)
  for (const reference of references) {
    const target = reference.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], found)
    expect(target, reference).toBeTypeOf('object')
  }
})

describe('schemas', () => {
  const describeOne = (schema: z.ZodType) =>
    openApiDocument(
      [
        {
          base: '',
          refusal: 'Problem',
          routes: [
            {
              method: 'get',
              path: '/x',
              request: { query: z.object({ n: z.coerce.number().int().default(3), m: z.string() }) },
              responses: { 200: { description: 'x', content: { 'application/json': { schema } } } }
            }
          ]
        }
      ],
      '1'
    )

  test('a schema with a name may be null where it says so, seen for the first time or again', () => {
    const nullable = { anyOf: [{ $ref: '#/components/schemas/SampleEstimate' }, { type: 'null' }] }
    const { components } = describeOne(projectStatus)
    expect(components.schemas).toMatchObject({
      Project: { properties: { sample: nullable, endedAtMs: { type: ['number', 'null'] } } },
      SampleEstimate: { type: 'object' }
    })
    const again = describeOne(z.object({ a: sampleEstimate, b: sampleEstimate.nullable() }))
    const answer = again.paths['/x']?.['get']?.responses['200']
    expect(answer).toMatchObject({
      content: {
        'application/json': {
          schema: { properties: { a: { $ref: '#/components/schemas/SampleEstimate' }, b: nullable } }
        }
      }
    })
  })

  test('a coerced number is a number, and optional where it has a default', () => {
    expect(describeOne(z.string()).paths['/x']?.['get']?.parameters).toEqual([
      { name: 'n', in: 'query', required: false, schema: { type: 'integer', default: 3 } },
      { name: 'm', in: 'query', required: true, schema: { type: 'string' } }
    ])
  })

  test('strict objects are strict, others may grow', async () => {
    const { components } = await document()
    expect(components.schemas).toMatchObject({ Submit: { additionalProperties: false } })
    expect(components.schemas['Project']).not.toHaveProperty('additionalProperties')
  })
})

describe('the page', () => {
  test('lists every call with a line of curl, without a script', async () => {
    const answer = await createApiBench().request('/docs')
    expect(answer.headers.get('content-type')).toBe('text/html; charset=UTF-8')
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+';/)
    const page = await answer.text()
    expect(page).not.toMatch(/<script|https?:\/\/(?!localhost)|style=| on\w+=/i)
    const described = await document()
    expect(page.match(/<article/g)?.length).toBe(callsOf(described).length)
    expect(page).toContain('curl -X POST &quot;http://localhost:7899/api/v2/projects&quot;')
  })

  test('texts of a document are text', async () => {
    const evil = '<img src=x onerror=alert(1)>'
    const operation = { operationId: evil, summary: evil, tags: [evil], responses: { 200: { description: evil } } }
    const described = await document()
    const page = docsPage({ ...described, paths: { [`/${evil}`]: { get: operation } } }, 'http://localhost')
    expect(page).not.toContain('<img')
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;')
  })
})
