import { chronicleRoutes } from './chronicle.ts'
import { dryRunRoutes } from './dry-run.ts'
import { directoryRoutes } from './directories.ts'
import { encoderRoutes } from './encoders.ts'
import { eventRoutes } from './events.ts'
import { inviteRoutes } from './invites.ts'
import { logRoutes } from './logs.ts'
import { nodeRoutes } from './node.ts'
import { peerRoutes } from './peers.ts'
import { presetRoutes } from './presets.ts'
import { projectRoutes } from './projects.ts'
import { createRouter } from './router.ts'
import { sessionRoutes } from './session.ts'
import { sceneRoutes } from './scenes.ts'
import { standingRoutes } from './standings.ts'
import { statusRoutes } from './status.ts'
import { tokenRoutes } from './tokens.ts'
import { uploadRoutes } from './uploads.ts'
import type { ApiPorts } from '../ports.ts'
import type { Credentials } from '../security.ts'

/** The API of our own clients: unambiguous names, real status codes, problem details. Its type is what typed clients are made of. */
export function v2Routes(ports: ApiPorts, credentials: Credentials) {
  return createRouter()
    .basePath('/api/v2')
    .route('/', sessionRoutes(credentials))
    .route('/', statusRoutes(ports))
    .route('/', projectRoutes(ports))
    .route('/', eventRoutes(ports))
    .route('/', peerRoutes(ports))
    .route('/', standingRoutes(ports))
    .route('/', nodeRoutes(ports))
    .route('/', directoryRoutes(ports))
    .route('/', encoderRoutes(ports))
    .route('/', presetRoutes(ports))
    .route('/', logRoutes(ports))
    .route('/', uploadRoutes(ports))
    .route('/', sceneRoutes(ports))
    .route('/', dryRunRoutes(ports))
    .route('/', chronicleRoutes(ports))
    .route('/', tokenRoutes(ports))
    .route('/', inviteRoutes(ports))
}

export type V2 = ReturnType<typeof v2Routes>
