import { dryRunRoutes } from './dry-run.ts'
import { projectRoutes } from './projects.ts'
import { createRouter } from './router.ts'
import { sceneRoutes } from './scenes.ts'
import { statusRoutes } from './status.ts'
import type { ApiModules } from '../modules.ts'

/** The API of our own clients: unambiguous names, real status codes, problem details. Its type is what typed clients are made of. */
export function v2Routes(modules: ApiModules) {
  return createRouter()
    .basePath('/api/v2')
    .route('/', statusRoutes(modules))
    .route('/', projectRoutes(modules))
    .route('/', sceneRoutes(modules))
    .route('/', dryRunRoutes(modules))
}

export type V2 = ReturnType<typeof v2Routes>
