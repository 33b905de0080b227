import { mkdir, readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { TestProject } from 'vitest/node'
import { layOutProgram } from '../scripts/package/lay-out.ts'

const cache = resolve(import.meta.dirname, '../node_modules/.cache/grav1-test')
const PREFIX = 'program-'

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Runs that were killed left theirs. */
async function removeLeftOvers(): Promise<void> {
  await mkdir(cache, { recursive: true })
  for (const name of await readdir(cache)) {
    if (name.startsWith(PREFIX) && !isRunning(Number(name.slice(PREFIX.length))))
      await rm(join(cache, name), { recursive: true, force: true })
  }
}

/**
 * Set-up of the projects that start real nodes: makes what the package holds, once for a run and from the sources as they are, and says in `GRAV1_TEST_PROGRAM` where its program is.
 * A node of it starts in two thirds of the time that one of the sources takes.
 */
export async function setup(project: Pick<TestProject, 'onTestsRerun'>): Promise<(() => Promise<void>) | void> {
  // Each project has this set-up.
  if (process.env['GRAV1_TEST_PROGRAM'] !== undefined) return
  const folder = join(cache, `${PREFIX}${process.pid}`)
  await removeLeftOvers()
  const { file, remake } = await layOutProgram(folder)
  project.onTestsRerun(remake)
  process.env['GRAV1_TEST_PROGRAM'] = file
  process.env['GRAV1_TEST_COMPILED'] = join(folder, 'compiled')
  return async () => rm(folder, { recursive: true, force: true, maxRetries: 5 })
}
