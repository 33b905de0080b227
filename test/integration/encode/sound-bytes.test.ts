import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { soundBytes } from '../../../src/encode/index.ts'
import { KEEP_ALL, parseStreamChoice, type StreamChoice } from '../../../src/encode/rules/index.ts'
import { ffmpeg } from '../../fixtures/encode-clips.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

const SECONDS = 12
const options = { signal: new AbortController().signal }
const opus = (kbpsPerChannel?: number): StreamChoice => ({ ...KEEP_ALL, audio: { type: 'opus', kbpsPerChannel } })

/** Two sound tracks of 12 s, and a file with the same packets and nothing else. */
async function sounds(name: string) {
  const folder = await tempDir()
  const [film, alone] = [join(folder, name), join(folder, 'alone.aac')]
  const tone = (hz: number): string[] => ['-f', 'lavfi', '-i', `sine=f=${hz}:d=${SECONDS}:r=48000`]
  const video = ['-f', 'lavfi', '-i', `testsrc2=s=64x64:r=5:d=${SECONDS}`]
  const codecs = [
    '-map',
    '0:v',
    '-map',
    '1:a',
    '-map',
    '2:a',
    '-c:v',
    'libx264',
    '-c:a',
    'aac',
    '-b:a',
    '96k',
    '-ac',
    '2'
  ]
  await ffmpeg(...video, ...tone(300), ...tone(900), ...codecs, film)
  await ffmpeg('-i', film, '-map', '0:a:0', '-c', 'copy', '-f', 'adts', alone)
  return {
    path: film,
    container: name.endsWith('.mkv') ? 'matroska,webm' : 'mov,mp4',
    durationSeconds: SECONDS,
    bytesOfOne: (await stat(alone)).size
  }
}

test.each(['film.mkv', 'film.mp4'])('the sound of %s, whether its header names rates or not', async (name) => {
  const film = await sounds(name)
  const copied = (await soundBytes(film, KEEP_ALL, options)) ?? 0
  expect(copied / (2 * film.bytesOfOne)).toBeGreaterThan(0.7)
  expect(copied / (2 * film.bytesOfOne)).toBeLessThan(1.4)
  expect(await soundBytes(film, opus(48), options)).toBe((2 * 2 * 48_000 * SECONDS) / 8)
  expect(await soundBytes(film, opus(), options)).toBe((2 * 2 * 64_000 * SECONDS) / 8)
  expect(await soundBytes(film, { ...KEEP_ALL, audio: { type: 'drop' } }, options)).toBe(0)
  expect(await soundBytes(film, parseStreamChoice({ audio: 'drop,2:opus:48' }), options)).toBe(
    (2 * 48_000 * SECONDS) / 8
  )
  expect((await soundBytes(film, parseStreamChoice({ audioTracks: '2' }), options)) ?? 0).toBeLessThan(copied * 0.7)
})

test('a file that is no film has no sound that is known', async () => {
  expect(
    await soundBytes(
      { path: join(await tempDir(), 'none.mkv'), container: 'matroska,webm', durationSeconds: 5 },
      KEEP_ALL,
      options
    )
  ).toBeUndefined()
})
