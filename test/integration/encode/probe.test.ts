import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { probeSource } from '../../../src/encode/index.ts'
import { ffmpeg, makeRichClip, makeBase, OCEAN, tempFolder } from '../../fixtures/encode-clips.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
let folder: Awaited<ReturnType<typeof tempFolder>>
const at = (name: string): string => join(folder.path, name)

beforeAll(async () => {
  folder = await tempFolder()
})
afterAll(() => folder.remove())

test('a video with everything', async () => {
  const source = await probeSource(await makeRichClip(await makeBase(folder.path), folder.path), { signal })
  expect(source).toMatchObject({
    codec: 'h264',
    container: 'matroska,webm',
    sampleAspect: { num: 1, den: 1 },
    video: { width: 160, height: 90, pixelFormat: 'yuv420p', bitDepth: 8, fps: { num: 24, den: 1 } },
    otherStreams: { audio: 2, subtitle: 1, attachment: 1 }
  })
  expect(source.framesEstimated).toBeGreaterThan(170)
})

test('what is not a video is refused with its reason', async () => {
  await mkdir(at('folder'))
  await writeFile(at('empty.mp4'), '')
  await writeFile(at('text.mp4'), 'hello world, this is not a video\n'.repeat(100))
  await writeFile(at('list.mkv'), `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://${OCEAN}\n#EXT-X-ENDLIST\n`)
  await writeFile(at('concat.mkv'), `ffconcat version 1.0\nfile ${OCEAN}\n`)
  await ffmpeg('-i', OCEAN, '-frames:v', '1', at('one.jpg'))
  await ffmpeg('-i', OCEAN, '-frames:v', '1', at('one.png'))
  await ffmpeg('-i', OCEAN, '-vn', '-c', 'copy', at('audio.m4a'))
  await ffmpeg(
    '-i',
    at('audio.m4a'),
    '-i',
    at('one.jpg'),
    '-map',
    '0',
    '-map',
    '1',
    '-c',
    'copy',
    '-disposition:v:0',
    'attached_pic',
    at('cover.m4a')
  )
  const codeOf = (name: string): Promise<string> =>
    probeSource(at(name), { signal }).then(
      () => 'accepted',
      (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error))
    )
  const names = [
    'missing.mp4',
    'folder',
    'empty.mp4',
    'text.mp4',
    'list.mkv',
    'concat.mkv',
    'one.jpg',
    'one.png',
    'audio.m4a',
    'cover.m4a'
  ]
  const codes = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await codeOf(name)] as const)))
  expect(codes).toEqual({
    'missing.mp4': 'not-found',
    folder: 'not-a-video',
    'empty.mp4': 'not-a-video',
    'text.mp4': 'not-a-video',
    'list.mkv': 'not-a-video',
    'concat.mkv': 'not-a-video',
    'one.jpg': 'not-a-video',
    'one.png': 'not-a-video',
    'audio.m4a': 'no-video-stream',
    'cover.m4a': 'no-video-stream'
  })
})

/** Formats that ffmpeg reads and that are no video: none of them brings the list of those that are. */
test.for([
  ['sub.srt', '1\n00:00:00,000 --> 00:00:00,500\nHello\n', 'These are subtitles, not a video.'],
  ['odd.srt', '\u0001', 'This is not a video'],
  ['meta.txt', ';FFMETADATA1\ntitle=x\n', 'This is not a video: ffmpeg reads it as ffmetadata.'],
  ['a.lrc', '[ar:somebody]\n[00:01.00]hi\n[00:02.00]ho\n', 'This is not a video'],
  ['film.scc', 'Scenarist_SCC V1.0\n\n00:00:00:00\t9420\n', 'This is not a video: ffmpeg reads it as scc.']
] as const)('%s is refused without the formats that ffmpeg may read', async ([name, text, words]) => {
  await writeFile(at(name), text)
  const { message } = await probeSource(at(name), { signal }).then(
    () => new Error('accepted'),
    (error: unknown) => error as Error
  )
  expect(message).toContain(words)
  expect(message).not.toMatch(/whitelist|matroska/)
})
