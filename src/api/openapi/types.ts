import type { RouteConfig } from '@hono/zod-openapi'
import type { Json } from './json-schema.ts'

/** Routes as they are described beside their handlers, where they are mounted, and how they refuse. */
export interface DescribedRoutes {
  readonly base: string
  readonly routes: readonly RouteConfig[]
  readonly refusal: 'Problem' | 'Refused'
}

/** An OpenAPI 3.1 document, as far as this program looks into it. */
export interface OpenApiDocument {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly security: readonly Json[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Json; readonly responses: Json; readonly securitySchemes: Json }
}

export interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, Answer | Reference>>
}

export interface Parameter {
  readonly name: string
  readonly in: string
  readonly required: boolean
  readonly schema: Json
}

export interface Answer {
  readonly description: string
  readonly content?: Content
}

export interface Reference {
  readonly $ref: string
}

/** By media type. */
export type Content = Readonly<Record<string, { readonly schema?: Json }>>
