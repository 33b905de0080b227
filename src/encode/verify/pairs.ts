import type { Readable } from 'node:stream'
import { atDepth, frameBytes, isMeasured, plainFrames, type QualityMeter, type VideoFormat } from '../rules/index.ts'
import { shiftUp } from '../programs/decode.ts'
import { MediaError } from '../programs/errors.ts'

/** Formats of a source and its encode. */
export interface PairFormat {
  /** Of the source. */
  readonly video: VideoFormat
  /** Of the encode; the source is compared at this depth. */
  readonly bitDepth: number
}

/** ffmpeg's output options for raw frames, one after the other. */
export const rawFrames = (label: string, descriptor: number): string[] => [
  '-map',
  label,
  '-fps_mode',
  'passthrough',
  '-f',
  'rawvideo',
  `pipe:${descriptor}`
]

/** ffmpeg's filters that put the frames of a source and its encode in turn; a pair takes as long as a frame of `fps`. */
export function pairFilters(
  { source, encoded, out }: Readonly<Record<'source' | 'encoded' | 'out', string>>,
  { video, bitDepth }: PairFormat
): string {
  const shown = atDepth(video, bitDepth)
  const deep = shown.bitDepth === video.bitDepth ? plainFrames(video) : shiftUp(video, shown)
  // The times only put the frames in turn.
  return [
    `${source}${deep},setsar=1,settb=1/50,setpts=2*N[is]`,
    `${encoded}${plainFrames(shown)},setsar=1,settb=1/50,setpts=2*N+1[ie]`,
    `[is][ie]interleave=n=2${out}`
  ].join(';')
}

/**
 * Hands frames of source and encode, in turn on a stream, to a meter.
 * @param every one in this many frames is measured
 * @throws MediaError `encode-failed` when they are not `frames` pairs
 */
export async function readPairs(
  stream: Readable,
  { video, bitDepth, frames }: PairFormat & { readonly frames: number },
  meter: QualityMeter,
  every: number
): Promise<void> {
  const bytes = frameBytes(atDepth(video, bitDepth))
  let frame = 0
  for await (const pair of chunksOf(stream, 2 * bytes)) {
    const source = pair.subarray(0, bytes)
    if (isMeasured(frame, { frames, every })) meter.add(source, pair.subarray(bytes))
    else meter.skip(source)
    frame += 1
  }
  if (frame !== frames) throw new MediaError('encode-failed', `Only ${frame} of ${frames} frames could be measured.`)
}

/** Cuts a stream into chunks of `bytes`. A chunk is valid until the next one is read; a shorter rest is dropped. */
async function* chunksOf(stream: Readable, bytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  const buffer = new Uint8Array(bytes)
  let filled = 0
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    let at = 0
    while (at < chunk.length) {
      const taken = Math.min(bytes - filled, chunk.length - at)
      buffer.set(chunk.subarray(at, at + taken), filled)
      filled += taken
      at += taken
      if (filled < bytes) break
      yield buffer
      filled = 0
    }
  }
}
