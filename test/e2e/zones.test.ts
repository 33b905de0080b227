import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { shortClip } from './clips.ts'
import { AOM_PARAMS, sha256, TestSwarm, whenConnected, whenProject } from './harness.ts'

let swarm: TestSwarm

beforeEach(async () => {
  swarm = await TestSwarm.create()
})

afterEach(async () => {
  await swarm.stop()
})

interface Documented {
  readonly frames: number
  readonly scenes: Readonly<Record<string, { readonly frames: number; readonly encoder_params: string }>>
}

test('zones, cuts and a range: two machines make the file of one, and the second time nothing is analysed', async () => {
  const clip = await shortClip()
  const zones = join(swarm.folder, 'zones.txt')
  // A scene of the clip starts at 40, too close to the zone's end at 30 to count. The zone begins before the range.
  await writeFile(zones, '# a better start\n0 30 aom --cq-level=20\n')
  const flags = ['--params', AOM_PARAMS, '--zones', zones, '--cuts', '50', '--range', '20-64']
  const owner = await swarm.startNode({ name: 'owner', workers: 1 })
  const helper = await swarm.startNode({ name: 'helper', workers: 1, bootstrap: owner.address })
  await whenConnected(helper.url, 1)
  const output = join(swarm.folder, 'swarm.mkv')
  const id = await swarm.submit(owner, clip.path, [...flags, '--output', output])
  await whenProject(owner.url, id, 'completed', (project) => project.state === 'completed')
  const response = await fetch(`${owner.url}/api/get_project/${id}`)
  const { frames, scenes } = (await response.json()) as Documented
  expect(frames).toBe(44)
  expect(Object.values(scenes).map((scene) => [scene.frames, scene.encoder_params])).toEqual([
    [10, '--cpu-used=6 --end-usage=q --cq-level=20'],
    [20, ''],
    [14, '']
  ])
  const analyses = join(owner.dataDir, 'analyses')
  const [before] = await readdir(analyses)
  const again = join(swarm.folder, 'again.mkv')
  const second = await swarm.submit(owner, clip.path, [...flags, '--output', again])
  await whenProject(owner.url, second, 'completed', (project) => project.state === 'completed')
  expect(await readdir(analyses)).toEqual([before])
  expect(sha256(again)).toBe(sha256(output))
  const alone = join(swarm.folder, 'alone.mkv')
  const local = [
    '--workers',
    '1',
    '--no-mdns',
    '--listen',
    '/ip4/127.0.0.1/tcp/0',
    '--data-dir',
    join(swarm.folder, 'one')
  ]
  const ran = await swarm.run(['submit', clip.path, ...flags, '--output', alone, ...local])
  expect(ran.exitCode, ran.stderr).toBe(0)
  expect(sha256(alone)).toBe(sha256(output))
  const show = ['-v', 'error', '-count_packets', '-show_entries', 'stream=codec_type,nb_read_packets', '-of', 'csv=p=0']
  const { stdout } = await execa('ffprobe', [...show, alone])
  expect(stdout.split('\n')[0]).toBe('video,44')
})

test('what cannot be is refused before anything is done', async () => {
  const clip = await shortClip()
  const node = await swarm.startNode({ name: 'owner', workers: 0 })
  const refused = async (...flags: string[]): Promise<string> => {
    const words = ['submit', clip.path, '--params', AOM_PARAMS, '--output', join(swarm.folder, 'x.mkv'), ...flags]
    const { exitCode, stderr } = await swarm.ask([...words, '--data-dir', node.dataDir, '--detach'])
    expect(exitCode).not.toBe(0)
    return stderr
  }
  const zones = join(swarm.folder, 'zones.txt')
  await writeFile(zones, '0 30 --cq-level=20\n20 40 --cq-level=30\n')
  expect(await refused('--zones', zones)).toContain('Line 2: it overlaps with line 1.')
  // aomenc writes another sequence header at this speed than at the project's.
  await writeFile(zones, '0 30 --cpu-used=1\n')
  expect(await refused('--zones', zones)).toMatch(/Line 1: .*--cpu-used=1.* gives another sequence header/)
  expect(await refused('--range', '40-20')).toContain('ends before it begins')
  expect(await refused('--cuts', '00:99:00')).toContain('is neither a frame')
})
