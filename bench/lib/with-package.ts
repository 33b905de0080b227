import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createLocalSwarm, type LocalSwarm } from '../../scripts/local-swarm.ts'
import { layOutProgram } from '../../scripts/package/lay-out.ts'

/** Runs a bench with nodes of the package, in a folder of its own that nothing is left of. */
export async function withPackage(name: string, run: (swarm: LocalSwarm) => Promise<void>): Promise<void> {
  const cache = resolve(import.meta.dirname, '../../node_modules/.cache')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, `grav1-${name}-`))
  try {
    const { file: program } = await layOutProgram(join(folder, 'package'))
    const swarm = await createLocalSwarm({ within: folder, program, env: { XDG_CACHE_HOME: join(folder, 'cache') } })
    try {
      await run(swarm)
    } finally {
      await swarm.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
