import { access, mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fourScenes, tinyClip } from './clips.ts'
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
  await swarm.ask(['pause', '--data-dir', worker.dataDir])
  const id = await swarm.submit(owner, clip.path, [...args, join(nas, 'out.mkv')])
  await rename(nas, join(swarm.folder, 'away'))
  const liar = await stranger(owner, id)
  const token = await liar.claim()
  await swarm.ask(['resume', '--data-dir', worker.dataDir])
  const accepted = await eventually(
    'the receipt of another scene',
    async () => liar.view()?.scenes.find((scene) => scene.accepted != null)?.accepted?.result
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

test('a machine of the house that used cheaper parameters is caught, and what it delivered before is encoded again', async () => {
  const swarm = await TestSwarm.create()
  onTestFinished(async () => swarm.stop())
  const clip = await fourScenes()
  const owner = await swarm.startNode({ name: 'owner', workers: 0 })
  const worker = await swarm.startNode({ name: 'worker', workers: 1, bootstrap: owner.address })
  await whenConnected(owner.url, 1)
  const submit = async (name: string, params: string, ...more: string[]): Promise<string> =>
    swarm.submit(
      owner,
      clip.path,
      ['--encoder', 'aom', '--params', params, '--output', join(swarm.folder, name)].concat(more)
    )
  const done = async (id: string): Promise<unknown> =>
    whenProject(owner.url, id, 'to be complete', ({ state }) => state === 'completed')
  // A coarser quantiser would show without a proof.
  const cheap = await submit('cheap.mkv', AOM_PARAMS.replace('used=6', 'used=8'))
  await done(cheap)

  const pause = async (command: 'pause' | 'resume'): Promise<unknown> =>
    swarm.ask([command, '--data-dir', worker.dataDir])
  await pause('pause')
  const id = await submit('out.mkv', AOM_PARAMS, '--proofs', '0')
  const liar = await stranger(owner, id)
  await pause('resume')
  const token = await liar.claim()
  await pause('pause')
  const looker = await stranger(owner, cheap)
  const lies = await eventually('the receipts of the cheaper film', async () => {
    const view = looker.view()
    return view?.end == null ? undefined : view.scenes.map(({ accepted }) => accepted?.result)
  })
  const lie = lies[token.scene]
  if (lie == null) throw new Error('no cheaper scene')
  // Trusted blindly, it gets away with it.
  expect(await liar.handIn(token, lie)).toMatchObject({ accepted: true })
  const receipt = (): string | undefined => liar.view()?.scenes[token.scene]?.accepted?.result.sha256
  await eventually('the receipt of the lie', async () => (receipt() === lie.sha256 ? true : undefined))
  // Once it is caught, with the bytes of another scene, nothing of it is left.
  const next = await liar.claim()
  const other = lies.find((one) => one != null && one.sha256 !== lies[next.scene]?.sha256)
  if (other == null) throw new Error('no other scene')
  expect(await liar.handIn(next, other)).toMatchObject({ accepted: false })
  await eventually('the lie to be taken back', async () => (receipt() === lie.sha256 ? undefined : true))
  expect(liar.view()?.withdrawn).toMatchObject([{ worker: liar.id, scenes: [token.scene] }])
  await pause('resume')
  await done(id)

  const alone = join(swarm.folder, 'alone.mkv')
  const encode = ['submit', clip.path, '--encoder', 'aom', '--params', AOM_PARAMS, '--output', alone]
  const single = await swarm.run([...encode, '--workers', '1', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0'])
  expect(single.exitCode, single.stderr).toBe(0)
  expect(sha256(join(swarm.folder, 'out.mkv'))).toBe(sha256(alone))
})
