import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { BUILD_ADVICE } from '../../src/node/idle/words.ts'
import { lookUpProgram } from '../../src/encode/programs/programs.ts'
import { fourScenes } from './clips.ts'
import {
  eventually,
  getProject,
  getStatus,
  TestSwarm,
  VP9_PARAMS,
  whenConnected,
  whenProject,
  type SpawnedNode
} from './harness.ts'
import type { LogLine, PeerStatus, SceneWhy } from '../../src/api/schemas/index.ts'

let swarm: TestSwarm

afterEach(async () => {
  await swarm.stop()
})

async function ask<T>(url: string, path: string, init: RequestInit = {}): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}/api/v2${path}`, { ...init, headers })
  expect(answer.status).toBe(200)
  return (await answer.json()) as T
}

/** The same version of vpxenc, which produces different bytes: as another packager's would. */
async function otherVpxenc(folder: string): Promise<Record<string, string>> {
  const path = join(folder, 'vpxenc')
  await mkdir(folder)
  await writeFile(path, `#!/bin/sh\nexec ${lookUpProgram('vpxenc')} --sharpness=3 "$@"\n`)
  await chmod(path, 0o755)
  return { PATH: [folder, process.env['PATH']].join(delimiter) }
}

const whyHere = async ({ url }: SpawnedNode, id: string): Promise<string | undefined> =>
  (await getProject(url, id))?.idle?.code

async function whenIdle(node: SpawnedNode, id: string, code: string): Promise<void> {
  const said = eventually(`${node.name} to say ${code}`, async () =>
    (await whyHere(node, id)) === code ? true : undefined
  )
  await said.catch(async (error: unknown) => {
    throw new Error(`it says ${await whyHere(node, id)}`, { cause: error })
  })
}

/** One line of the node's log, at info, that says so of the film. */
async function whenLogged(node: SpawnedNode, id: string, code: string): Promise<void> {
  const lines = await eventually(`a line on ${code} in the log of ${node.name}`, async () => {
    const { items } = await ask<{ items: LogLine[] }>(node.url, `/logs?text=idle%20for&project=${id}&limit=100`)
    const found = items.filter(({ fields }) => fields.includes(`"code":"${code}"`))
    return found.length > 0 ? found : undefined
  })
  expect(lines).toMatchObject([{ level: 'info', fields: expect.stringContaining('four.mkv') as string }])
}

test('whoever does nothing for a film says why, at its own node and at the owner', async () => {
  const clip = await fourScenes()
  swarm = await TestSwarm.create()
  const nothing = join(swarm.folder, 'nothing')
  await mkdir(nothing)
  const owner = await swarm.startNode({ name: 'owner', workers: 0 })
  const bootstrap = owner.address
  const bare = { PATH: nothing, GRAV1_NODE_AV: nothing }
  const start = { workers: 1, bootstrap }
  // To it the owner is a stranger like all others: it was not told the owner's peer id.
  const boxless = {
    workers: 1,
    bootstrap: bootstrap.replace(/\/p2p\/.*/, ''),
    env: { GRAV1_TRUST: 'all', GRAV1_TRUST_LOCAL: 'false', GRAV1_SANDBOX: 'off' }
  }
  const nodes = {
    'other-build': await swarm.startNode({ ...start, name: 'other', env: await otherVpxenc(`${swarm.folder}/other`) }),
    'no-encoder': await swarm.startNode({ ...start, name: 'bare', env: bare }),
    'no-slots': await swarm.startNode({ ...start, name: 'watcher', workers: 0 }),
    'no-sandbox': await swarm.startNode({ ...boxless, name: 'boxless' }),
    paused: await swarm.startNode({ ...start, name: 'paused' })
  } as const
  const codes = Object.keys(nodes) as (keyof typeof nodes)[]
  await whenConnected(owner.url, codes.length)
  await ask(nodes.paused.url, '/node', { method: 'PATCH', body: JSON.stringify({ paused: true }) })

  const output = join(swarm.folder, 'out.mkv')
  const id = await swarm.submit(owner, clip.path, ['--encoder', 'vp9', '--params', VP9_PARAMS, '--output', output])
  const needs = (await getProject(owner.url, id))?.encoderBuild ?? ''
  const other = (await getStatus(nodes['other-build'].url)).node.encoders.find((one) => one.startsWith('vp9/')) ?? ''
  expect(other).not.toBe(needs)
  expect(other.split('/')[1]).toBe(needs.split('/')[1])

  await Promise.all(codes.map(async (code) => whenIdle(nodes[code], id, code)))
  const seen = await eventually('the owner to know why each of them is idle', async () => {
    const { peers } = await getStatus(owner.url)
    const of = (peerId: string) =>
      peers.find((peer) => peer.peerId === peerId)?.idle?.find(({ projectId }) => projectId === id)
    const all = codes.map((code) => [code, of(nodes[code].peerId)] as const)
    return all.every(([code, idle]) => idle?.code === code) ? Object.fromEntries(all) : undefined
  })
  const named = (build: string): string => build.replace(/\/([^/]*)\/(.*)/, ' $1 ($2)')
  expect(seen['other-build']?.reason).toBe(`has ${named(other)}, this film needs ${named(needs)}: ${BUILD_ADVICE}`)
  await Promise.all(codes.map(async (code) => whenLogged(nodes[code], id, code)))

  // A node that can encode nothing says so whatever there is to encode; one that can, with what; so does one without slots.
  expect(nodes['no-encoder'].output()).toMatch(/"level":40.*no encoder works here/)
  expect(nodes['other-build'].output()).toContain(other)
  expect(owner.output()).toContain('encoders found')
  expect((await ask<PeerStatus>(nodes['other-build'].url, `/peers/${owner.peerId}`)).encoders).toContain(needs)

  // The same in each view.
  const here = `needs ${named(needs)}, and this node has ${named(other)}`
  const status = async ({ dataDir }: SpawnedNode): Promise<string> =>
    (await swarm.ask(['status', '--data-dir', dataDir])).stdout
  expect(await status(nodes['other-build'])).toContain(`not working for four.mkv here: ${here}`)
  const unboxed = await status(nodes['no-sandbox'])
  expect(unboxed).toContain('no sandbox, so this node works only with peers that it trusts by name: it is turned off')
  expect(unboxed).toMatch(/not working for four\.mkv here: its owner is a stranger, and programs run without a sandbox/)
  expect(nodes['no-sandbox'].output()).toMatch(/"level":40.*no sandbox: it is turned off/)
  expect(await status(owner)).toContain(`idle for four.mkv: other has ${named(other)}`)
  const why = async ({ url }: SpawnedNode): Promise<SceneWhy> => ask(url, `/projects/${id}/scenes/0/why`)
  await whenProject(owner.url, id, 'to have a scene', ({ scenes }) => scenes.total > 0)
  expect(await why(owner)).toMatchObject({
    details: expect.arrayContaining([expect.stringContaining(`other has ${named(other)}`)]) as string[]
  })
  await whenProject(nodes['other-build'].url, id, 'to have a scene', ({ scenes }) => scenes.total > 0)
  expect(await why(nodes['other-build'])).toMatchObject({
    details: expect.arrayContaining([`This node is idle for it: ${here}.`]) as string[],
    next: { what: expect.stringContaining('this node cannot take it now') as string }
  })

  // Its owner goes away: the one that could work cannot, until it is back.
  const able = nodes.paused
  await owner.kill()
  await ask(able.url, '/node', { method: 'PATCH', body: JSON.stringify({ paused: false }) })
  await whenIdle(able, id, 'owner-away')
  const port = /tcp\/(\d+)/.exec(owner.address)?.[1] ?? '0'
  const args = ['--listen', `/ip4/127.0.0.1/tcp/${port}`]
  const again = await swarm.startNode({ name: 'owner', workers: 0, dataDir: owner.dataDir, args })
  await whenProject(again.url, id, 'to be done', ({ state }) => state === 'completed')
  const ended = await whenProject(able.url, id, 'to be over', ({ state }) => state === 'completed')
  expect(ended.idle).toBeNull()
  expect(ended.workers).toEqual({ [able.peerId]: 4 })
})
