import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { nodeAv } from '../fixtures/node-av.ts'
import { tinyClip } from './clips.ts'
import { eventually, getStatus, sha256, SVT_PARAMS, TestSwarm, whenConnected, whenProject } from './harness.ts'

let swarm: TestSwarm

afterEach(async () => {
  await swarm.stop()
})

const ALONE = ['--workers', '2', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0']

test('a worker that has nothing but Node makes the file that its owner makes alone', async () => {
  const clip = await tinyClip()
  swarm = await TestSwarm.create()
  const env = { GRAV1_NODE_AV: await nodeAv() }
  const args = [clip.path, '--encoder', 'svt-av', '--params', SVT_PARAMS]
  const alone = join(swarm.folder, 'alone.mkv')
  const single = await swarm.run(['submit', ...args, '--output', alone, ...ALONE], env)
  expect(single.exitCode, single.stderr).toBe(0)

  const nothing = join(swarm.folder, 'no-programs')
  await mkdir(nothing)
  const owner = await swarm.startNode({ name: 'owner', workers: 0, env })
  const bootstrap = owner.address
  const bare = await swarm.startNode({ name: 'bare', workers: 1, bootstrap, env: { ...env, PATH: nothing } })
  // Nothing at all: it starts and says what it offers.
  const empty = { PATH: nothing, GRAV1_NODE_AV: nothing }
  const idle = await swarm.startNode({ name: 'idle', workers: 1, bootstrap, env: empty })
  await whenConnected(owner.url, 2)
  const builds = await eventually('the builds of both', async () => {
    const peers = (await getStatus(owner.url)).peers.filter(({ connected }) => connected)
    const of = (name: string) => peers.find((peer) => peer.name === name)?.encoders
    const [ofBare, ofIdle] = [of('bare'), of('idle')]
    return ofBare === undefined || ofBare.length === 0 || ofIdle === undefined ? undefined : { ofBare, ofIdle }
  })
  expect(builds.ofBare.map((build) => build.split('/')[0])).toEqual(['svt-av', 'vp9-av'])
  expect(builds.ofIdle).toEqual([])

  const output = join(swarm.folder, 'out.mkv')
  const id = await swarm.submit(owner, clip.path, [...args.slice(1), '--output', output])
  const done = await whenProject(owner.url, id, 'to be done', ({ state }) => state === 'completed')
  expect(done.scenes.done).toBe(clip.cuts.length + 1)
  expect(sha256(output)).toBe(sha256(alone))
  expect(bare.output()).toContain('scene encoded')
  expect(idle.output()).not.toContain('scene encoded')
})

test('a submission for an encoder that is not there says how to get it', async () => {
  const clip = await tinyClip()
  swarm = await TestSwarm.create()
  const args = ['submit', clip.path, '--encoder', 'vp9-av', '--output', join(swarm.folder, 'out.mkv'), ...ALONE]
  const { exitCode, stderr } = await swarm.run(args, { GRAV1_NODE_AV: swarm.folder })
  expect(exitCode).not.toBe(0)
  expect(stderr).toContain('node-av is not installed on this node')
})
