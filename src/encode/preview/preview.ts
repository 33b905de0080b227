import type { Output } from 'mediabunny'
import { codecName, type Colour, type VideoFormat } from '../rules/index.ts'
import { colourNumbers } from '../join/cicp.ts'
import { MediaError } from '../programs/errors.ts'
import { readIvfFile } from '../programs/ivf-file.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** Containers that a finished scene is played from. */
export type PreviewForm = 'webm' | 'mp4'

export interface PreviewInput {
  /** A segment: an IVF file. */
  readonly file: string
  readonly form: PreviewForm
  /** How many the segment has; it may come from anybody, and each costs memory. */
  readonly frames: number
  /** Size and depth come from the segment itself. */
  readonly video: VideoFormat
}

const PRIMARIES = {
  bt709: 'bt709',
  bt470bg: 'bt470bg',
  smpte170m: 'smpte170m',
  bt2020: 'bt2020',
  smpte432: 'smpte432'
} as const
const TRANSFER = {
  bt709: 'bt709',
  smpte170m: 'smpte170m',
  'iec61966-2-1': 'iec61966-2-1',
  linear: 'linear',
  smpte2084: 'pq',
  'arib-std-b67': 'hlg'
} as const

const wordFor = <T>(table: Readonly<Record<string, T>>, word: string | undefined): T | undefined =>
  word !== undefined && Object.hasOwn(table, word) ? table[word] : undefined

/** Without the matrix: AV1 has it in its stream, and mediabunny would write it into VP9's. */
function colourSpace({ primaries, transfer, range }: Colour): VideoColorSpaceInit {
  // Of the two lists of words in force, the browser's lacks bt2020, pq and hlg.
  return {
    primaries: wordFor(PRIMARIES, primaries) ?? null,
    transfer: wordFor(TRANSFER, transfer) ?? null,
    matrix: null,
    fullRange: range === undefined ? null : range === 'pc'
  } as VideoColorSpaceInit
}

const CONTAINER_BOXES = new Set(['moov', 'trak', 'mdia'])
const TIMED_BOXES = new Set(['mvhd', 'tkhd', 'mdhd'])

/** Takes the time of writing out of an MP4, so that the same scene gives the same bytes. */
function withoutTimes(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at + 8 <= bytes.length;) {
    const size = view.getUint32(at)
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (CONTAINER_BOXES.has(type)) withoutTimes(bytes.subarray(at + 8, at + size))
    if (TIMED_BOXES.has(type)) bytes.fill(0, at + 12, at + (bytes[at + 8] === 1 ? 28 : 20))
    // Sizes of 0 (to the end) and 1 (64 bits) occur only for the media data, after which nothing is searched.
    if (size < 8) return
    at += size
  }
}

const miscounted = (): MediaError => new MediaError('bad-segment', 'The segment does not have the frames of its scene.')

/**
 * A segment as WebM or MP4, with times from the frame rate, for players; all in memory. The same segment gives the same bytes.
 * @throws BitstreamError; MediaError `bad-segment` when it holds other than `frames`
 */
export async function makePreview(input: PreviewInput, options: RunOptions): Promise<Uint8Array<ArrayBuffer>> {
  // Loaded with the first preview: a node that serves none does without its 23 MB.
  const { BufferTarget, EncodedPacket, EncodedVideoPacketSource, Mp4OutputFormat, Output, WebMOutputFormat } =
    await import('mediabunny')
  const { file, form, video } = input
  const secondsPerFrame = video.fps.den / video.fps.num
  const target = new BufferTarget()
  const format = form === 'mp4' ? new Mp4OutputFormat({ fastStart: 'in-memory' }) : new WebMOutputFormat()
  const output: Output = new Output({ format, target })
  let source: InstanceType<typeof EncodedVideoPacketSource> | undefined
  let frames = 0
  await readIvfFile(
    file,
    async ({ data }, { fourcc, width, height }) => {
      const packet = new EncodedPacket(data, frames === 0 ? 'key' : 'delta', frames * secondsPerFrame, secondsPerFrame)
      frames += 1
      if (frames > input.frames) throw miscounted()
      if (source !== undefined) {
        await source.add(packet)
        return
      }
      source = new EncodedVideoPacketSource(fourcc === 'VP90' ? 'vp9' : 'av1')
      output.addVideoTrack(source, { frameRate: video.fps.num / video.fps.den })
      await output.start()
      const codec = codecName(fourcc, data, video, colourNumbers(video.colour))
      const size = { codedWidth: width, codedHeight: height }
      await source.add(packet, { decoderConfig: { codec, ...size, colorSpace: colourSpace(video.colour) } })
    },
    options
  )
  if (frames !== input.frames) throw miscounted()
  await output.finalize()
  const bytes = new Uint8Array(target.buffer ?? new ArrayBuffer(0))
  if (form === 'mp4') withoutTimes(bytes)
  return bytes
}
