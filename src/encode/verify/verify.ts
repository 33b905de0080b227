import type { Readable } from 'node:stream'
import {
  atBitDepth,
  av1SceneStart,
  av1ShownFrames,
  createFrameCheck,
  BitstreamError,
  ENCODERS,
  frameBoundsOf,
  frameBytes,
  type IvfFrame,
  type IvfHeader,
  type Likeness,
  parseAv1Sequence,
  type SceneQuality,
  UNMEASURED,
  vp9SceneStart,
  vp9ShownFrames
} from '../rules/index.ts'
import { frameSizes, startComparison } from './compare.ts'
import { segmentInput } from './segment-input.ts'
import { FFMPEG_QUIET } from '../programs/decode.ts'
import { MediaError } from '../programs/errors.ts'
import { readIvfFile } from '../programs/ivf-file.ts'
import { readLines } from '../programs/lines.ts'
import { expectSuccess, lastWords, type ProcessEnd, startProcess } from '../programs/process.ts'
import type { VerifiedSegment, VerifySegmentInput } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'

const bad = (what: string, end?: ProcessEnd): MediaError =>
  new MediaError('bad-segment', `The segment is not valid: ${what}.`, { stderrTail: end?.stderrTail ?? '' })

function checkHeader(header: IvfHeader, input: VerifySegmentInput): void {
  if (header.fourcc !== ENCODERS[input.encoder].fourcc) throw bad(`it holds ${JSON.stringify(header.fourcc)}`)
  if (header.width !== input.video.width || header.height !== input.video.height)
    throw bad(`it is ${header.width}x${header.height}`)
}

/** Checks the size and bit depth of the first frame. @returns see `VerifiedSegment.sequenceHeader`. @throws MediaError `bad-segment`, BitstreamError */
export function sequenceHeaderOf(
  frame: IvfFrame,
  input: Pick<VerifySegmentInput, 'encoder' | 'video' | 'bitDepth'>
): string {
  const { width, height } = input.video
  if (ENCODERS[input.encoder].fourcc === 'AV01') {
    const bytes = av1SceneStart(frame.data)
    const sequence = parseAv1Sequence(bytes)
    if (sequence.width !== width || sequence.height !== height || sequence.bitDepth !== input.bitDepth)
      throw bad('its sequence header has another format')
    return Buffer.from(bytes).toString('hex')
  }
  const picture = vp9SceneStart(frame.data)
  if (picture.width !== width || picture.height !== height || picture.bitDepth !== input.bitDepth)
    throw bad('its key frame has another format')
  const fields = [
    picture.profile,
    picture.bitDepth,
    picture.colourSpace,
    picture.fullRange ? 1 : 0,
    width >> 8,
    width & 255,
    height >> 8,
    height & 255
  ]
  return Buffer.from(fields).toString('hex')
}

async function checkStructure(
  input: VerifySegmentInput,
  options: RunOptions
): Promise<Pick<VerifiedSegment, 'sequenceHeader' | 'frames'>> {
  const { fourcc } = ENCODERS[input.encoder]
  const shownFrames = fourcc === 'AV01' ? av1ShownFrames : vp9ShownFrames
  const check = input.params === undefined ? undefined : createFrameCheck(fourcc, frameBoundsOf(input.params))
  let sequenceHeader: string | undefined
  let frames = 0
  const onFrame = (frame: IvfFrame, header: IvfHeader): void => {
    if (frames === 0) checkHeader(header, input)
    sequenceHeader ??= sequenceHeaderOf(frame, input)
    const shown = shownFrames(frame.data)
    if (shown !== 1) throw bad(`packet ${frames} shows ${shown} frames`)
    check?.add(frame.data)
    frames += 1
    if (frames > input.frames) throw bad(`it has more than ${input.frames} frames`)
  }
  await readIvfFile(input.file, onFrame, options)
  if (frames !== input.frames || sequenceHeader === undefined) throw bad(`it has ${frames} frames, not ${input.frames}`)
  return { sequenceHeader, frames: check?.seen() }
}

/** Counts all decoded frames and those of a wrong size. @param sizes output of `frameSizes` */
async function readSizes(sizes: Readable, input: VerifySegmentInput): Promise<{ frames: number; wrong: number }> {
  const pixelFormat = atBitDepth(input.video.pixelFormat, input.bitDepth)
  const size = String(frameBytes({ ...input.video, pixelFormat }))
  let frames = 0
  let wrong = 0
  for await (const line of readLines(sizes)) {
    if (line.startsWith('#')) continue
    frames += 1
    if (line.split(',')[4]?.trim() !== size) wrong += 1
  }
  return { frames, wrong }
}

async function checkDecode(input: VerifySegmentInput, { signal }: RunOptions): Promise<void> {
  const args = [...FFMPEG_QUIET, '-xerror', ...segmentInput(input.file), ...frameSizes(0, 1)]
  const running = startProcess('ffmpeg', args, { signal, stdout: 'pipe', reads: [input.file] })
  const { frames, wrong } = await readSizes(running.stdout, input)
  const end = await running.ended
  try {
    expectSuccess(end, 'ffmpeg', 'bad-segment')
  } catch (error) {
    throw new MediaError('bad-segment', `The segment cannot be decoded: ${lastWords(end.stderrTail)}`, {
      cause: error,
      stderrTail: end.stderrTail
    })
  }
  if (frames !== input.frames) throw bad(`it decodes to ${frames} frames, not ${input.frames}`, end)
  if (wrong > 0) throw bad(`${wrong} of its frames have another size`, end)
  // Decoders report damage that they conceal only here.
  if (end.stderrTail.trim() !== '') throw bad(`decoding it reports ${lastWords(end.stderrTail)}`, end)
}

type Compared = Pick<VerifiedSegment, 'likeness' | 'quality'>

/** Decodes and compares in one process. After any complaint the segment is decoded alone, since the source may have caused it. */
async function checkAndCompare(
  input: VerifySegmentInput,
  source: NonNullable<VerifySegmentInput['source']>,
  options: RunOptions
): Promise<Compared> {
  const comparison = startComparison({ ...source, frames: input.frames }, input, options)
  const [{ frames, wrong }, end] = await Promise.all([readSizes(comparison.sizes, input), comparison.ended])
  const isClean = end.code === 0 && end.stderrTail.trim() === '' && frames === input.frames && wrong === 0
  if (!isClean) await checkDecode(input, options)
  const found = await comparison.likeness.catch((error: unknown) => {
    options.signal.throwIfAborted()
    if (error instanceof MediaError) return undefined
    throw error
  })
  return { likeness: input.purpose === 'quality' ? undefined : found, quality: qualityOf(found) }
}

function qualityOf(likeness: Likeness | undefined): SceneQuality {
  if (likeness === undefined) return UNMEASURED
  const { worstLumaDb: psnr, lumaDb: psnrMean, xpsnr = null } = likeness
  return { psnr, psnrMean, xpsnr }
}

/**
 * Checks that an untrusted IVF file holds exactly the scene's frames in the project's format, and decodes without errors.
 * It measures how close the frames are to their source and what their headers say, and gives no verdict on either.
 * @throws MediaError `bad-segment`, naming what is wrong
 */
export async function verifySegment(input: VerifySegmentInput, options: RunOptions): Promise<VerifiedSegment> {
  try {
    const structure = await checkStructure(input, options)
    if (input.source !== undefined) return { ...structure, ...(await checkAndCompare(input, input.source, options)) }
    await checkDecode(input, options)
    return { ...structure, likeness: undefined, quality: UNMEASURED }
  } catch (error) {
    if (error instanceof BitstreamError)
      throw new MediaError('bad-segment', `The segment is not valid: ${error.message}.`, { cause: error })
    throw error
  }
}
