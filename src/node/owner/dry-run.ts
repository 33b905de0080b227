import { basename } from 'node:path'
import { tmpdir } from 'node:os'
import { anySignal } from '../../common/any-signal.ts'
import { type AnalysisCache, MediaError, prepareSource, probeSource, probeTracks } from '../../encode/index.ts'
import type { MeasureBars } from './auto-crop.ts'
import type { BarMeasures } from './bar-measures.ts'
import { BARS_MS, barsInfo } from './dry-run-bars.ts'
import { plannedStreams, streamsInfo } from './dry-run-streams.ts'
import type { CheckedSubmit } from './submit.ts'
import type { SubmitOptions } from './submit-wish.ts'
import { type OwnedJob, sceneSearchOf, zoneParams } from './job.ts'
import { SubmitError } from './submit-error.ts'
import { estimateFrom, type Measured } from './past-speed.ts'
import type { DryRun } from '../../api/schemas/index.ts'

export interface DryRunComponents {
  readonly analyses: AnalysisCache
  readonly bars: Pick<BarMeasures, 'measureUntil'>
  /** All that a submission is checked for. @throws SubmitError */
  readonly check: (options: SubmitOptions, signal: AbortSignal, bars: MeasureBars) => Promise<CheckedSubmit>
  /** Scenes that were encoded before by this build with these parameters. */
  readonly measured: (build: string, params: string) => readonly Measured[]
  /** Of this node and connected peers that have the build. */
  readonly slots: (build: string) => number
}

/** What a submission would become. Only the analysis of the source is kept. @throws what is no refusal of the submission */
export async function dryRunSubmit(
  components: DryRunComponents,
  options: SubmitOptions,
  analyseMs: number | undefined,
  signal: AbortSignal
): Promise<DryRun> {
  const measure = components.bars.measureUntil(AbortSignal.timeout(analyseMs ?? BARS_MS))
  const [source, checked] = await Promise.all([sourceOf(options, signal), check(components, options, measure, signal)])
  if (checked instanceof SubmitError) return refused(checked, source)
  const { job, announce, bars } = checked
  const found = analyseMs === undefined ? undefined : await findScenes(job, components.analyses, analyseMs, signal)
  if (found?.error !== undefined) return refused(found.error, source)
  const frames = found?.frames ?? announce.framesEstimated
  const past = components.measured(announce.encoderBuild, announce.encoderParams)
  return {
    accepted: true,
    refusal: null,
    source: source === null ? null : { ...source, streams: await plannedStreams(job, signal) },
    picture: {
      width: announce.width,
      height: announce.height,
      bitDepth: announce.bitDepth,
      crop: announce.picture?.crop ?? null
    },
    encoder: { name: announce.encoderName, build: announce.encoderBuild, params: announce.encoderParams },
    output: job.output,
    frames,
    warnings: [...new Set([...(job.warnings ?? []), ...(found?.warnings ?? [])])],
    bars: bars === undefined ? null : await barsInfo(job.source, bars, signal),
    scenes: found?.scenes ?? null,
    estimate: estimateFrom(past, frames * announce.width * announce.height, components.slots(announce.encoderBuild))
  }
}

async function check(
  components: DryRunComponents,
  options: SubmitOptions,
  measure: MeasureBars,
  signal: AbortSignal
): Promise<CheckedSubmit | SubmitError> {
  try {
    return await components.check(options, signal, measure)
  } catch (error) {
    if (error instanceof SubmitError) return error
    throw error
  }
}

function refused(
  { code, message, field }: Pick<MediaError | SubmitError, 'code' | 'message' | 'field'>,
  source: DryRun['source']
): DryRun {
  const nothing = {
    picture: null,
    encoder: null,
    output: null,
    frames: null,
    warnings: [],
    bars: null,
    scenes: null,
    estimate: null
  }
  return { accepted: false, refusal: { code, detail: message, field: field ?? null }, source, ...nothing }
}

/** null where it cannot be read; why, the check says. */
async function sourceOf({ input, videoTrack }: SubmitOptions, signal: AbortSignal): Promise<DryRun['source']> {
  try {
    const source = await probeSource(input, { videoTrack, signal })
    const tracks = await probeTracks(source, { signal })
    const { video } = source
    return {
      title: basename(input),
      bytes: source.bytes,
      container: source.container,
      video: {
        codec: source.codec,
        width: video.width,
        height: video.height,
        fpsNum: video.fps.num,
        fpsDen: video.fps.den,
        framesEstimated: source.framesEstimated,
        durationSeconds: source.durationSeconds,
        pixelFormat: video.pixelFormat,
        bitDepth: video.bitDepth,
        primaries: video.colour.primaries ?? '',
        transfer: video.colour.transfer ?? '',
        matrix: video.colour.matrix ?? '',
        range: video.colour.range ?? '',
        fieldOrder: source.fieldOrder ?? null
      },
      streams: streamsInfo(tracks)
    }
  } catch (error) {
    if (error instanceof MediaError) return null
    throw error
  }
}

interface FoundScenes {
  readonly scenes: NonNullable<DryRun['scenes']>
  /** Set when they are all there. */
  readonly frames: number | undefined
  readonly warnings: readonly string[]
  /** The source has no scenes to encode, or cannot be decoded. */
  readonly error: MediaError | undefined
}

/** The same search as of a real submission, but no piece is cut. */
async function findScenes(
  job: OwnedJob,
  cache: AnalysisCache,
  analyseMs: number,
  signal: AbortSignal
): Promise<FoundScenes> {
  const items: FoundScenes['scenes']['items'] = []
  const warnings: string[] = []
  const timeout = AbortSignal.timeout(analyseMs)
  const input = {
    ...sceneSearchOf(job),
    cache,
    planOnly: true,
    workDir: tmpdir(),
    skipPiece: () => true,
    onProgress: () => {},
    onWarning: (sentence: string) => void warnings.push(sentence)
  }
  const end = (frames?: number, error?: MediaError): FoundScenes => ({
    scenes: { complete: frames !== undefined, items },
    frames,
    warnings,
    error
  })
  try {
    for await (const event of prepareSource(input, { signal: anySignal([signal, timeout]) })) {
      if (event.type === 'end') return end(event.end.frames)
      const { index, start, frames, zone } = event.scene
      items[index] = { scene: index, start, frames, encoderParams: zoneParams(job, zone) }
    }
    throw new Error('the analysis ended early')
  } catch (error) {
    signal.throwIfAborted()
    if (timeout.aborted) return end()
    if (error instanceof MediaError) return end(undefined, error)
    throw error
  }
}
