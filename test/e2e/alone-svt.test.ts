import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, expect, test } from 'vitest'
import { tinyClip } from './clips.ts'
import { SVT_PARAMS, TestSwarm } from './harness.ts'

let swarm: TestSwarm

afterEach(async () => {
  await swarm.stop()
})

interface ProgressEvent {
  readonly event: string
  readonly frames?: number
  readonly totalFrames?: number
  readonly scenes?: { readonly done: number; readonly total: number }
}

test('SVT-AV1 in one pass: progress never goes back and ends at the last frame', async () => {
  const clip = await tinyClip()
  swarm = await TestSwarm.create()
  const output = join(swarm.folder, 'out.mkv')
  const args = ['--encoder', 'svtav1', '--params', SVT_PARAMS, '--output', output, '--json', '--workers', '2']
  const alone = ['--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0']
  const { exitCode, stdout, stderr } = await swarm.run(['submit', clip.path, ...args, ...alone])
  expect(exitCode, stderr).toBe(0)
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ProgressEvent)
  const progress = events.filter(({ event }) => event === 'progress')
  const frames = progress.map((one) => one.frames ?? -1)
  expect(frames).toEqual(frames.toSorted((a, b) => a - b))
  expect(progress.at(-1)).toMatchObject({ frames: 50, totalFrames: 50, scenes: { done: 2, total: 2 } })
  const show = ['-v', 'error', '-select_streams', 'v', '-count_packets', '-show_entries']
  const probed = await execa('ffprobe', [...show, 'stream=codec_name,nb_read_packets', '-of', 'csv=p=0', output])
  expect(probed.stdout.trim()).toBe('av1,50')
})
