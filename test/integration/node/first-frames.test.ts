import { join } from 'node:path'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { findEncoders, MediaError, probeSource, type FoundEncoders } from '../../../src/encode/index.ts'
import { tryFirstFrames } from '../../../src/node/owner/first-frames.ts'
import { ENCODERS, type EncoderName } from '../../../src/encode/rules/index.ts'
import { ffmpeg, tempFolder } from '../../fixtures/encode-clips.ts'
import { patience } from '../../fixtures/patience.ts'
import { isNightly } from '../../nightly.ts'

const signal = patience()
let folder: Awaited<ReturnType<typeof tempFolder>>
let found: FoundEncoders

beforeAll(async () => {
  folder = await tempFolder()
  found = await findEncoders({ signal })
})
afterAll(async () => folder.remove())

const clip = async (name: string, ...args: readonly string[]): Promise<string> => {
  const file = join(folder.path, name)
  await ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=128x72:r=25:d=0.4', ...args, file)
  return file
}

const PARAMS: Partial<Record<EncoderName, string>> = {
  aom: '--cpu-used=8 --cq-level=40 --end-usage=q',
  vp9: '--cpu-used=8 --cq-level=40 --end-usage=q',
  svt: '--preset 12 --crf 45'
}

async function trial(file: string, name: EncoderName, text = PARAMS[name] ?? '', deinterlace = false): Promise<void> {
  const facts = found.installed.find((one) => one.name === name)?.facts
  const params = ENCODERS[name].parseParams(text, facts)
  return tryFirstFrames({ params, source: await probeSource(file, { signal }), deinterlace }, { signal })
}

test.for(['aom', 'vp9', 'svt'] as const)('%s takes the first frames of ordinary and odd sources', async (name) => {
  const deep = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p10le']
  await trial(await clip('plain.mp4', '-c:v', 'libx264', '-pix_fmt', 'yuv420p'), name)
  await trial(await clip('one.mkv', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-frames:v', '1'), name)
  const size = name === 'svt' ? 'scale=68:66' : 'scale=67:41'
  await trial(await clip('odd.mkv', '-vf', size, '-c:v', 'ffv1', '-pix_fmt', 'yuv420p'), name)
  await trial(await clip('deep.mkv', ...deep), name)
  // The filters are the same for all, so one encoder is enough in the gate. SVT-AV1 has no RGB.
  if (!isNightly && name !== 'aom') return
  if (name !== 'svt') await trial(await clip('rgb.mkv', '-c:v', 'libx264rgb', '-vf', 'format=gbrp'), name)
  await trial(await clip('plain2.mp4', '-c:v', 'libx264', '-pix_fmt', 'yuv420p'), name, undefined, true)
})

test('what an encoder refuses it refuses in its own words, and nothing is left behind', async () => {
  const file = await clip('a.mkv', '-c:v', 'libx264', '-pix_fmt', 'yuv420p')
  const flat = await clip('flat.mkv', '-vf', 'scale=66:40', '-c:v', 'libx264', '-pix_fmt', 'yuv420p')
  const empty = join(folder.path, 'empty')
  await mkdir(empty)
  vi.stubEnv('TMPDIR', empty)
  onTestFinished(() => void vi.unstubAllEnvs())
  const refused = trial(file, 'aom', '--cpu-used=8 --min-q=60 --max-q=10')
  await expect(refused).rejects.toThrow(MediaError)
  await expect(refused).rejects.toMatchObject({ code: 'encode-failed' })
  await expect(trial(flat, 'svt')).rejects.toThrow(/Height must be at least 64/)
  await trial(file, 'svt')
  expect(await readdir(empty)).toEqual([])
})

test('a source of which nothing can be decoded is no video', async () => {
  const file = await clip('whole.mkv', '-c:v', 'libx264', '-pix_fmt', 'yuv420p')
  const source = await probeSource(file, { signal })
  await writeFile(file, 'no film any more')
  const params = ENCODERS.aom.parseParams(PARAMS.aom ?? '')
  const none = tryFirstFrames({ params, source, deinterlace: false }, { signal })
  await expect(none).rejects.toMatchObject({ code: 'not-a-video' })
})
