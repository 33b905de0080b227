import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { SceneDetail } from '../../src/api/schemas/index.ts'
import { otherVpxenc, stillVpxenc } from '../fixtures/other-vpxenc.ts'
import { tinyClip } from './clips.ts'
import { eventually, TestSwarm, VP9_PARAMS, whenConnected, whenProject, type SpawnedNode } from './harness.ts'

/** After a tenth of the usual 30 s the owner lets others help. */
const ARGS = ['--lease-ttl-ms', '9000']
/** With these the helper's encoder makes other bytes. */
const LIE_PARAMS = VP9_PARAMS.replace('=58', '=59')

async function sceneOf({ url }: SpawnedNode, id: string, scene: number): Promise<SceneDetail> {
  return (await (await fetch(`${url}/api/v2/projects/${id}/scenes/${scene}`)).json()) as SceneDetail
}

/** Lets the encoders go on that stand still in a folder. */
async function goOn(folder: string): Promise<void> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    if (command.includes(folder) && / T \d/.test(stat)) process.kill(Number(pid), 'SIGCONT')
  }
}

test('an idle worker proves what the owner cannot prove soon, and the owner proves it where its bytes differ', async () => {
  const swarm = await TestSwarm.create()
  onTestFinished(async () => swarm.stop())
  const still = join(swarm.folder, 'still')
  const liar = { only: LIE_PARAMS.split(' ').at(-1) ?? '', inTrials: false }
  const [clip, ownerPath, helperPath] = await Promise.all([
    tinyClip(),
    stillVpxenc(still),
    otherVpxenc(join(swarm.folder, 'liar'), liar)
  ])
  const owner = await swarm.startNode({ name: 'owner', workers: 0, args: ARGS, env: { PATH: ownerPath } })
  const at = { workers: 1, bootstrap: owner.address }
  const [worker, helper] = await Promise.all([
    swarm.startNode({ ...at, name: 'worker' }),
    swarm.startNode({ ...at, name: 'helper', env: { PATH: helperPath } })
  ])
  await whenConnected(owner.url, 2)

  /** A film whose first result is the worker's, and which the helper may help with from then on. */
  const submit = async (name: string, params: string): Promise<string> => {
    await swarm.ask(['pause', '--data-dir', helper.dataDir])
    const wishes = ['--encoder', 'vp9', '--params', params, '--proofs', '100%', '--output', join(swarm.folder, name)]
    const id = await swarm.submit(owner, clip.path, wishes)
    await eventually('both scenes to wait for their proofs', async () => {
      const scenes = await Promise.all([0, 1].map(async (scene) => sceneOf(owner, id, scene)))
      return scenes.every(({ state }) => state === 'verifying') ? true : undefined
    })
    await swarm.ask(['resume', '--data-dir', helper.dataDir])
    return id
  }
  const proofs = async (name: string, id: string): Promise<unknown[]> => {
    await whenProject(owner.url, id, 'to be done', ({ state }) => state === 'completed')
    const manifest = JSON.parse(await readFile(join(swarm.folder, `${name}.grav1.json`), 'utf8')) as {
      scenes: { encodedBy: string; confirmedBy?: string }[]
    }
    // The receipts say the same as the manifest, here and at others.
    for (const node of [owner, worker])
      for (const [scene, { confirmedBy }] of manifest.scenes.entries())
        expect((await sceneOf(node, id, scene)).provedBy).toBe(confirmedBy)
    return manifest.scenes.map(({ encodedBy, confirmedBy }) => [encodedBy, confirmedBy])
  }
  const by = (prover: SpawnedNode): string[][] => [0, 1].map(() => [worker.peerId, prover.peerId])

  const helped = await submit('helped.mkv', VP9_PARAMS)
  // The owner's own encode stands still to the end.
  expect(await proofs('helped.mkv', helped)).toEqual(by(helper))

  const differing = await submit('own.mkv', LIE_PARAMS)
  const ofHelper = async (scene: number): Promise<string[]> =>
    (await sceneOf(owner, differing, scene)).history
      .filter((attempt) => attempt.worker === helper.peerId)
      .map((attempt) => attempt.verdict)
  await eventually('the helper to deliver other bytes', async () =>
    [await ofHelper(0), await ofHelper(1)].every(([verdict]) => verdict === 'verifying') ? true : undefined
  )
  const over = whenProject(owner.url, differing, 'to be done', ({ state }) => state === 'completed')
  await eventually('the owner to prove them itself', async () => {
    await goOn(still)
    return (await sceneOf(owner, differing, 1)).state === 'done' ? true : undefined
  })
  expect((await over).caught).toEqual([])
  expect(await proofs('own.mkv', differing)).toEqual(by(owner))
  expect([await ofHelper(0), await ofHelper(1)]).toEqual([['superseded'], ['superseded']])
})
