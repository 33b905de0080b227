import { dryRunRoutes } from './dry-run.ts'
import { directoryRoutes } from './directories.ts'
import { encoderRoutes } from './encoders.ts'
import { eventRoutes } from './events.ts'
import { logRoutes } from './logs.ts'
import { nodeRoutes } from './node.ts'
import { peerRoutes } from './peers.ts'
import { projectRoutes } from './projects.ts'
import { createRouter } from './router.ts'
import { sessionRoutes } from './session.ts'
import { sceneRoutes } from './scenes.ts'
import { statusRoutes } from './status.ts'
import { uploadRoutes } from './uploads.ts'
import type { ApiModules } from '../modules.ts'
import type { Credentials } from '../security.ts'

/** The API of our own clients: unambiguous names, real status codes, problem details. Its type is what typed clients are made of. */
export function v2Routes(modules: ApiModules, credentials: Credentials) {
  return createRouter()
    .basePath('/api/v2')
    .route('/', sessionRoutes(credentials))
    .route('/', statusRoutes(modules))
    .route('/', projectRoutes(modules))
    .route('/', eventRoutes(modules))
    .route('/', peerRoutes(modules))
    .route('/', nodeRoutes(modules))
    .route('/', directoryRoutes(modules))
    .route('/', encoderRoutes(modules))
    .route('/', logRoutes(modules))
    .route('/', uploadRoutes(modules))
    .route('/', sceneRoutes(modules))
    .route('/', dryRunRoutes(modules))
}

export type V2 = ReturnType<typeof v2Routes>
