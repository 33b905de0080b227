import { z } from 'zod'

export type Json = Readonly<Record<string, unknown>>

const REFERENCES = '#/components/schemas/'

/** JSON schemas of zod schemas; those with an id are kept aside in `named` and referred to. */
export function createJsonSchemas() {
  const named: Record<string, unknown> = {}

  function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
    const { $schema: _, $defs, ...inline } = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: tidy })
    for (const [id, definition] of Object.entries($defs ?? {})) named[id] ??= moved(definition)
    return moved(inline) as Json
  }

  return { jsonSchema, named }
}

/** What is not forbidden may come with a later version; bounds of what JavaScript can count say nothing. */
function tidy({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: z.core.JSONSchema.BaseSchema }) {
  const { def } = zodSchema._zod
  if (def.type === 'object' && def.catchall == null) delete jsonSchema.additionalProperties
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  delete jsonSchema.id
}

function moved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moved)
  if (typeof value !== 'object' || value == null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string' ? inner.replace(/^#\/\$defs\//, REFERENCES) : moved(inner)
    ])
  )
}
