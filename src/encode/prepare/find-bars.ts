import type { Readable } from 'node:stream'
import {
  createBarFinder,
  type FoundBars,
  lightOf,
  lumaBytes,
  type LumaFormat,
  lumaFormat,
  type SourceInfo
} from '../rules/index.ts'
import { analysisKey } from './analysis-cache.ts'
import { ANY_DAMAGE, FFMPEG_QUIET } from '../programs/decode.ts'
import { MediaError } from '../programs/errors.ts'
import { describeFile } from '../programs/ffprobe.ts'
import { expectSuccess, startProcess } from '../programs/process.ts'
import type { RunOptions } from '../programs/run-options.ts'
import { beginsWithin } from './leading.ts'
import { type SourceDecode, sourceDecode } from './source-decode.ts'
import type { AnalysisCache } from './types.ts'

/** A short film is measured in about as many frames. */
const FRAMES_WANTED = 200

export interface FindBarsInput {
  readonly source: SourceInfo
  /** The frames that are encoded are progressive, so the crop need not keep fields whole. */
  readonly deinterlace: boolean
  /** What was found is kept there for the next submission. Default: nowhere. */
  readonly cache?: Pick<AnalysisCache, 'loadBars' | 'saveBars'> | undefined
}

/** Every so many frames one is measured: at least one a second, and in short films more. */
export function measuredEvery({ framesEstimated, video: { fps } }: SourceInfo): number {
  const second = Math.floor(fps.num / fps.den)
  return Math.max(1, Math.min(second, Math.floor(framesEstimated / FRAMES_WANTED)))
}

function argsOf(source: SourceInfo, decode: SourceDecode): string[] {
  const filters = decode.filters === undefined ? '' : `${decode.filters},`
  const graph = `[0:${decode.stream}]${filters}select=not(mod(n\\,${measuredEvery(source)})),extractplanes=y[luma]`
  const output = ['-map', '[luma]', '-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1']
  return [...FFMPEG_QUIET, ...ANY_DAMAGE, ...decode.input, '-filter_complex', graph, ...output]
}

const samplesOf = (frame: Buffer, { bitDepth }: LumaFormat): Uint8Array | Uint16Array =>
  bitDepth > 8 ? new Uint16Array(frame.buffer, frame.byteOffset, frame.length / 2) : frame

/** The luma of one frame after the other; each is valid until the next. */
async function* lumaFrames(stream: Readable, format: LumaFormat): AsyncGenerator<Uint8Array | Uint16Array> {
  const frame = Buffer.from(new ArrayBuffer(lumaBytes(format)))
  let filled = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length;) {
      const taken = chunk.copy(frame, filled, at)
      at += taken
      filled += taken
      if (filled < frame.length) continue
      yield samplesOf(frame, format)
      filled = 0
    }
  }
}

/**
 * Measures the black bars of a film, in frames of all of it. One decode, without the hashes and the search for scenes of the analysis.
 * @throws MediaError `not-a-video`, `decode-failed` or `tool-missing`
 */
export async function findBars({ source, deinterlace, cache }: FindBarsInput, options: RunOptions): Promise<FoundBars> {
  const probed = await describeFile(source.path, options)
  const isWithin = await beginsWithin(source, options)
  const decode = await sourceDecode(source, probed, { deinterlace: false, isWithin, careful: false }, options)
  const args = argsOf(source, decode)
  const shown = deinterlace ? { ...source, fieldOrder: undefined } : source
  const told = ['bars', args.filter((arg) => arg !== `file:${source.path}`), shown.fieldOrder ?? 'progressive']
  const key = await analysisKey(source.path, told, options)
  const known = await cache?.loadBars(key)
  if (known !== undefined) return known
  const running = startProcess('ffmpeg', args, { ...options, stdout: 'pipe', reads: [source.path] })
  const finder = createBarFinder(shown)
  const format = lumaFormat(source.video)
  for await (const luma of lumaFrames(running.stdout, format)) finder.add(lightOf(luma, format))
  const end = await running.ended
  const found = finder.found()
  if (found.frames === 0)
    throw new MediaError('not-a-video', 'No frame of the video can be decoded.', { stderrTail: end.stderrTail })
  expectSuccess(end, 'ffmpeg', 'decode-failed')
  await cache?.saveBars(key, found)
  return found
}
