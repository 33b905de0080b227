import { isAbsolute, join } from 'node:path'
import { Hono } from 'hono'
import { LOG_LEVELS } from '../schemas/index.ts'
import type { ApiPorts } from '../ports.ts'
import type { SecurityVariables } from '../security.ts'

/** What the original called the programs behind its encoders, and their libraries. */
const PROGRAMS: Readonly<Record<string, { readonly program: string; readonly library: string }>> = {
  aom: { program: 'aomenc', library: 'libaom' },
  vp9: { program: 'vpxenc', library: 'libvpx' },
  svt: { program: 'SvtAv1EncApp', library: 'libsvtav1' }
}

/** Later additions to the original API that its clients used: server information, activity and files. */
export function documentedInfoRoutes({
  node,
  projects,
  directories
}: Pick<ApiPorts, 'node' | 'projects' | 'directories'>) {
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
      // A caller that proved that it holds the token had to, or may as well keep doing so.
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
    const path = c.req.query('path') ?? ''
    const roots = ((await directories.list())?.entries ?? []).map((root) => root.path)
    // A relative path is looked for below each media folder, as `input` is.
    const folders = path === '' ? roots : isAbsolute(path) ? [path] : roots.map((root) => join(root, path))
    const found = (await Promise.all(folders.map(async (folder) => directories.list(folder)))).filter(
      (one) => one != null
    )
    if (found.length === 0 && path !== '')
      return c.json({ success: false, reason: 'There is no such folder below the media folders.' })
    const names = found.flatMap(({ entries }) =>
      entries.map(({ name, type }) => (type === 'folder' ? `${name}/` : name))
    )
    return c.json([...new Set(names)].sort())
  })

  return routes
}
