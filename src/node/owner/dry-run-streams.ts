import { probeTracks } from '../../encode/index.ts'
import {
  keptTracks,
  KEEP_ALL,
  NO_STREAMS,
  opusKbps,
  planStreams,
  type SourceTrack,
  type StreamPlan
} from '../../encode/rules/index.ts'
import type { DryRun } from '../../api/schemas/index.ts'
import type { OwnedJob } from './job.ts'

type StreamsInfo = NonNullable<DryRun['source']>['streams']

/** The streams of a source besides its video. @param plan what becomes of them, where it is known */
export function streamsInfo(tracks: readonly SourceTrack[], plan?: StreamPlan): StreamsInfo {
  const kept = plan === undefined ? [] : keptTracks(tracks, plan)
  const numbers = { audio: 0, subtitle: 0, attachment: 0 }
  return tracks.map((track) => {
    const { index, type, codec, channels, title, language = '' } = track
    numbers[type] += 1
    const kbps = plan === undefined ? undefined : opusKbps(track, plan)
    const stays = kept.includes(track) ? (kbps === undefined ? 'copy' : 'opus') : 'drop'
    const becomes = plan === undefined ? null : stays
    return { index, type, codec, channels, title, language, number: numbers[type], becomes, kbps: kbps ?? null }
  })
}

/** The same for a job; a sample has nothing but its video. */
export async function plannedStreams(job: OwnedJob, signal: AbortSignal): Promise<StreamsInfo> {
  const tracks = await probeTracks(job.source, { signal })
  const plan = job.sample === undefined ? planStreams(tracks, job.streams ?? KEEP_ALL) : NO_STREAMS
  return streamsInfo(tracks, plan)
}
