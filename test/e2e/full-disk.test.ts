import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { smallDisk, whyNoSmallDisk } from '../fixtures/small-disk.ts'
import { fourScenes } from './clips.ts'
import { AOM_PARAMS, eventually, getProject, getStatus, sha256, TestSwarm, whenProject } from './harness.ts'

const MiB = 2 ** 20
let swarm: TestSwarm | undefined

afterEach(async () => {
  await swarm?.stop()
})

test('a node whose disk is full says so, waits, and goes on by itself to the same file', async ({ skip }) => {
  const why = await whyNoSmallDisk()
  if (why != null) skip(why)
  const clip = await fourScenes()
  const disk = await smallDisk(640 * MiB)
  swarm = await TestSwarm.create()
  const alone = await swarm.startNode({ name: 'alone', workers: 2 })
  const expected = join(swarm.folder, 'expected.mkv')
  const args = ['--encoder', 'aom', '--params', AOM_PARAMS, '--output']
  const first = await swarm.submit(alone, clip.path, [...args, expected])
  await whenProject(alone.url, first, 'to be complete', ({ state }) => state === 'completed')

  const node = await swarm.startNode({ name: 'small', workers: 1, dataDir: join(disk.folder, 'data') })
  const output = join(swarm.folder, 'out.mkv')
  const id = await swarm.submit(node, clip.path, [...args, output])
  await whenProject(node.url, id, 'to have a scene done', ({ scenes }) => scenes.done >= 1)
  await disk.fill(64 * 1024)
  const health = async (): Promise<string> => (await getStatus(node.url)).node.health
  const becomes = async (state: string): Promise<void> => {
    await eventually(`health ${state}`, async () => ((await health()) === state ? true : undefined))
  }
  await becomes('disk-full')
  expect(await getProject(node.url, id)).not.toMatchObject({ state: 'failed' })
  await disk.free()
  await becomes('ok')
  await whenProject(node.url, id, 'to be complete', ({ state }) => state === 'completed')
  expect(sha256(output)).toBe(sha256(expected))
})
