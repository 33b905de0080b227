import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tinyClip } from './clips.ts'
import {
  eventually,
  getProject,
  getStatus,
  sha256,
  SVT_PARAMS,
  TestSwarm,
  VP9_PARAMS,
  whenConnected,
  whenProject
} from './harness.ts'
import { forScenes, slowSvt } from '../fixtures/scene-encoders.ts'
import { runningPrograms } from '../fixtures/running-programs.ts'

let swarm: TestSwarm

beforeEach(async () => {
  swarm = await TestSwarm.create()
})

afterEach(async () => {
  await swarm.stop()
})

/** Whole days that are not today or tomorrow: the machine is wanted now. */
function anotherDay(): string {
  const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
  return days[(new Date().getDay() + 3) % 7] ?? ''
}

const isBlob = (path: string): boolean => /[0-9a-f]{64}$/.test(path)

const STANDS = ['T', 'Z']

test('a machine that is wanted stands still with its scenes, keeps them, and goes on to the same bytes', async () => {
  const clip = await tinyClip()
  const flags = ['--encoder', 'svt', '--params', SVT_PARAMS]
  const alone = await swarm.run(['submit', clip.path, ...flags, '--output', join(swarm.folder, 'alone.mkv')])
  expect(alone.exitCode).toBe(0)

  const owner = await swarm.startNode({
    name: 'owner',
    workers: 0,
    args: ['--lease-ttl-ms', '3000', '--max-cache', '0']
  })
  const helper = await swarm.startNode({
    name: 'helper',
    workers: 2,
    bootstrap: owner.address,
    args: ['--max-cache', '0'],
    env: { PATH: await slowSvt(join(swarm.folder, 'slow'), 3) }
  })
  await whenConnected(helper.url, 1)
  const output = join(swarm.folder, 'out.mkv')
  const id = await swarm.submit(owner, clip.path, [...flags, '--output', output])
  const programs = () => runningPrograms(helper.pid)
  const node = async () => (await getStatus(helper.url)).node
  await eventually('the helper to encode', async () => ((await node()).busy > 0 ? true : undefined))

  const set = await swarm.ask(['manners', '--schedule', anotherDay(), '--api', helper.url])
  expect(set.stdout).toMatch(/^helper is paused until \w{3} 00:00\n/)
  const stands = async () => (programs().every(({ state }) => STANDS.includes(state)) ? true : undefined)
  await eventually('all programs to stand still', stands)
  const { busy } = await node()
  // Without those that have ended, which go as soon as they are waited for.
  const ticksOf = () => programs().reduce((sum, { state, ticks }) => sum + (state === 'Z' ? 0 : ticks), 0)
  const ticks = ticksOf()
  expect(await node()).toMatchObject({ paused: false, rest: { code: 'schedule' } })
  const atOwner = async () => (await getStatus(owner.url)).peers.find(({ peerId }) => peerId === helper.peerId)
  await eventually('the owner to hear of it', async () => ((await atOwner())?.paused ? true : undefined))

  // A lease that nobody renews is over by then.
  const since = performance.now()
  await eventually('two lives of a lease', async () => (performance.now() - since > 9_000 ? true : undefined))
  expect(ticksOf()).toBe(ticks)
  const held = async () => ((await getProject(owner.url, id))?.scenes.running === busy ? true : undefined)
  await eventually('the owner to have its leases still', held)
  expect((await swarm.ask(['status', '--api', helper.url])).stdout).toMatch(/slots busy, paused until \w{3} 00:00,/)

  const freed = await swarm.ask(['manners', '--schedule', 'off', '--api', helper.url])
  expect(freed.stdout).toMatch(/^helper is free to encode\n/)
  await whenProject(owner.url, id, 'completed', ({ state }) => state === 'completed')
  expect(sha256(output)).toBe(sha256(join(swarm.folder, 'alone.mkv')))
  // With no cache, the worker keeps what it works on, and nothing afterwards.
  const blobs = async () => (await readdir(join(swarm.folder, 'node-helper/blobs'), { recursive: true })).filter(isBlob)
  await eventually('no blobs at the helper', async () => ((await blobs()).length === 0 ? true : undefined))
  // Nobody encoded a scene twice.
  const { items } = (await (await fetch(`${helper.url}/api/v2/logs?text=scene%20encoded`)).json()) as {
    items: unknown[]
  }
  expect(items).toHaveLength((await getProject(owner.url, id))?.scenes.total ?? 0)
})

/** A vpxenc that the system kills while another one encodes a scene, which goes on only then. @returns a PATH that finds it first */
async function hungryVpxenc(folder: string): Promise<string> {
  const lock = join(folder, 'memory')
  const killed = join(folder, 'killed')
  return forScenes(folder, 'vpxenc', (real) => [
    `mkdir "${lock}" 2>/dev/null || { : > "${killed}"; kill -9 $$; }`,
    `while [ ! -e "${killed}" ]; do sleep 0.1; done`,
    `${real} "$@"`,
    'code=$?',
    `rmdir "${lock}"`,
    'exit $code'
  ])
}

test('an encoder that was killed for memory costs a slot and no scene, until the user says otherwise', async () => {
  const clip = await tinyClip()
  const PATH = await hungryVpxenc(join(swarm.folder, 'bin'))
  const node = await swarm.startNode({ name: 'small', workers: 2, env: { PATH }, args: ['--sandbox', 'off'] })
  const flags = ['--encoder', 'vp9', '--params', VP9_PARAMS, '--output', join(swarm.folder, 'out.mkv')]
  const id = await swarm.submit(node, clip.path, flags)
  await whenProject(node.url, id, 'completed', ({ state }) => state === 'completed')
  const { stdout } = await swarm.ask(['status', '--all', '--api', node.url])
  expect(stdout).toMatch(/ 0\/1 slots busy/)
  expect(stdout).toMatch(
    /^one slot fewer: the encoder ran out of memory at 2 slots; the node tries one more at [\d:]+, or at once with "grav1 workers 2"$/m
  )
  const events = await (await fetch(`${node.url}/api/v2/chronicle`)).text()
  expect(events).not.toContain('scene-failed')
  const set = await swarm.ask(['workers', '2', '--api', node.url])
  expect(set.exitCode).toBe(0)
  expect((await getStatus(node.url)).node).toMatchObject({ slots: 2, fewerSlots: null })
})
