import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findEncoders } from '../../../src/encode/index.ts'
import { checkSubmit, type SubmitComponents } from '../../../src/node/owner/submit.ts'
import { SubmitError, type SubmitField } from '../../../src/node/owner/submit-error.ts'
import type { SubmitRequest } from '../../../src/api/schemas/index.ts'
import { ffmpeg, tempFolder } from '../../fixtures/encode-clips.ts'
import { withDolbyVision } from '../../fixtures/mp4-box.ts'

/** A refusal names the field that it is about, whatever its sentence says: one row for each. */
const signal = new AbortController().signal
let folder: Awaited<ReturnType<typeof tempFolder>>
let parts: SubmitComponents

const at = (name: string): string => join(folder.path, name)

beforeAll(async () => {
  folder = await tempFolder()
  const found = await findEncoders({ signal })
  parts = { found, ownOutputs: () => [], measured: () => [], dataDir: folder.path }
  const video = ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=24:d=1']
  const sound = ['-f', 'lavfi', '-i', 'sine=d=1']
  await writeFile(at('a.srt'), '1\n00:00:00,000 --> 00:00:00,500\nHello\n')
  const subtitles = ['-i', at('a.srt'), '-map', '0', '-map', '1', '-map', '2', '-c:a', 'pcm_s16le', '-c:s', 'srt']
  const attached = ['-attach', at('a.srt'), '-metadata:s:t', 'mimetype=text/plain']
  await ffmpeg(...video, ...sound, ...subtitles, ...attached, '-t', '1', at('film.mkv'))
  await ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=32x32:r=24:d=1', at('small.mkv'))
  await ffmpeg('-i', at('small.mkv'), '-c:v', 'libaom-av1', '-cpu-used', '8', '-frames:v', '2', at('film.aom.mkv'))
  await ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=24:d=1', '-c:v', 'libx264', at('plain.mp4'))
  await withDolbyVision(at('plain.mp4'), at('dolby.mp4'))
  await writeFile(at('text.mkv'), 'no film')
  await writeFile(at('taken.mkv'), 'a film')
})
afterAll(() => folder.remove())

async function refusal(change: Partial<SubmitRequest>): Promise<SubmitError> {
  const paths = {
    input: at(change.input ?? 'film.mkv'),
    ...(change.output === undefined ? {} : { output: at(change.output) })
  }
  const error = await checkSubmit({ encoder: 'aom', ...change, ...paths }, parts, signal).catch(
    (error: unknown) => error
  )
  if (!(error instanceof SubmitError)) throw new Error(`not refused: ${String(error)}`)
  return error
}

const zone = (params: string, end = 10) => ({ start: 0, end, params })

test.for<[SubmitField, string, Partial<SubmitRequest>]>([
  ['input', 'not-found', { input: 'nothing.mkv' }],
  ['input', 'not-a-video', { input: 'text.mkv' }],
  ['encoder', 'unknown-encoder', { encoder: 'h264' }],
  ['encoder', 'unsupported', { encoder: 'svt', input: 'small.mkv' }],
  ['encoderParams', 'bad-params', { encoderParams: '--output=/etc/passwd' }],
  ['encoderParams', 'bad-params', { encoderParams: '--cpu-used=many' }],
  ['encoderParams', 'bad-params', { encoderParams: '--target-quality=much' }],
  ['encoderParams', 'bad-params', { encoderParams: '--width=1920' }],
  ['encoderParams', 'bad-params', { encoderParams: 'range' }],
  ['minFrames', 'bad-options', { minFrames: 0 }],
  ['minFrames', 'bad-options', { minFrames: 50, maxFrames: 20 }],
  ['maxFrames', 'bad-options', { minFrames: 5, maxFrames: 7.5 }],
  ['threshold', 'bad-options', { threshold: 300 }],
  ['audio', 'bad-params', { audio: 'opus:1' }],
  ['audio', 'bad-params', { audio: 'range' }],
  ['audio', 'bad-params', { audio: '9:copy', output: 'new.mkv' }],
  ['audioLang', 'bad-params', { audioLang: 'tlh', output: 'new.mkv' }],
  ['audioTracks', 'bad-params', { audioTracks: '9', output: 'new.mkv' }],
  ['subtitleLang', 'bad-params', { subtitleLang: 'klingon' }],
  ['subtitleTracks', 'bad-params', { subtitleTracks: '9', output: 'new.mkv' }],
  ['tag', 'bad-params', { tag: ['ARTIST'] }],
  ['tag', 'bad-params', { tag: ['DIRECTOR=x'], output: 'a.mp4', audio: 'opus' }],
  ['title', 'bad-params', { title: 'a\nb' }],
  ['audio', 'unsupported', { output: 'a.mp4' }],
  ['subtitles', 'unsupported', { output: 'a.webm', audio: 'opus' }],
  ['attachments', 'unsupported', { output: 'a.webm', audio: 'opus', subtitles: 'drop' }],
  ['range', 'bad-options', { range: '10-5' }],
  ['range', 'bad-options', { range: 'a-b' }],
  ['cuts', 'bad-options', { cuts: ['zone'] }],
  ['zones', 'bad-options', { zones: [{ start: 'x', end: 5, params: '--cq-level=3' }] }],
  ['zones', 'bad-params', { zones: [zone('--nope')] }],
  ['zones', 'bad-options', { zones: [zone('--cq-level=3'), zone('--cq-level=4', 4)] }],
  ['zones', 'bad-params', { zones: [zone('--tile-columns=1')] }],
  ['sample', 'bad-options', { sample: 0 }],
  ['videoTrack', 'bad-options', { videoTrack: 3 }],
  ['keepUids', 'bad-options', { keepUids: true, range: '0-10' }],
  ['keepUids', 'bad-options', { keepUids: true, output: 'a.mp4', audio: 'opus', attachments: 'drop' }],
  ['input', 'own-result', { input: 'film.aom.mkv' }],
  ['allowLoss', 'would-lose', { input: 'dolby.mp4' }],
  ['output', 'unsupported', { output: 'a.avi' }],
  ['output', 'output-exists', { output: 'taken.mkv' }],
  ['output', 'output-exists', { output: 'film.mkv', overwrite: true }],
  ['output', 'output-unwritable', { output: 'nowhere/a.mkv' }],
  ['output', 'output-unwritable', { output: `${'long'.repeat(70)}.mkv` }]
])('%s: %s, %o', async ([field, code, change]) => {
  const error = await refusal(change)
  expect({ field: error.field, code: error.code }, error.message).toEqual({ field, code })
})

test('a film that would lose metadata of its frames is taken where that is allowed, and says so', async () => {
  const said = 'Dolby Vision (profile 8) metadata is not carried over.'
  expect((await refusal({ input: 'dolby.mp4' })).message).toBe(`${said} --allow-loss encodes the film without it.`)
  const allowed = { input: at('dolby.mp4'), output: at('hdr.mkv'), encoder: 'aom', allowLoss: true }
  expect((await checkSubmit(allowed, parts, signal)).job.warnings).toContain(said)
})

test('an encoder that is not here is a matter of the encoder', async () => {
  const none = { ...parts, found: { installed: [], broken: [] } }
  const error: unknown = await checkSubmit({ input: at('film.mkv'), encoder: 'aom' }, none, signal).catch(
    (error: unknown) => error
  )
  expect(error).toMatchObject({ code: 'no-encoder', field: 'encoder' })
})
