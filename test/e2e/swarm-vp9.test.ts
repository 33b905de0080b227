import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { tinyClip } from './clips.ts'
import { sha256, TestSwarm, VP9_PARAMS, whenConnected } from './harness.ts'

let swarm: TestSwarm

afterEach(async () => {
  await swarm.stop()
})

test('a worker and its owner make the VP9 file that one machine makes, with a quantiser for each scene', async () => {
  const clip = await tinyClip()
  swarm = await TestSwarm.create()
  const args = [clip.path, '--encoder', 'vp9', '--params', VP9_PARAMS, '--target-quality', 'psnr=40']
  const alone = join(swarm.folder, 'alone.mkv')
  const single = await swarm.run([
    'submit',
    ...args,
    '--output',
    alone,
    '--workers',
    '2',
    '--no-mdns',
    '--listen',
    '/ip4/127.0.0.1/tcp/0'
  ])
  expect(single.exitCode, single.stderr).toBe(0)

  const owner = await swarm.startNode({ name: 'owner', workers: 0 })
  await swarm.startNode({ name: 'worker', workers: 2, bootstrap: owner.address })
  await whenConnected(owner.url, 1)
  const output = join(swarm.folder, 'out.mkv')
  const { exitCode, stderr } = await swarm.run(['submit', ...args, '--output', output, '--data-dir', owner.dataDir])
  expect(exitCode, stderr).toBe(0)
  expect(sha256(output)).toBe(sha256(alone))
  const [project] = (await (await fetch(`${owner.url}/api/get_projects`)).json()) as [
    { readonly scenes: Record<string, { readonly encoder_params: string }> }
  ]
  const chosen = Object.values(project.scenes).map((scene) => scene.encoder_params)
  expect(chosen.every((params) => /^--cq-level=\d+$/.test(params))).toBe(true)
  expect(new Set(chosen).size).toBeGreaterThan(1)
})
