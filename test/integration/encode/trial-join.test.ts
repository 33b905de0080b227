import { execFileSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { joinProject, probeSource, tryJoin } from '../../../src/encode/index.ts'
import { KEEP_ALL } from '../../../src/encode/rules/index.ts'
import { ffmpeg, tempFolder } from '../../fixtures/encode-clips.ts'
import { click, joinInput, makeSegments, PICTURE } from '../../fixtures/join-clips.ts'
import { patience } from '../../fixtures/patience.ts'
import { withNight } from '../../nightly.ts'

const signal = patience()
let folder: Awaited<ReturnType<typeof tempFolder>>
const at = (name: string): string => join(folder.path, name)
beforeAll(async () => {
  folder = await tempFolder()
})
afterAll(() => folder.remove())

async function trial(file: string, more: { output?: string; container?: 'mkv' | 'mp4' } = {}) {
  const { output = at('out.mkv'), container = 'mkv' } = more
  const source = await probeSource(file, { signal })
  return tryJoin({ source, container, streams: KEEP_ALL, keepUids: false, videoOnly: false, output }, { signal })
}

const source = async (name: string, ...sound: string[]): Promise<string> => {
  await ffmpeg(...PICTURE.input, ...click('stereo', 2), ...PICTURE.codec, ...sound, at(name))
  return at(name)
}
const pcm = (file: string, bits: number): string =>
  execFileSync('ffmpeg', ['-v', 'error', '-i', file, '-map', '0:a', '-c:a', `pcm_s${bits}le`, '-f', 'md5', '-'], {
    encoding: 'utf8'
  })

describe('sound that Matroska does not take becomes FLAC with the same samples, and that is said', () => {
  // Whole films of the others are in `sources-tracks.test.ts`.
  const SOUNDS = withNight<readonly [string, readonly string[], number]>(
    [
      ['deep.m2ts', ['-c:a', 'pcm_bluray', '-sample_fmt', 's32', '-mpegts_m2ts_mode', '1'], 24],
      ['ima.mov', ['-c:a', 'adpcm_ima_qt'], 16]
    ],
    [
      ['blu.m2ts', ['-c:a', 'pcm_bluray', '-mpegts_m2ts_mode', '1'], 16],
      ['dvd.vob', ['-c:v', 'mpeg2video', '-c:a', 'pcm_dvd', '-f', 'vob'], 16]
    ]
  )
  test.for(SOUNDS)('%s', async ([name, sound, bits]) => {
    const file = await source(name, ...sound)
    expect(await trial(file)).toEqual([expect.stringMatching(/^Audio stream 1 \(\w+\) becomes FLAC/) as unknown])
    const segments = await makeSegments(folder.path, 'vp9')
    const made = await joinProject(await joinInput(file, 'mkv', { folder: folder.path, segments, encoder: 'vp9' }), {
      signal
    })
    expect(pcm(made.path, bits)).toBe(pcm(file, bits))
  })

  test('what is no whole number is refused, with what to do', async () => {
    const file = await source('nelly.flv', '-c:v', 'flv1', '-ar', '44100', '-ac', '1', '-c:a', 'nellymoser')
    await expect(trial(file)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/nellymoser.*--audio opus or --audio drop/) as unknown
    })
  })
})

describe('Matroska whose times begin below 0 is refused, and what is advised helps', () => {
  const early = ['-itsoffset', '-0.2']
  test.for([
    ['all', early, early, /0\.[12]\d\d s below 0: "mkvmerge -o new\.mkv all\.mkv"/],
    ['sound', [], early, /0\.[12]\d\d s below 0/],
    ['picture', early, [], / s below 0: /]
  ] as const)('%s', async ([name, picture, sound, reason]) => {
    const inputs = [...picture, ...PICTURE.input, ...sound, ...click('stereo', 2)]
    const codec = [...PICTURE.codec, '-c:a', 'aac', '-avoid_negative_ts', 'disabled']
    await ffmpeg(...inputs, ...codec, at(`${name}.mkv`))
    await expect(trial(at(`${name}.mkv`))).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(reason) as unknown
    })
    execFileSync('mkvmerge', ['--quiet', '-o', at(`new-${name}.mkv`), at(`${name}.mkv`)])
    expect(await trial(at(`new-${name}.mkv`))).toEqual([])
  })

  test('other sources begin there by their edit lists, and are taken', async () => {
    await ffmpeg(...PICTURE.input, ...early, ...click('stereo', 2), ...PICTURE.codec, '-c:a', 'aac', at('early.mp4'))
    expect(await trial(at('early.mp4'))).toEqual([])
  })
})

test('an encrypted film is refused as such', async () => {
  const key = [
    '-encryption_scheme',
    'cenc-aes-ctr',
    '-encryption_key',
    '0'.repeat(32),
    '-encryption_kid',
    '1'.repeat(32)
  ]
  const file = await source('locked.mp4', '-c:a', 'aac', ...key)
  await expect(trial(file)).rejects.toThrow(/encrypted/)
})

test('a name is tried before anything is encoded, and a long one works', async () => {
  const file = await source('named.mkv', '-c:a', 'aac')
  const name = `${'映'.repeat(80)}.mkv`
  expect(await trial(file, { output: at(name) })).toEqual([])
  const before = await readdir(folder.path)
  await expect(trial(file, { output: at(`${'映'.repeat(90)}.mkv`) })).rejects.toMatchObject({
    code: 'output-unwritable',
    message: expect.stringMatching(/too long/) as unknown
  })
  await expect(trial(file, { output: at('missing/out.mkv') })).rejects.toMatchObject({ code: 'output-unwritable' })
  expect(await readdir(folder.path)).toEqual(before)
  const segments = await makeSegments(folder.path, 'vp9')
  const input = await joinInput(file, 'mkv', { folder: folder.path, segments, encoder: 'vp9' })
  const output = join(input.output, '..', name)
  expect((await joinProject({ ...input, output }, { signal })).path).toBe(output)
})

test('a picture, a song and a playlist are called by their names', async () => {
  await ffmpeg('-f', 'lavfi', '-i', 'color=red:s=16x16', '-frames:v', '1', at('red.gif'))
  await ffmpeg(...click('mono', 1), at('song.mp3'))
  await expect(probeSource(at('red.gif'), { signal })).rejects.toThrow('This is a picture, not a video.')
  await expect(probeSource(at('song.mp3'), { signal })).rejects.toThrow('The file holds audio, but no video.')
})
