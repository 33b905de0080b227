import { copyFile, mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { testAtNight } from '../nightly.ts'
import { fourScenes, shortClip, tinyClip } from './clips.ts'
import { AOM_PARAMS, eventually, sha256, TestSwarm, VP9_PARAMS, whenProject } from './harness.ts'

let swarm: TestSwarm

beforeEach(async () => {
  swarm = await TestSwarm.create()
})

afterEach(async () => {
  await swarm.stop()
})

const ALONE = ['--workers', '2', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0'] as const

test('one command on one machine is enough, and the result lies beside the source', async () => {
  const clip = await tinyClip()
  const films = join(swarm.folder, 'films')
  await mkdir(films)
  await copyFile(clip.path, join(films, 'film.mkv'))
  const before = sha256(join(films, 'film.mkv'))
  const { exitCode, stdout, stderr } = await swarm.run([
    'submit',
    'films/film.mkv',
    '--params',
    AOM_PARAMS,
    '--json',
    ...ALONE
  ])
  expect(exitCode, stderr).toBe(0)
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; output?: string })
  expect(events.at(-1)).toMatchObject({ event: 'done', output: join(films, 'film.aom.mkv') })
  expect((await readdir(films)).toSorted()).toEqual(['film.aom.mkv', 'film.aom.mkv.grav1.json', 'film.mkv'])
  expect(sha256(join(films, 'film.mkv'))).toBe(before)
  const { stdout: keys } = await execa('find', [swarm.folder, '-name', 'identity.key'])
  expect((await stat(keys)).mode & 0o777).toBe(0o600)
})

// In the gate `scripts/machines` makes MP4 with Opus, and films of one scene and of ten bits are in `test/media`.
testAtNight(
  'a video of a single scene, with ten bits, as MP4 with Opus by the name of the output and a flag',
  async () => {
    const short = join(swarm.folder, 'short.mkv')
    const output = join(swarm.folder, 'short.mp4')
    const clip = await tinyClip()
    const maps = ['-map', '0:v', '-map', '0:a', '-frames:v', '30', '-t', '1.4', '-c:v', 'libx264', '-c:a', 'copy']
    await execa('ffmpeg', ['-v', 'error', '-i', clip.path, ...maps, short])
    const choice = ['--min-frames', '30', '--output', output, '--audio', 'opus:32']
    const { exitCode, stderr } = await swarm.run([
      'submit',
      short,
      '--params',
      `-b 10 ${AOM_PARAMS}`,
      ...choice,
      ...ALONE
    ])
    expect(exitCode, stderr).toBe(0)
    const entries = 'stream=codec_name,pix_fmt,nb_read_packets'
    const { stdout } = await execa('ffprobe', [
      '-v',
      'error',
      '-count_packets',
      '-show_entries',
      entries,
      '-of',
      'csv=p=0',
      output
    ])
    expect(stdout.trim()).toMatch(/^av1,yuv420p10le,30\nopus,\d{2}\nbin_data,/)
  }
)

test('a crash while cutting does not pass for a finished film', async () => {
  const clip = await fourScenes()
  const node = await swarm.startNode({ name: 'owner', workers: 2 })
  const output = join(swarm.folder, 'out.mkv')
  const id = await swarm.submit(node, clip.path, ['--params', AOM_PARAMS, '--output', output])
  await node.kill()
  const again = await swarm.startNode({ name: 'owner', workers: 2, dataDir: node.dataDir })
  const project = await whenProject(again.url, id, 'to be complete', ({ state }) => state === 'completed')
  expect(project).toMatchObject({ frames: clip.frames, totalFrames: clip.frames })
  expect(project.scenes.done).toBe(clip.cuts.length + 1)
})

test('a second node on the same data folder is refused with a sentence', async () => {
  const node = await swarm.startNode({ name: 'first', workers: 0 })
  const second = await swarm.run([
    'node',
    '--data-dir',
    node.dataDir,
    '--api-port',
    '0',
    '--listen',
    '/ip4/127.0.0.1/tcp/0',
    '--no-mdns'
  ])
  expect(second.exitCode).toBe(1)
  expect(second.stderr).toMatch(/another grav1 node uses .*--data-dir/i)
  expect(second.stderr).not.toMatch(/\bat .*\.ts:\d+/)
})

test('cancel stops the encoders and keeps the source', async () => {
  const clip = await shortClip()
  const node = await swarm.startNode({ name: 'owner', workers: 2 })
  const id = await swarm.submit(node, clip.path, [
    '--params',
    '--cpu-used=1',
    '--output',
    join(swarm.folder, 'out.mkv')
  ])
  await whenProject(node.url, id, 'to be encoded', ({ running }) => running.length > 0)
  const cancelled = await swarm.run(['cancel', id.slice(0, 8), '--data-dir', node.dataDir])
  expect(cancelled.exitCode, cancelled.stderr).toBe(0)
  await eventually('encoders to stop', async () =>
    (await swarm.leftovers()).some((line) => line.includes('aomenc')) ? undefined : true
  )
  expect(await readdir(swarm.folder)).not.toContain('out.mkv')
  const status = await swarm.run(['status', '--all', '--data-dir', node.dataDir])
  expect(status.stdout).toContain('cancelled')
})

test('a sample tells what the whole film would take, and is a file of its own', async () => {
  const clip = await shortClip()
  const film = join(swarm.folder, 'film.mkv')
  const sound = ['-f', 'lavfi', '-i', 'sine=d=1', '-map', '0:v', '-map', '1:a', '-c:v', 'copy', '-c:a', 'aac']
  await execa('ffmpeg', ['-v', 'error', '-i', clip.path, ...sound, film])
  // WebM holds no AAC, but a sample is the video alone.
  const output = join(swarm.folder, 'film.sample.webm')
  const submit = ['submit', film, '--encoder', 'vp9', '--params', VP9_PARAMS, '--max-frames', '60', '--output', output]
  expect(await swarm.run([...submit, ...ALONE])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/aac/i) as unknown
  })
  const argv = [...submit, '--sample', '2']
  const { exitCode, stdout, stderr } = await swarm.run([...argv, ...ALONE])
  expect(exitCode, stderr).toBe(0)
  expect(stdout).toMatch(/^the whole film \(160 frames in \d+ scenes\): about [\d.]+ KiB of video \(.+ to .+\)$/m)
  expect(stdout).toMatch(/^with the 2 slots of this swarm: about \d+s$/m)
  expect(stdout.trim().split('\n').at(-1)).toBe(output)
  const show = ['-count_packets', '-show_entries', 'stream=codec_type,nb_read_packets', '-of', 'csv=p=0', output]
  const { stdout: streams } = await execa('ffprobe', ['-v', 'error', ...show])
  const [, packets] = /^video,(\d+)$/.exec(streams) ?? []
  expect(Number(packets)).toBeGreaterThan(50)
  expect(Number(packets)).toBeLessThan(200)
})
