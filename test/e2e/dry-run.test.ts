import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { probeSource } from '../../src/encode/index.ts'
import { ffmpeg } from '../fixtures/encode-clips.ts'
import { tinyClip } from './clips.ts'
import { AOM_PARAMS, getStatus, TestSwarm, whenProject, type SpawnedNode } from './harness.ts'
import type { DryRun, SceneStatus } from '../../src/api/schemas/index.ts'
import { patience } from '../fixtures/patience.ts'

let swarm: TestSwarm
let node: SpawnedNode
let film: string
let first: DryRun

beforeAll(async () => {
  swarm = await TestSwarm.create()
  film = (await tinyClip()).path
  node = await swarm.startNode({ name: 'owner', workers: 1 })
})

afterAll(async () => {
  await swarm.stop()
})

const run = async (...args: string[]) => swarm.ask(['submit', '--data-dir', node.dataDir, '--dry-run', ...args])
const args = (): string[] => ['--params', AOM_PARAMS, '--output', join(swarm.folder, 'out.mkv')]

test('says what the source is and which scenes it has, and leaves nothing behind', async () => {
  const { exitCode, stdout, stderr } = await run(film, ...args(), '--json')
  expect([exitCode, stderr]).toEqual([0, ''])
  first = JSON.parse(stdout) as DryRun
  expect(first).toMatchObject({
    accepted: true,
    refusal: null,
    output: join(swarm.folder, 'out.mkv'),
    source: { title: 'tiny.mkv', video: { width: 112, height: 64, bitDepth: 8, fieldOrder: null } },
    scenes: { complete: true },
    estimate: null
  })
  expect(first.source?.streams.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['audio', 'subtitle', 'attachment'])
  )
  expect((await getStatus(node.url)).projects).toEqual([])
  expect(await readdir(join(node.dataDir, 'projects')).catch(() => [])).toEqual([])
  expect(await readdir(join(node.dataDir, 'own'))).toEqual([])
  expect(await readdir(swarm.folder)).not.toContain('out.mkv')
})

test('a real submission has those scenes, and the next dry run knows how long it takes', async () => {
  const id = await swarm.submit(node, film, args())
  await whenProject(node.url, id, 'to complete', ({ state }) => state === 'completed')
  const answer = await fetch(`${node.url}/api/v2/projects/${id}/scenes`)
  const { items } = (await answer.json()) as { items: SceneStatus[] }
  const planned = items.map(({ scene, start, frames, encoderParams }) => ({ scene, start, frames, encoderParams }))
  expect(first.scenes?.items).toEqual(planned)
  expect(first.frames).toBe(items.reduce((sum, { frames }) => sum + frames, 0))
  const { stdout } = await run(film, '--params', AOM_PARAMS, '--output', join(swarm.folder, 'two.mkv'), '--json')
  const { estimate } = JSON.parse(stdout) as DryRun
  const took = items.reduce((sum, { encodeSeconds }) => sum + (encodeSeconds ?? 0), 0)
  expect(estimate).toMatchObject({ slots: 1, scenes: items.length })
  expect(estimate?.encodeSeconds.likely).toBeCloseTo(took, 3)
})

test('for people it is a text; what would be refused says why and still what the source is', async () => {
  // Other parameters than those of the project that made the file: the same ones would be that project.
  const other = ['--params', '--cpu-used=8', '--output', join(swarm.folder, 'out.mkv')]
  const { exitCode, stdout, stderr } = await run(film, ...other)
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/tiny\.mkv would be refused: .*out\.mkv already exists/)
  expect(stdout).toMatch(/^tiny\.mkv: matroska.*\n {2}video: h264, 112x64, 25 fps/)
  const accepted = await run(film, '--params', AOM_PARAMS, '--output', join(swarm.folder, 'two.mkv'))
  expect(accepted.stdout).toMatch(
    /would become .*two\.mkv\n[^]*2 scenes, \d+ frames\nscene {2}start[^]*encoding: about/
  )
  const missing = await run(join(swarm.folder, 'none.mkv'))
  expect([missing.exitCode, missing.stderr]).toEqual([2, expect.stringContaining('Input files not found')])
})

test('--crop auto: a check shows what the film is then, and the same command goes on with it', async () => {
  const barred = join(swarm.folder, 'barred.mkv')
  const film = ['-f', 'lavfi', '-i', 'testsrc2=s=160x68:r=25:d=1', '-vf', 'pad=160:96:0:14', '-c:v', 'libx264']
  await ffmpeg(...film, '-preset', 'ultrafast', barred)
  const output = join(swarm.folder, 'cropped.mkv')
  const wish = ['--params', AOM_PARAMS, '--output', output, '--crop', 'auto']
  const { stdout, stderr } = await run(barred, ...wish, '--json')
  const { bars, warnings } = JSON.parse(stdout) as DryRun
  expect(bars, stderr).toMatchObject({ crop: { x: 0, y: 14, width: 160, height: 68 }, smaller: null })
  expect(bars?.still).toMatch(/^\/9j\//)
  expect(warnings.join(' ')).toContain('--crop 160:68:0:14')
  const id = await swarm.submit(node, barred, wish)
  const done = await whenProject(node.url, id, 'to complete', ({ state }) => state === 'completed')
  expect([done.width, done.height]).toEqual([160, 68])
  const { video } = await probeSource(output, { signal: patience() })
  expect([video.width, video.height]).toEqual([160, 68])
  expect(await swarm.submit(node, barred, wish)).toBe(id)
})
