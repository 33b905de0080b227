import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import type { TestProject } from 'vitest/node'
import { layOutProgram } from '../scripts/package/lay-out.ts'
import { endingWithParent } from './fixtures/with-parent.ts'
import { keepWarm, warmUp } from './e2e/warm.ts'

const cache = resolve(import.meta.dirname, '../node_modules/.cache/grav1-test')
const PREFIX = 'program-'

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Runs that were killed left theirs, perhaps under the number that is this process's now. */
async function removeLeftOvers(): Promise<void> {
  await mkdir(cache, { recursive: true })
  for (const name of await readdir(cache)) {
    const pid = Number(name.slice(PREFIX.length))
    if (name.startsWith(PREFIX) && (pid === process.pid || !isRunning(pid)))
      await rm(join(cache, name), { recursive: true, force: true })
  }
}

/** Starts a node and ends it in good order: those of the tests, which are mostly killed and so keep nothing, find their code compiled and the encoders tried. */
async function startFirstNode(file: string, compiled: string): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'grav1-first-'))
  await warmUp(dataDir)
  const places = ['--data-dir', dataDir, '--listen', '/ip4/127.0.0.1/tcp/0', '--api-port', '0', '--no-mdns']
  const node = execa(...endingWithParent(process.execPath, [file, 'node', '--workers', '1', ...places]), {
    env: { HOME: dataDir, XDG_CONFIG_HOME: dataDir, NODE_COMPILE_CACHE: compiled },
    stdin: 'ignore',
    reject: false
  })
  // Its last line at the start says where its page is.
  for await (const line of node) if (line.startsWith('web ')) node.kill()
  await keepWarm(dataDir)
  await rm(dataDir, { recursive: true, force: true })
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
  const compiled = join(folder, 'compiled')
  process.env['GRAV1_TEST_COMPILED'] = compiled
  await startFirstNode(file, compiled)
  return async () => rm(folder, { recursive: true, force: true, maxRetries: 5 })
}
