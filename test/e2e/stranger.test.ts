import { access, mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { tinyClip } from './clips.ts'
import { eventually, getProject, sha256, AOM_PARAMS, TestSwarm, whenConnected, whenProject } from './harness.ts'
import { stranger } from './stranger.ts'

test("a stranger who hands in another scene's bytes takes nothing from an honest project", async () => {
  const swarm = await TestSwarm.create()
  onTestFinished(async () => swarm.stop())
  const clip = await tinyClip()
  const args = ['--encoder', 'aom', '--params', AOM_PARAMS, '--output']
  const owner = await swarm.startNode({ name: 'owner', workers: 0 })
  const worker = await swarm.startNode({ name: 'worker', workers: 1, bootstrap: owner.address })
  await whenConnected(owner.url, 1)
  const expected = join(swarm.folder, 'expected.mkv')
  const first = await swarm.submit(owner, clip.path, [...args, expected])
  await whenProject(owner.url, first, 'to be complete', ({ state }) => state === 'completed')
  // What was encoded for it would be used again.
  await fetch(`${owner.url}/api/v2/projects/${first}`, { method: 'DELETE' })

  // The output's folder is away, so that what was accepted is needed until the end of the test.
  const nas = join(swarm.folder, 'nas')
  await mkdir(nas)
  // The stranger is there before the first scene is given out.
  await swarm.run(['pause', '--data-dir', worker.dataDir])
  const id = await swarm.submit(owner, clip.path, [...args, join(nas, 'out.mkv')])
  await rename(nas, join(swarm.folder, 'away'))
  const liar = await stranger(owner, id)
  await swarm.run(['resume', '--data-dir', worker.dataDir])
  const token = await liar.claim()
  const accepted = await eventually(
    'the receipt of another scene',
    async () => liar.view()?.scenes.find((scene) => scene.accepted != null)?.accepted?.result,
    60_000
  )
  const path = join(owner.dataDir, 'blobs', accepted.sha256.slice(0, 2), accepted.sha256)
  await access(path)
  expect(await liar.handIn(token, accepted)).toMatchObject({ accepted: false })
  expect(sha256(path)).toBe(accepted.sha256)
  expect((await getProject(owner.url, id))?.state).not.toBe('failed')

  await whenProject(owner.url, id, 'to wait for its folder', ({ state }) => state === 'waiting')
  await rename(join(swarm.folder, 'away'), nas)
  await whenProject(owner.url, id, 'to be complete', ({ state }) => state === 'completed')
  expect(sha256(join(nas, 'out.mkv'))).toBe(sha256(expected))
  expect(owner.output()).not.toContain('an accepted scene is lost or damaged')
})
