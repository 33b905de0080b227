import { z } from 'zod'
import { problem, refused } from '../schemas/index.ts'
import { createJsonSchemas } from './json-schema.ts'
import type { RouteConfig } from '@hono/zod-openapi'
import type { Answer, Content, DescribedRoutes, OpenApiDocument, Operation, Parameter } from './types.ts'

const DESCRIPTION =
  'Refusals of `/api/v2` are problem details (RFC 9457) with a stable `code`, those of the other paths `{"success": false, "reason": "..."}`. On the same machine no token is needed, unless the node was started with `--auth always`.'
const REFUSAL =
  'A refusal: no token (401), a token that does not allow this (403), a page of another site (403), too many wrong tokens (429)'

type Schemas = ReturnType<typeof createJsonSchemas>

/**
 * The OpenAPI document, made from the routes themselves. Not by the generator of `@hono/zod-openapi`: that loses `null` where a schema with a name may be null,
 * and takes a coerced number for one that may be.
 */
export function openApiDocument(described: readonly DescribedRoutes[], version: string): OpenApiDocument {
  const schemas = createJsonSchemas()
  const paths: Record<string, Record<string, Operation>> = {}
  for (const { base, routes, refusal } of described) {
    for (const route of routes) {
      const path = `${base}${route.path}`
      const operations = (paths[path] ??= {})
      operations[route.method] = operationOf(schemas, route, path, refusal)
    }
  }
  const problems = { 'application/problem+json': { schema: schemas.jsonSchema(problem, 'output') } }
  const reasons = { 'application/json': { schema: schemas.jsonSchema(refused, 'output') } }
  return {
    openapi: '3.1.0',
    info: { title: 'grav1', version, description: DESCRIPTION },
    security: [{ bearer: [] }, {}],
    paths,
    components: {
      schemas: schemas.named,
      responses: {
        Problem: { description: REFUSAL, content: problems },
        Refused: { description: REFUSAL, content: reasons }
      },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } }
    }
  }
}

function operationOf(
  schemas: Schemas,
  route: RouteConfig,
  path: string,
  refusal: DescribedRoutes['refusal']
): Operation {
  const { method, summary = '', description, tags = [], request, responses } = route
  const parts = path.split('/').filter((part) => part !== '' && part !== 'api')
  const parameters = parametersOf(schemas, route)
  return {
    operationId: [method, ...parts.map((part) => part.replaceAll(/[{}]/g, ''))].join('-'),
    summary,
    ...(description == null ? {} : { description }),
    tags: [...tags],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(request?.body == null
      ? {}
      : {
          requestBody: {
            required: request.body.required ?? false,
            content: contentOf(schemas, request.body.content, 'input')
          }
        }),
    responses: {
      ...Object.fromEntries(Object.entries(responses).map(([status, answer]) => [status, answerOf(schemas, answer)])),
      default: { $ref: `#/components/responses/${refusal}` }
    }
  }
}

function answerOf(schemas: Schemas, answer: object): Answer {
  const { description = '', content } = answer as { description?: string; content?: object }
  return { description, ...(content == null ? {} : { content: contentOf(schemas, content, 'output') }) }
}

/** Bodies as a client writes them: what has a default may be left out. */
function contentOf({ jsonSchema }: Schemas, content: object, io: 'input' | 'output'): Content {
  const entries = Object.entries(content as Record<string, { readonly schema?: unknown }>).map(([type, { schema }]) => {
    const described = schema instanceof z.ZodType ? jsonSchema(schema, io) : schema
    return [type, described == null ? {} : { schema: described }] as const
  })
  return Object.fromEntries(entries) as Content
}

function parametersOf({ jsonSchema }: Schemas, { request }: RouteConfig): Parameter[] {
  const places = { path: request?.params, query: request?.query, header: request?.headers, cookie: request?.cookies }
  return Object.entries(places).flatMap(([place, fields]) => {
    if (!(fields instanceof z.ZodObject)) return []
    return Object.entries(fields.shape as Record<string, z.ZodType>).map(([name, field]) => {
      const required = place === 'path' || !field.safeParse(undefined).success
      return { name, in: place, required, schema: jsonSchema(field, 'input') }
    })
  })
}
