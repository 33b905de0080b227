import type { Position, SceneOptions, SourceRange, StreamChoice, Zone } from '../../encode/rules/index.ts'
import type { KeptTime, ProbeSums, SampledFilm, SourceInfo } from '../../encode/index.ts'

/** What an owner was asked to do, kept on its own disk only. */
export interface OwnedJob {
  readonly source: SourceInfo
  /** Samples of the source's bytes at its submission; undefined in jobs that did not keep them. */
  readonly sourceSamples?: string | undefined
  /** Absolute path of the file to make. */
  readonly output: string
  readonly overwrite: boolean
  readonly scenes: SceneOptions
  /** What besides the video goes into the file. Default: everything, as it is. */
  readonly streams?: StreamChoice | undefined
  /** The film is found by other files as the source is. */
  readonly keepUids?: boolean | undefined
  readonly range?: SourceRange | undefined
  readonly cuts?: readonly Position[] | undefined
  readonly zones?: readonly Zone[] | undefined
  /** So many scenes only, to judge the whole by. */
  readonly sample?: number | undefined
  /** What the sample is of, once that is known. */
  readonly film?: SampledFilm | undefined
  /** What the range is in the source's time, once that is known. */
  readonly kept?: KeptTime | undefined
  /** Interlaced frames become progressive ones before they are encoded. */
  readonly deinterlace?: boolean | undefined
  /** Sentences about what is not kept as the source has it, or is wrong with it. */
  readonly warnings?: readonly string[] | undefined
  /** What the encoder here made of the project's probe clip, once it was asked. */
  readonly probe?: ProbeSums | undefined
}

/** What of a job decides which scenes there are. */
export const sceneSearchOf = (job: OwnedJob) => ({
  source: job.source,
  scenes: job.scenes,
  range: job.range,
  cuts: job.cuts,
  zones: job.zones,
  sample: job.sample,
  deinterlace: job.deinterlace === true
})

/** Parameters of a scene of its own, by the zone that it lies in; empty where it has none. */
export const zoneParams = ({ zones }: OwnedJob, zone: number | undefined): string =>
  zone === undefined ? '' : (zones?.[zone]?.params ?? '')
