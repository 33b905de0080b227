import { execFileSync } from 'node:child_process'
import { chmod, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tinyClip } from './clips.ts'
import { AOM_PARAMS, getStatus, TestSwarm, whenProject, type SpawnedNode } from './harness.ts'
import type { Clip } from '../../scripts/clip.ts'

let clip: Clip
let swarm: TestSwarm
let node: SpawnedNode
let media: string

beforeAll(async () => {
  clip = await tinyClip()
  swarm = await TestSwarm.create()
  media = join(swarm.folder, 'media')
  await mkdir(media)
  await copyFile(clip.path, join(media, 'film.mkv'))
  await writeFile(join(media, 'text.mkv'), 'this is no video\n'.repeat(100))
  await writeFile(join(media, 'film.aom.mkv'), 'already here')
  const odd = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=s=81x45:d=1', '-c:v', 'ffv1', join(media, 'odd.mkv')]
  execFileSync('ffmpeg', odd)
  node = await swarm.startNode({ name: 'owner', workers: 1, args: ['--media', media] })
})

afterAll(async () => {
  await swarm.stop()
})

const submit = async (...args: string[]) => swarm.ask(['submit', '--data-dir', node.dataDir, ...args])

test.each([
  ['a file that is no video', ['text.mkv'], /no video|not a video/i],
  ['a video that the encoder cannot encode', ['odd.mkv', '--encoder', 'svt'], /4:4:4.*aom or vp9/],
  [
    'a combination that the encoder refuses',
    ['film.mkv', '--encoder', 'svt', '--params', '--enable-qm 1 --qm-min 9 --qm-max 3'],
    /SvtAv1EncApp [\d.]+ does not accept these parameters: Min quant matrix/
  ],
  ['a missing file', ['missing.mkv'], /missing\.mkv/],
  ['an unknown encoder', ['film.mkv', '--encoder', 'x264'], /x264.*aom.*vp9.*svt/s],
  ['a refused parameter', ['film.mkv', '--params', '--output=/tmp/x'], /--output/],
  ['a parameter that names a file', ['film.mkv', '--params', '--cpu-used=6 --fpf=/tmp/x'], /--fpf/],
  ['an output folder that is not there', ['film.mkv', '--output', '/nowhere/out.mkv'], /\/nowhere/],
  ['an output that exists', ['film.mkv', '--encoder', 'aom'], /exists.*--overwrite/s],
  ['an output of another kind', ['film.mkv', '--output', 'out.avi'], /\.avi/],
  [
    'sound that WebM does not hold',
    ['film.mkv', '--output', 'o.webm'],
    /\.webm holds .*; stream \d.*: add --audio opus/
  ],
  ['subtitles that WebM does not hold', ['film.mkv', '--output', 'o.webm', '--audio', 'opus'], /--subtitles drop/],
  ['an attachment that MP4 does not hold', ['film.mkv', '--output', 'o.mp4', '--audio', 'opus'], /--attachments drop/],
  [
    'a video track that is not there',
    ['film.mkv', '--output', 'o.mkv', '--video-track', '5'],
    /no video track 5.*track 1/
  ],
  [
    'numbers of linked files in MP4',
    ['film.mkv', '--output', 'o.mp4', '--attachments', 'drop', '--keep-uids'],
    /--keep-uids is for \.mkv/
  ],
  [
    'numbers of linked files for a part',
    ['film.mkv', '--output', 'o.mkv', '--range', '-10f', '--keep-uids'],
    /--keep-uids is for whole films/
  ],
  ['an unknown choice of sound', ['film.mkv', '--output', 'o.mkv', '--audio', 'flac'], /opus:<kbit\/s/],
  ['an unknown choice of subtitles', ['film.mkv', '--output', 'o.mkv', '--subtitles', 'burn'], /copy, drop/],
  [
    'scene lengths in the wrong order',
    ['film.mkv', '--output', 'o.mkv', '--min-frames', '50', '--max-frames', '20'],
    /50.*20/s
  ]
])('%s is refused with a reason, and nothing is left behind', async (_, args, reason) => {
  const before = await readdir(media)
  const [file = '', ...others] = args
  const paths = others.map((arg) => (/^(out\.avi|o\.\w+)$/.test(arg) ? join(media, arg) : arg))
  const { exitCode, stderr } = await submit(join(media, file), ...paths)
  expect(exitCode).not.toBe(0)
  expect(stderr).toMatch(reason)
  expect(stderr).not.toMatch(/\bat .*\.ts:\d+/)
  expect(await readdir(media)).toEqual(before)
  expect((await getStatus(node.url)).projects).toEqual([])
  expect(await readdir(join(node.dataDir, 'projects')).catch(() => [])).toEqual([])
})

test('the documented calls refuse with 200 and a reason', async () => {
  const add = async (body: object): Promise<unknown> => {
    const response = await fetch(`${node.url}/api/add_project`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body)
    })
    return response.json()
  }
  expect(await add({ input: ['1.mkv', '2.mkv'], encoder: 'aom', encoder_params: '-b 10 --cpu-used=3' })).toEqual({
    success: false,
    reason: 'Input files not found: 1.mkv,2.mkv'
  })
  expect(await add({ input: ['/etc/hostname'], encoder: 'aom' })).toMatchObject({ success: false })
  expect(await add({ input: ['film.mkv', 'gone.mkv'], encoder: 'aom' })).toEqual({
    success: false,
    reason: 'Input files not found: gone.mkv'
  })
  const gone = await fetch(`${node.url}/api/delete_project/1`, { method: 'POST' })
  expect(await gone.json()).toEqual({ success: false, reason: 'Project does not exist.' })
})

test('a documented submission runs, can be re-prioritised and deleted', async () => {
  const post = async (path: string, body?: object): Promise<{ success: boolean; projectid?: string }> => {
    const init = body == null ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    return (await (await fetch(`${node.url}${path}`, { method: 'POST', ...init })).json()) as { success: boolean }
  }
  const film = {
    input: ['film.mkv'],
    encoder: 'vp9',
    encoder_params: '--cpu-used=0',
    threshold: 50,
    min_frames: 25,
    max_frames: 160
  }
  // At once, so that each finds the name free when it looks.
  const both = await Promise.all([post('/api/add_project', film), post('/api/add_project', film)])
  expect(both).toMatchObject([{ success: true }, { success: true }])
  const [id = '', other = ''] = both.map(({ projectid }) => projectid)
  expect(id).not.toBe(other)
  expect(await post(`/api/modify_project/${id}`, { priority: '-0.5' })).toEqual({ success: true })
  expect(await whenProject(node.url, id, 'to have its priority', ({ priority }) => priority === -0.5)).toBeDefined()
  for (const one of [id, other]) expect(await post(`/api/delete_project/${one}`)).toEqual({ success: true })
  expect(await (await fetch(`${node.url}/api/get_projects`)).json()).toEqual([])
  expect((await readdir(media)).toSorted()).toEqual(['film.aom.mkv', 'film.mkv', 'odd.mkv', 'text.mkv'])
})

test('an encoder that always fails is started a few times only, and the reason is told', async () => {
  // First on the path of the worker: an encoder that passes the check at the start and fails on every real scene.
  const bin = join(swarm.folder, 'bin')
  await mkdir(bin)
  const counter = join(swarm.folder, 'starts')
  await writeFile(
    join(bin, 'aomenc'),
    `#!/bin/sh\ncase "$*" in *--help*) exec /usr/bin/aomenc "$@";; esac\nif [ ! -e ${counter}.armed ]; then exec /usr/bin/aomenc "$@"; fi\necho start >> ${counter}\necho "cannot encode today" >&2\nexit 3\n`
  )
  await chmod(join(bin, 'aomenc'), 0o755)
  const broken = await swarm.startNode({
    name: 'broken',
    workers: 2,
    // It counts its starts in a file, which no sandbox would let it write.
    env: { PATH: `${bin}:${process.env['PATH'] ?? ''}`, GRAV1_SANDBOX: 'off' }
  })
  await writeFile(`${counter}.armed`, '')
  const output = join(swarm.folder, 'never.mkv')
  const { exitCode, stderr } = await swarm.run([
    'submit',
    clip.path,
    '--params',
    AOM_PARAMS,
    '--output',
    output,
    '--data-dir',
    broken.dataDir
  ])
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('cannot encode today')])
  const starts = (await import('node:fs')).readFileSync(counter, 'utf8').trim().split('\n').length
  expect(starts).toBeLessThanOrEqual(12)
  expect(await readdir(swarm.folder)).not.toContain('never.mkv')
  await broken.kill()
})
