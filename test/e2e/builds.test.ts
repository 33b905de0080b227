import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { otherVpxenc } from '../fixtures/other-vpxenc.ts'
import { testAtNight } from '../nightly.ts'
import { manyScenes, tinyClip } from './clips.ts'
import { eventually, getProject, sha256, TestSwarm, VP9_PARAMS, whenProject } from './harness.ts'
import type { ProjectStatus } from '../../src/api/schemas/index.ts'

let swarm: TestSwarm

beforeEach(async () => {
  swarm = await TestSwarm.create()
})
afterEach(() => swarm.stop())

const ARGS = ['--encoder', 'vp9', '--params', VP9_PARAMS]

async function pause(url: string): Promise<void> {
  const answer = await fetch(`${url}/api/v2/node`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ paused: true })
  })
  expect(answer.status).toBe(200)
}

// In the gate the swarm of `test/machines` makes such a film with the vpxenc of two systems; `builds.test.ts` and `receipts.test.ts` of the protocol name builds.
testAtNight('two builds make one film where the user lets them, and each receipt names its own', async () => {
  const clip = await manyScenes()
  const PATH = await otherVpxenc(join(swarm.folder, 'bin'), { version: '9.9.9' })
  const owner = await swarm.startNode({ name: 'owner', workers: 0 })
  const bootstrap = owner.address
  const other = await swarm.startNode({ name: 'other', workers: 1, bootstrap, env: { PATH } })
  const output = join(swarm.folder, 'out.mkv')
  const id = await swarm.submit(owner, clip.path, [...ARGS, '--builds', 'compatible', '--output', output])
  await whenProject(owner.url, id, 'to have a scene of the other build', ({ scenes }) => scenes.done > 0)
  await pause(other.url)
  const twin = await swarm.startNode({ name: 'twin', workers: 1, bootstrap })
  const done = await whenProject(owner.url, id, 'to be done', ({ state }) => state === 'completed')

  expect(done.builds).toBe('compatible')
  expect(done.warnings.join()).toContain('differs from the one that a single machine would produce')
  expect(done.madeBy).toHaveLength(2)
  const scenesOf = (version: RegExp): number => done.madeBy.find(({ build }) => version.test(build))?.scenes ?? 0
  expect(scenesOf(/^vp9\/9\.9\.9\//)).toBeGreaterThan(0)
  expect(scenesOf(/^vp9\/1\./)).toBeGreaterThan(0)
  // The other node knows it too, from the log.
  expect((await getProject(other.url, id))?.madeBy).toEqual(done.madeBy)
  const { stdout, stderr } = await promisify(execFile)('ffmpeg', ['-v', 'error', '-i', output, '-f', 'null', '-'])
  expect(stdout + stderr).toBe('')

  // What the other build made is no scene of a film that one machine would make; what the twin made is, with nobody at work.
  const same = async (name: string): Promise<ProjectStatus> => {
    const again = await swarm.submit(owner, clip.path, [...ARGS, '--output', join(swarm.folder, name)])
    return whenProject(owner.url, again, 'to be done', ({ state }) => state === 'completed')
  }
  const first = await same('same.mkv')
  expect(first.madeBy).toEqual([{ build: expect.stringMatching(/^vp9\/1\./) as string, scenes: first.scenes.total }])
  await pause(twin.url)
  const second = await same('again.mkv')
  expect(second.madeBy).toEqual(first.madeBy)
  expect(sha256(join(swarm.folder, 'again.mkv'))).toBe(sha256(join(swarm.folder, 'same.mkv')))
})

test('a machine of the same build that produces different bytes does not take part, and the file is that of one machine', async () => {
  const clip = await tinyClip()
  const alone = join(swarm.folder, 'alone.mkv')
  const node = ['--workers', '2', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0']
  const single = await swarm.run(['submit', clip.path, ...ARGS, '--output', alone, ...node])
  expect(single.exitCode, single.stderr).toBe(0)

  // The canary, which is encoded at another speed, comes out the same.
  const only = VP9_PARAMS.split(' ')[0] ?? ''
  const PATH = await otherVpxenc(join(swarm.folder, 'bin'), { only })
  const owner = await swarm.startNode({ name: 'owner', workers: 0 })
  const liar = await swarm.startNode({ name: 'other', workers: 1, bootstrap: owner.address, env: { PATH } })
  const output = join(swarm.folder, 'out.mkv')
  const id = await swarm.submit(owner, clip.path, [...ARGS, '--output', output])
  await eventually('the other to be told', async () => (liar.output().includes('other-bytes') ? true : undefined))
  await swarm.startNode({ name: 'twin', workers: 1, bootstrap: owner.address })
  const done = await whenProject(owner.url, id, 'to be done', ({ state }) => state === 'completed')
  expect(Object.keys(done.workers)).not.toContain(liar.peerId)
  expect(sha256(output)).toBe(sha256(alone))
})
