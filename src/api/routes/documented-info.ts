import { Hono } from 'hono'
import { ApiRefusal, type ApiModules } from '../modules.ts'
import { LOG_LEVELS } from '../schemas/index.ts'
import type { SecurityVariables } from '../security.ts'

/** What the original called the programs behind its encoders, and their libraries. */
const PROGRAMS: Readonly<Record<string, { readonly program: string; readonly library: string }>> = {
  aom: { program: 'aomenc', library: 'libaom' },
  vp9: { program: 'vpxenc', library: 'libvpx' },
  svt: { program: 'SvtAv1EncApp', library: 'libsvtav1' }
}

/** Later additions of the original's API that its clients used: what the server is, what goes on, and which files it has. */
export function documentedInfoRoutes({ node, projects, files }: Pick<ApiModules, 'node' | 'projects' | 'files'>) {
  const routes = new Hono<{ Variables: SecurityVariables }>()

  /** Versions of this node's encoders, from its builds (`aom/3.6.0/1f2e3d4c`). */
  function versions(name: 'program' | 'library'): Record<string, string> {
    const found: Record<string, string> = {}
    for (const build of node.status().encoders) {
      const [encoder = '', version = ''] = build.split('/')
      found[PROGRAMS[encoder]?.[name] ?? encoder] = version
    }
    return found
  }

  routes.get('/api/get_info', (c) =>
    c.json({
      encoders: versions('program'),
      actions: [],
      protocols: ['libp2p'],
      logs: [...LOG_LEVELS],
      // Who proved to hold the token had to, or may as well go on doing so.
      password: c.get('trusted')
    })
  )

  routes.get('/api/get_home', (c) => {
    const all = projects.list()
    const fps = all.reduce((sum, { view, beat }) => sum + (view.end == null ? (beat?.fps ?? 0) : 0), 0)
    return c.json({
      versions: versions('library'),
      projects: all.length,
      jobs: all.reduce((sum, { view }) => sum + (view.end == null ? view.scenes.length - view.acceptedScenes : 0), 0),
      'frames per hour': { since: Math.round(Date.now() / 1000), frames: Math.round(fps * 3600) }
    })
  })

  routes.get('/api/list_directory', async (c) => {
    try {
      return c.json(await files.list(c.req.query('path') ?? ''))
    } catch (error) {
      if (error instanceof ApiRefusal) return c.json({ success: false, reason: error.message })
      throw error
    }
  })

  return routes
}
