import { execFileSync } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type JoinInput, joinProject } from '../../../src/encode/index.ts'
import {
  ffmpeg,
  fullHashes,
  makeBase,
  makeOddClip,
  makeRichClip,
  makeSoundMp4,
  packetTimesMs,
  tempFolder
} from '../../fixtures/encode-clips.ts'
import { encodeClip, prepareClip } from '../../fixtures/encode-scenes.ts'
import { patience } from '../../fixtures/patience.ts'
import { testAtNight } from '../../nightly.ts'

const signal = patience()
const FAST: Record<'aom' | 'vp9' | 'svt', string> = {
  aom: '--cpu-used=6 --end-usage=q --cq-level=50',
  vp9: '--cpu-used=8 --end-usage=q --cq-level=50',
  svt: '--preset 12 --crf 50'
}
let folder: Awaited<ReturnType<typeof tempFolder>>
let base = ''
let rich: JoinInput
let folders = 0

async function fresh(): Promise<string> {
  const path = join(folder.path, `join-${(folders += 1)}`)
  await mkdir(path)
  return path
}

async function encodeAll(file: string, name: string, encoder: keyof typeof FAST): Promise<JoinInput> {
  const clip = await prepareClip(file, folder.path, name, signal)
  const segments: { file: string; frames: number }[] = []
  for (const scene of clip.scenes) {
    const made = await encodeClip(clip, scene, { encoder, params: FAST[encoder], workDir: await fresh() }, signal)
    segments.push({ file: made.file, frames: scene.frames })
  }
  const output = join(await fresh(), `${name}.mkv`)
  const { source, timestampsMs } = clip
  return {
    source,
    encoder,
    segments,
    timestampsMs,
    output,
    overwrite: false,
    workDir: await fresh(),
    onProgress: () => {}
  }
}

interface Identified {
  tracks: { type: string; codec: string; properties: Record<string, unknown> }[]
  attachments: { file_name: string }[]
  chapters: { num_entries: number }[]
  container: { properties: { title?: string } }
}
const identify = (file: string): Identified =>
  JSON.parse(execFileSync('mkvmerge', ['-J', file], { encoding: 'utf8' })) as Identified

beforeAll(async () => {
  folder = await tempFolder()
  base = await makeBase(folder.path)
  rich = await encodeAll(await makeRichClip(base, folder.path), 'rich', 'aom')
})
afterAll(() => folder.remove())

test('audio, subtitles, chapters, attachments and title are kept; the same bytes again elsewhere', async () => {
  const fractions: number[] = []
  const made = await joinProject({ ...rich, onProgress: (fraction) => void fractions.push(fraction) }, { signal })
  expect(made).toMatchObject({ path: rich.output, frames: rich.timestampsMs.length })
  expect(fractions.at(-1)).toBe(1)
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b))
  const found = identify(made.path)
  expect(found.tracks.map((track) => track.codec)).toEqual(['AV1', 'Opus', 'FLAC', 'SubRip/SRT'])
  expect(found.tracks[1]?.properties['language']).toBe('eng')
  expect(found.attachments.map((attachment) => attachment.file_name)).toEqual(['notes.txt'])
  expect(found.chapters[0]?.num_entries).toBe(2)
  expect(found.container.properties.title).toBe('Rich')
  const elsewhere = join(await fresh(), 'another name.mkv')
  const again = await joinProject({ ...rich, output: elsewhere, workDir: await fresh() }, { signal })
  expect(again.sha256).toBe(made.sha256)
  expect((await readFile(elsewhere)).length).toBe(again.bytes)
  expect(await fullHashes(elsewhere)).toHaveLength(made.frames)
})

test('an existing file is refused, or replaced when asked', async () => {
  const output = join(await fresh(), 'out.mkv')
  await writeFile(output, 'precious')
  await expect(joinProject({ ...rich, output }, { signal })).rejects.toMatchObject({ code: 'output-exists' })
  expect(await readFile(output, 'utf8')).toBe('precious')
  await joinProject({ ...rich, output, overwrite: true }, { signal })
  expect((await readFile(output)).length).toBeGreaterThan(1000)
  expect(await readdir(join(output, '..'))).toEqual(['out.mkv'])
})

test('failures leave nothing beside the output', async () => {
  const place = await fresh()
  const output = join(place, 'out.mkv')
  const codeOf = (input: Partial<JoinInput>): Promise<string> =>
    joinProject({ ...rich, output, ...input }, { signal }).then(
      () => 'joined',
      (error: { code: string }) => error.code
    )
  expect(await codeOf({ segments: rich.segments.slice(1) })).toBe('join-failed')
  expect(await codeOf({ output: join(place, 'out.avi') })).toBe('unsupported')
  expect(await codeOf({ output: join(place, 'out.webm') })).toBe('unsupported')
  expect(await codeOf({ output: join(place, 'missing', 'out.mkv') })).toBe('output-unwritable')
  const [first, second, ...others] = rich.segments
  const swapped = [
    { file: second!.file, frames: second!.frames },
    { file: first!.file, frames: first!.frames },
    ...others
  ]
  if (first!.frames === second!.frames) expect(await codeOf({ segments: swapped })).toBe('joined')
  const cut = join(folder.path, 'cut.ivf')
  await writeFile(cut, (await readFile(first!.file)).subarray(0, -10))
  expect(await codeOf({ segments: [{ ...first!, file: cut }, second!, ...others], output: join(place, 'x.mkv') })).toBe(
    'join-failed'
  )
  expect((await readdir(place)).filter((name) => name !== 'out.mkv')).toEqual([])
})

test('VFR timestamps are exact, VP9 into WebM', async () => {
  const input = await encodeAll(await makeOddClip(base, folder.path, 'VFR Matroska'), 'vfr', 'vp9')
  const output = input.output.replace('.mkv', '.webm')
  const made = await joinProject({ ...input, output }, { signal })
  expect(await packetTimesMs(made.path)).toEqual(await packetTimesMs(input.source.path))
})

// In the gate `join-clock.test.ts` does so with sound and picture that start late.
testAtNight('sound stays where it was, in MP4 and in a transport stream', async () => {
  const sound = await makeSoundMp4(base, folder.path)
  const stream = join(folder.path, 'sound.ts')
  await ffmpeg('-i', sound, '-c', 'copy', '-muxdelay', '0', stream)
  const startTime = (file: string, kind: string): number => {
    const show = ['-v', 'error', '-select_streams', `${kind}:0`, '-show_entries', 'packet=pts_time', '-of', 'csv=p=0']
    const lines = execFileSync('ffprobe', [...show, file], { encoding: 'utf8' }).split('\n')
    return Math.min(...lines.map(Number.parseFloat).filter((time) => time >= 0))
  }
  for (const [name, file] of [
    ['sound-mp4', sound],
    ['sound-ts', stream]
  ] as const) {
    const made = await joinProject(await encodeAll(file, name, 'vp9'), { signal })
    const before = startTime(file, 'a') - startTime(file, 'v')
    expect(startTime(made.path, 'a') - startTime(made.path, 'v')).toBeCloseTo(before, 2)
  }
})

test('full range stays full range in VP9', async () => {
  const made = await joinProject(await encodeAll(await makeOddClip(base, folder.path, 'full range'), 'full', 'vp9'), {
    signal
  })
  const show = [
    '-v',
    'error',
    '-select_streams',
    'v:0',
    '-show_entries',
    'stream=color_range',
    '-of',
    'csv=p=0',
    made.path
  ]
  expect(execFileSync('ffprobe', show, { encoding: 'utf8' }).trim()).toBe('pc')
})

test('HDR, colour and aspect are carried over', async () => {
  const file = join(folder.path, 'hdr.mkv')
  const master = 'master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1):max-cll=1000,400'
  const colour = 'colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:range=limited'
  const x265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', `log-level=none:hdr10=1:${colour}:${master}`]
  await ffmpeg('-i', base, '-frames:v', '30', '-vf', 'setsar=4/3', '-pix_fmt', 'yuv420p10le', ...x265, file)
  const made = await joinProject(await encodeAll(file, 'hdr', 'aom'), { signal })
  const show = ['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'stream', '-of', 'json', made.path]
  const { streams } = JSON.parse(execFileSync('ffprobe', show, { encoding: 'utf8' })) as {
    streams: Record<string, unknown>[]
  }
  expect(streams[0]).toMatchObject({
    pix_fmt: 'yuv420p10le',
    color_range: 'tv',
    color_primaries: 'bt2020',
    color_transfer: 'smpte2084',
    color_space: 'bt2020nc',
    display_aspect_ratio: '71:30',
    side_data_list: [
      { side_data_type: 'Content light level metadata', max_content: 1000, max_average: 400 },
      { side_data_type: 'Mastering display metadata', max_luminance: expect.stringMatching(/^1000/) as unknown }
    ]
  })
})
