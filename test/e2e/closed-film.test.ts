import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { tinyClip } from './clips.ts'
import {
  AOM_PARAMS,
  getStatus,
  type NodeOptions,
  sha256,
  type SpawnedNode,
  TestSwarm,
  whenConnected,
  whenProject
} from './harness.ts'

/** Machines of the house do not count as known, so that there are strangers on this machine. */
const NOBODY = ['--no-trust-local']
const CLOSED = [...NOBODY, '--share', 'trusted']
const FLAG = AOM_PARAMS.split(' ')[0] ?? ''

/** Where others look for it. */
const sameAs = (node?: SpawnedNode): Pick<NodeOptions, 'dataDir' | 'listen'> =>
  node === undefined ? {} : { dataDir: node.dataDir, listen: node.address.replace(/\/p2p\/.*/, '') }

test('a film for trusted peers with zones is encoded by a machine that restarts, over a restart of its owner, and a stranger between them sees nothing of it', async () => {
  const swarm = await TestSwarm.create()
  onTestFinished(async () => swarm.stop())
  const clip = await tinyClip()
  const zones = join(swarm.folder, 'zones.txt')
  await writeFile(zones, '0 25 --cq-level=50\n')
  const wishes = ['--encoder', 'aom', '--params', AOM_PARAMS, '--zones', zones]
  const startOwner = async (again?: SpawnedNode): Promise<SpawnedNode> =>
    swarm.startNode({ ...sameAs(again), name: 'owner', workers: 0, args: CLOSED })
  let owner = await startOwner()
  const startWorker = async (again?: SpawnedNode): Promise<SpawnedNode> =>
    swarm.startNode({ ...sameAs(again), name: 'worker', workers: 1, args: NOBODY, bootstrap: owner.address })
  let worker = await startWorker()
  const ask = async (...argv: string[]): Promise<void> => {
    expect(await swarm.ask(argv)).toMatchObject({ exitCode: 0 })
  }
  await ask('peers', 'trust', worker.peerId, '--data-dir', owner.dataDir)
  const between = await swarm.startNode({
    name: 'between',
    workers: 1,
    bootstrap: owner.address,
    args: [...NOBODY, '--bootstrap', worker.address]
  })
  await whenConnected(owner.url, 2)
  await whenConnected(worker.url, 2)

  await ask('pause', '--data-dir', worker.dataDir)
  const id = await swarm.submit(owner, clip.path, [...wishes, '--output', join(swarm.folder, 'out.mkv')])
  const known = await whenProject(worker.url, id, 'to be known to the worker', ({ scenes }) => scenes.total > 0)
  expect(known).toMatchObject({ title: 'tiny.mkv', encoderParams: expect.stringContaining(FLAG) as string })

  // Neither keeps in memory alone what it needs of the film.
  await Promise.all([owner.kill(), worker.kill()])
  owner = await startOwner(owner)
  worker = await startWorker(worker)
  await ask('resume', '--data-dir', worker.dataDir)
  await whenProject(worker.url, id, 'to be complete for the worker too', ({ state }) => state === 'completed')

  const seen = await getStatus(between.url)
  expect(seen.peers.map(({ connected }) => connected)).toEqual([true, true])
  expect(seen.projects).toEqual([])
  expect(between.output()).not.toContain(id)

  const alone = join(swarm.folder, 'alone.mkv')
  const single = await swarm.run([
    'submit',
    clip.path,
    ...wishes,
    '--output',
    alone,
    '--workers',
    '1',
    '--no-mdns',
    '--listen',
    '/ip4/127.0.0.1/tcp/0'
  ])
  expect(single.exitCode, single.stderr).toBe(0)
  expect(sha256(join(swarm.folder, 'out.mkv'))).toBe(sha256(alone))
})
