import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type JoinInput, joinProject, probeSource, tryJoin } from '../../../src/encode/index.ts'
import { CARRIED, KEEP_ALL } from '../../../src/encode/rules/index.ts'
import { ffmpeg, packetTimesMs, tempFolder } from '../../fixtures/encode-clips.ts'
import { JOIN_FRAMES, joinInput, makeSegments, PICTURE } from '../../fixtures/join-clips.ts'
import { patience } from '../../fixtures/patience.ts'
import { withNight } from '../../nightly.ts'

const signal = patience()
let folder: Awaited<ReturnType<typeof tempFolder>>
let segments: { readonly vp9: JoinInput['segments']; readonly aom: JoinInput['segments'] }
const at = (name: string): string => join(folder.path, name)

beforeAll(async () => {
  folder = await tempFolder()
  segments = { vp9: await makeSegments(folder.path, 'vp9'), aom: await makeSegments(folder.path, 'aom') }
  await ffmpeg(...PICTURE.input, ...PICTURE.codec, at('plain.mkv'))
})
afterAll(() => folder.remove())

/** A source whose video track says everything that is carried over. */
const EVERYTHING: Readonly<Record<string, string>> = {
  '--track-name': 'Film',
  '--language': 'pt-BR',
  '--default-track-flag': '0',
  '--forced-display-flag': '1',
  '--track-enabled-flag': '0',
  '--hearing-impaired-flag': '1',
  '--visual-impaired-flag': '1',
  '--text-descriptions-flag': '1',
  '--original-flag': '1',
  '--commentary-flag': '1',
  '--display-dimensions': '152x66',
  '--cropping': '4,12,4,12',
  '--stereo-mode': '1',
  '--color-matrix-coefficients': '1',
  '--color-transfer-characteristics': '1',
  '--color-primaries': '1',
  '--color-range': '1',
  '--chroma-siting': '1,1',
  '--max-content-light': '1000',
  '--max-frame-light': '400',
  '--chromaticity-coordinates': '0.68,0.32,0.265,0.69,0.15,0.06',
  '--white-color-coordinates': '0.3127,0.329',
  '--max-luminance': '1000',
  '--min-luminance': '0.001',
  '--projection-type': '1',
  '--projection-private': '00'.repeat(20),
  '--projection-pose-yaw': '10',
  '--projection-pose-pitch': '5',
  '--projection-pose-roll': '-3'
}

const propertiesOf = (file: string): Record<string, unknown> =>
  (
    JSON.parse(execFileSync('mkvmerge', ['-J', file], { encoding: 'utf8' })) as {
      tracks: { properties: Record<string, unknown> }[]
    }
  ).tracks[0]?.properties ?? {}

const init = (encoder: 'vp9' | 'aom') => ({ folder: folder.path, segments: segments[encoder], encoder })

test('every property of the table comes through', async () => {
  const options = Object.entries(EVERYTHING).flatMap(([option, value]) => [option, `0:${value}`])
  execFileSync('mkvmerge', ['--quiet', '-o', at('all.mkv'), ...options, at('plain.mkv')])
  const made = await joinProject(await joinInput(at('all.mkv'), 'mkv', init('vp9')), { signal })
  const [before, after] = [propertiesOf(at('all.mkv')), propertiesOf(made.path)]
  for (const name of CARRIED.filter((one) => one !== 'default_duration')) {
    expect(before[name], name).toBeDefined()
    expect([name, after[name]]).toEqual([name, before[name]])
  }
})

test.for(withNight(['0,12,0,12'], ['4,0,0,0']))('a picture that is cropped on some sides: %s', async (cropping) => {
  execFileSync('mkvmerge', ['--quiet', '-o', at('edges.mkv'), '--cropping', `0:${cropping}`, at('plain.mkv')])
  const made = await joinProject(await joinInput(at('edges.mkv'), 'mkv', init('vp9')), { signal })
  const shown = (file: string): readonly string[] =>
    [...execFileSync('mkvinfo', [file], { encoding: 'utf8' }).matchAll(/Pixel crop .*/g)]
      .map(([line]) => line)
      .toSorted()
  expect(shown(made.path)).toEqual(shown(at('edges.mkv')))
  expect(shown(made.path).length).toBeGreaterThan(0)
})

test('a source that says little gets nothing made up', async () => {
  const made = await joinProject(await joinInput(at('plain.mkv'), 'mkv', init('vp9')), { signal })
  const found = propertiesOf(made.path)
  for (const name of ['stereo_mode', 'cropping', 'projection_type', 'max_luminance', 'track_name'])
    expect(found[name], name).toBeUndefined()
})

describe('frame rates', () => {
  const RATES = withNight<readonly [string, number, number]>(
    [
      ['24000/1001', 24_000, 1001],
      ['1/5', 1, 5]
    ],
    [
      ['24', 24, 1],
      ['30000/1001', 30_000, 1001]
    ]
  )
  test.for(RATES)('%s from Matroska', async ([rate, num, den]) => {
    const file = at(`rate-${num}-${den}.mkv`)
    const picture = `testsrc=s=160x90:r=${rate},format=yuv420p`
    const frames = ['-frames:v', String(JOIN_FRAMES), ...PICTURE.codec]
    await ffmpeg('-f', 'lavfi', '-i', picture, ...frames, file)
    const timestampsMs = await packetTimesMs(file)
    const mkv = await joinProject(await joinInput(file, 'mkv', { ...init('vp9'), timestampsMs }), { signal })
    expect(propertiesOf(mkv.path)['default_duration']).toBe(Math.round((1e9 * den) / num))
    const mp4 = await joinProject(await joinInput(file, 'mp4', { ...init('vp9'), timestampsMs }), { signal })
    for (const [n, ms] of (await packetTimesMs(mp4.path)).entries())
      expect(Math.abs(ms - (n * 1000 * den) / num - (timestampsMs[0] ?? 0))).toBeLessThan(0.01)
  })

  test('a rate that varies is no rate', async () => {
    const timestampsMs = Array.from({ length: JOIN_FRAMES }, (_, n) => n * 41 + (n % 3) * 9)
    const made = await joinProject(await joinInput(at('plain.mkv'), 'mkv', { ...init('vp9'), timestampsMs }), {
      signal
    })
    expect(propertiesOf(made.path)['default_duration']).toBeUndefined()
  })

  test('without a rate the last frame of an MP4 lasts as long as the one before', async () => {
    const timestampsMs = Array.from({ length: JOIN_FRAMES }, (_, n) => n * 41 + (n % 3) * 9)
    const input = await joinInput(at('plain.mkv'), 'mp4', { ...init('vp9'), timestampsMs })
    const made = await joinProject(input, { signal })
    const show = ['-v', 'error', '-select_streams', 'v', '-show_entries', 'stream=duration', '-of', 'csv=p=0']
    const seconds = Number(execFileSync('ffprobe', [...show, made.path], { encoding: 'utf8' }))
    const [before = 0, last = 0] = timestampsMs.slice(-2)
    expect(seconds * 1000).toBeCloseTo(last + (last - before), 0)
  })
})

/** Writes another matrix into the only track header. */
async function withMatrix(name: string, numbers: readonly number[]): Promise<string> {
  await ffmpeg('-i', at('plain.mkv'), '-c', 'copy', at(name))
  const bytes = await readFile(at(name))
  const header = bytes.indexOf('tkhd') + 4
  for (const [n, value] of numbers.entries()) bytes.writeInt32BE(value, header + 40 + 4 * n)
  await writeFile(at(name), bytes)
  return at(name)
}

const ONE = 0x10000
const LAST = 0x40000000

describe('mirrored and turned pictures', () => {
  type Matrix = readonly [string, readonly number[], number | undefined, number | undefined]
  // Turned alone, mirrored alone, and both; in the gate a film of `sources-choices.test.ts` is turned, and one of `sources-tracks.test.ts` mirrored.
  const MATRICES = withNight<Matrix>(
    [['turned and mirrored', [0, ONE, 0, ONE, 0, 0, 0, 0, LAST], 180, 90]],
    [
      ['turned', [0, ONE, 0, -ONE, 0, 0, 90 * ONE, 0, LAST], undefined, -90],
      ['left to right', [-ONE, 0, 0, 0, ONE, 0, 160 * ONE, 0, LAST], 180, undefined],
      ['upside down', [ONE, 0, 0, 0, -ONE, 0, 0, 90 * ONE, LAST], 180, 180]
    ]
  )
  test.for(MATRICES)('%s', async ([name, matrix, yaw, roll]) => {
    const file = await withMatrix(`${name.replaceAll(' ', '-')}.mp4`, matrix)
    const mkv = await joinProject(await joinInput(file, 'mkv', init('aom')), { signal })
    const found = propertiesOf(mkv.path)
    expect(Number(found['projection_pose_yaw'] ?? 0)).toBe(yaw ?? 0)
    expect(Number(found['projection_pose_roll'] ?? 0)).toBe(roll ?? 0)
    const mp4 = await joinProject(await joinInput(file, 'mp4', init('aom')), { signal })
    const bytes = await readFile(mp4.path)
    const header = bytes.indexOf('tkhd') + 4
    expect(matrix.map((_, n) => bytes.readInt32BE(header + 40 + 4 * n))).toEqual(matrix)
    const source = await probeSource(file, { signal })
    const what = {
      source,
      container: 'mkv',
      streams: KEEP_ALL,
      keepUids: false,
      videoOnly: false,
      output: at('none.mkv')
    } as const
    const said = await tryJoin(what, { signal })
    expect(said.some((sentence) => sentence.includes('mirrors the picture'))).toBe(yaw === 180)
  })
})

test('stream and container say the same colours, whatever the source says', async () => {
  // The segments of AV1 say BT.2020, the source BT.709.
  const colours = [
    '--color-primaries',
    '0:1',
    '--color-transfer-characteristics',
    '0:1',
    '--color-matrix-coefficients',
    '0:1'
  ]
  execFileSync('mkvmerge', ['--quiet', '-o', at('colours.mkv'), ...colours, at('plain.mkv')])
  const made = await joinProject(await joinInput(at('colours.mkv'), 'mkv', init('aom')), { signal })
  expect(propertiesOf(made.path)).toMatchObject({
    color_primaries: 9,
    color_transfer_characteristics: 16,
    color_matrix_coefficients: 9
  })
})

test('the 3D film keeps its size in MP4, and what MP4 does not hold is said', async () => {
  const options = ['--stereo-mode', '0:1', '--display-dimensions', '0:160x90', '--cropping', '0:4,0,4,0']
  execFileSync('mkvmerge', ['--quiet', '-o', at('two.mkv'), ...options, at('plain.mkv')])
  const made = await joinProject(await joinInput(at('two.mkv'), 'mp4', init('aom')), { signal })
  const show = ['-v', 'error', '-show_streams', '-of', 'json', made.path]
  const { streams } = JSON.parse(execFileSync('ffprobe', show, { encoding: 'utf8' })) as {
    streams: { display_aspect_ratio?: string }[]
  }
  // The box itself: ffmpeg 7 and later read another one first, which says less.
  const bytes = await readFile(made.path)
  expect(bytes[bytes.indexOf('st3d') + 8]).toBe(2)
  const [wide = 0, high = 1] = (streams[0]?.display_aspect_ratio ?? '').split(':').map(Number)
  expect(wide / high).toBeCloseTo((160 * 160) / 152 / 90, 1)
  const source = await probeSource(at('two.mkv'), { signal })
  const what = {
    source,
    container: 'mp4',
    streams: KEEP_ALL,
    keepUids: false,
    videoOnly: false,
    output: at('none.mp4')
  } as const
  expect(await tryJoin(what, { signal })).toEqual([expect.stringContaining('cropping') as unknown])
})
