import { documentedPaths } from './documented-paths.ts'
import { openApiDocument } from './document.ts'
import type { V2 } from '../v2/index.ts'
import type { OpenApiDocument } from './types.ts'

/** Everything that is mounted, as OpenAPI. */
export function describeApi(v2: Pick<V2, 'openAPIRegistry'>, version: string): OpenApiDocument {
  const routes = v2.openAPIRegistry.definitions.flatMap((definition) =>
    definition.type === 'route' ? [definition.route] : []
  )
  return openApiDocument(
    [
      { base: '/api/v2', routes, refusal: 'Problem' },
      { base: '', routes: documentedPaths, refusal: 'Refused' }
    ],
    version
  )
}
