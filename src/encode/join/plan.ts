import {
  type Container,
  exactTimes,
  KEEP_ALL,
  keptTracks,
  NO_STREAMS,
  planStreams,
  type SegmentUids,
  type SourceTrack,
  type StreamPlan,
  unfitTrack
} from '../rules/index.ts'
import { MediaError } from '../programs/errors.ts'
import { describeFile, firstPacketOf, isMatroska, type ProbeReport } from '../programs/ffprobe.ts'
import { readUids } from './linked-segments.ts'
import { joinedColour } from './video.ts'
import { type PicturePlan, planPicture, sourcePicture } from './picture-plan.ts'
import { tracksOf } from './tracks.ts'
import type { JoinInput } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** The required properties of the finished film. */
export interface JoinPlan {
  readonly container: Container
  /** The source's streams, format and first frame. */
  readonly probed: ProbeReport
  /** What goes in besides the video. */
  readonly tracks: readonly SourceTrack[]
  /** What becomes of each of the source's streams. */
  readonly streams: StreamPlan
  readonly picture: PicturePlan
  /** Of linked files; empty where the film has a number of its own. */
  readonly uids: SegmentUids
  /** When each frame is shown. */
  readonly timestampsMs: readonly number[]
}

/** @throws MediaError `unsupported` where the container does not hold the tracks; `join-failed` */
export async function planJoin(input: JoinInput, container: Container, options: RunOptions): Promise<JoinPlan> {
  const { source, streams = KEEP_ALL } = input
  const described = await describeFile(source.path, options)
  const all = tracksOf(source.container, described)
  const planned = input.videoOnly === true ? NO_STREAMS : planStreams(all, streams)
  const unfit = unfitTrack(container, all, planned)
  if (unfit !== undefined) throw new MediaError('unsupported', `${unfit.sentence}.`)
  const { frames } = await firstPacketOf(source.path, source.videoStream, options)
  const probed = { ...described, frames }
  const keepsUids = input.keepUids === true && container === 'mkv' && isMatroska(source.container)
  const colour = await joinedColour(input, options)
  return {
    container,
    probed,
    tracks: keptTracks(all, planned),
    streams: planned,
    picture: planPicture(await sourcePicture(input, probed, options), input, colour, container),
    uids: keepsUids ? await readUids(source.path, options) : {},
    timestampsMs: container === 'mp4' ? exactTimes(input.timestampsMs, source.video.fps) : input.timestampsMs
  }
}
