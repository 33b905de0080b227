import { join, resolve } from 'node:path'
import { getPriority } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildClip } from '../../scripts/clip.ts'
import { PREPARED_AT_A_TIME } from '../../src/swarm/protocol/index.ts'
import { watchPrograms } from '../fixtures/watched-programs.ts'
import { testAtNight } from '../nightly.ts'
import { eventually, getStatus, sha256, SVT_PARAMS, TestSwarm, whenProject, type SpawnedNode } from './harness.ts'
import type { ProjectStatus } from '../../src/api/schemas/index.ts'

const cache = resolve(import.meta.dirname, '../../node_modules/.cache/grav1-test')

/** Which of them is given the highest number, and so encoded last. */
const LAST = 1

/** Films that have no scene in common. The one that is encoded last has two scenes more: of two films the shorter ends first where both begin at once. */
const films = async (): Promise<string[]> =>
  Promise.all(
    [0, 1, 2].map(async (n) => {
      const cuts = [25 + n, 50 + n, ...(n === LAST ? [75 + n, 100 + n] : [])]
      const output = join(cache, `queue-${n}.mkv`)
      const seconds = n === LAST ? 5.2 : 3.2 + n * 0.24
      return (await buildClip({ output, seconds, width: 112, height: 64 + 2 * n, cuts })).path
    })
  )

let swarm: TestSwarm
let sources: string[]
/** Has encoded each film when nothing else was there. */
let alone: SpawnedNode
/** sha-256 of what each film becomes. */
const expected: string[] = []

beforeAll(async () => {
  swarm = await TestSwarm.create()
  sources = await films()
  alone = await swarm.startNode({ name: 'alone', workers: 2 })
  for (const [n, source] of sources.entries()) {
    const output = join(swarm.folder, `alone-${n}.mkv`)
    await completed(alone, await submit(alone, source, output))
    expected.push(sha256(output))
  }
})

afterAll(async () => {
  await swarm.stop()
})

const submit = async (
  node: SpawnedNode,
  source: string,
  output: string,
  args: readonly string[] = []
): Promise<string> =>
  swarm.submit(node, source, ['--encoder', 'svt', '--params', SVT_PARAMS, '--output', output, ...args])

const command = async (node: SpawnedNode, ...args: readonly string[]): Promise<string> => {
  const { exitCode, stdout, stderr } = await swarm.ask([...args, '--data-dir', node.dataDir])
  expect([exitCode, stderr]).toEqual([0, ''])
  return stdout
}

async function setPriority(node: SpawnedNode, id: string, priority: number): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ priority })
  expect((await fetch(`${node.url}/api/modify_project/${id}`, { method: 'POST', headers, body })).status).toBe(200)
}

const completed = async (node: SpawnedNode, id: string): Promise<ProjectStatus> =>
  whenProject(node.url, id, 'to be completed', ({ state }) => state === 'completed')

/** How each film stands, by its id. */
async function standing(node: SpawnedNode, ids: readonly string[]): Promise<string[]> {
  const { projects } = await getStatus(node.url)
  return ids.map((id) => {
    const { state, reason, planned } = projects.find(({ projectId }) => projectId === id) ?? {}
    return state === 'queued' ? (reason ?? '') : planned === true ? 'prepared' : (state ?? '')
  })
}

const whenStanding = async (node: SpawnedNode, ids: readonly string[], wanted: readonly string[]): Promise<void> => {
  let last: readonly string[] = []
  const ask = async (): Promise<true | undefined> => {
    last = await standing(node, ids)
    return last.every((one, index) => one === wanted[index]) ? true : undefined
  }
  await eventually('the films to stand as wanted', ask).catch(() => expect(last).toEqual(wanted))
}

const waits = (before: number): string => `waits for its turn: ${before === 1 ? '1 film' : `${before} films`} before it`

test('films are prepared one ahead of what is encoded, by priority, over a restart, each to its right bytes', async () => {
  const start = { name: 'several', workers: 2, args: ['--nice', '15'] }
  let node = await swarm.startNode(start)
  const watch = watchPrograms((line) => line.includes(node.dataDir) || sources.some((source) => line.includes(source)))
  try {
    await command(node, 'pause')
    const outputs = sources.map((_, n) => join(swarm.folder, `several-${n}.mkv`))
    const ids: string[] = []
    for (const [n, source] of sources.entries()) ids.push(await submit(node, source, outputs[n] ?? ''))
    // Nobody encodes: one is ahead, and the others wait in the order in which they came.
    await whenStanding(node, ids, ['prepared', waits(1), waits(2)])
    const status = await command(node, 'status')
    expect(status).toContain(`queue-2.mkv ${waits(2)}`)
    expect(status).toContain('queued')

    // What is to be encoded first is prepared at once; a lower priority goes behind.
    await setPriority(node, ids[2] ?? '', -5)
    await setPriority(node, ids[LAST] ?? '', 7)
    const changed = ['prepared', waits(2), 'prepared']
    await whenStanding(node, ids, changed)
    await node.kill()
    node = await swarm.startNode({ ...start, dataDir: node.dataDir })
    await whenStanding(node, ids, changed)

    await command(node, 'resume')
    const ends = await Promise.all(ids.map(async (id) => completed(node, id)))
    expect(outputs.map(sha256)).toEqual(expected)
    // The last scenes of a film are encoded beside the first of the next, so films near each other may end in either order.
    const inOrder = ends.toSorted((a, b) => (a.endedAtMs ?? 0) - (b.endedAtMs ?? 0)).map(({ projectId }) => projectId)
    expect(inOrder.at(-1)).toBe(ids[LAST])
  } finally {
    await watch.stop()
  }
  expect(watch.analysesMax()).toBeGreaterThan(0)
  expect(watch.analysesMax()).toBeLessThanOrEqual(PREPARED_AT_A_TIME)
  const programs = [...watch.seen.values()].filter(({ name }) => !/^(node|MainThread)/.test(name))
  expect(programs.map(({ name }) => name)).toEqual(expect.arrayContaining(['ffmpeg', 'ffprobe', 'mkvmerge']))
  const least = Math.min(19, getPriority() + 10)
  expect(programs.filter(({ nice }) => nice < least).map(({ line, nice }) => `${nice} ${line}`)).toEqual([])
})

// In the gate `preparation-line.test.ts` holds cutting to the quota.
testAtNight('with no room for pieces one is cut for whoever asks, and the film comes out the same', async () => {
  const many = ['--min-frames', '4', '--max-frames', '7']
  const source = sources[2] ?? ''
  const plain = join(swarm.folder, 'plain.mkv')
  await completed(alone, await submit(alone, source, plain, many))

  const node = await swarm.startNode({ name: 'tight', workers: 1, args: ['--piece-quota', '0'] })
  await command(node, 'pause')
  const output = join(swarm.folder, 'tight.mkv')
  const id = await submit(node, source, output, many)
  await whenProject(node.url, id, 'to have a scene', (project) => project.scenes.total > 0)
  await command(node, 'resume')
  let most = 0
  const { scenes } = await whenProject(node.url, id, 'to be completed', (project) => {
    most = Math.max(most, project.scenes.total - project.scenes.done)
    return project.state === 'completed'
  })
  // One that is encoded and one that is fetched ahead, three to claim, and what is checked or announced meanwhile.
  expect(most).toBeLessThanOrEqual(9)
  expect(scenes.total).toBeGreaterThan(12)
  expect(sha256(output)).toBe(sha256(plain))
  await node.kill()
})

test('what was encoded before is not kept waiting by films that are not', async () => {
  await command(alone, 'pause')
  const others = [50, 51].map((crf) => ['--params', `--preset 10 --crf ${crf}`])
  const ids: string[] = []
  for (const [n, args] of others.entries())
    ids.push(await submit(alone, sources[n] ?? '', join(swarm.folder, `other-${n}.mkv`), args))
  await whenStanding(alone, ids, ['prepared', waits(1)])
  const again = join(swarm.folder, 'again.mkv')
  await completed(alone, await submit(alone, sources[2] ?? '', again))
  expect(sha256(again)).toBe(expected[2])
  await whenStanding(alone, ids, ['prepared', waits(1)])
})
