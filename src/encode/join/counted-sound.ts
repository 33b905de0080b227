import { join } from 'node:path'
import type { SourceTrack } from '../rules/index.ts'
import { plainStream, readPackets } from './packets.ts'
import { writeTimes } from './times-file.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** Sound whose times mkvmerge counts itself, by ffmpeg's names: each muxer of mkvmerge was tried with gaps, splices and drift. */
const COUNTED_SOUND = new Set(['vorbis', 'tta', 'wavpack'])

/**
 * mkvmerge's options that give tracks of a Matroska file the times that they have there. Without them mkvmerge counts the times of some sound from the lengths of its packets,
 * and all sound after a gap or a splice is off.
 * @param folder for files in between, which mkvmerge reads
 * @throws MediaError `join-failed`
 */
export async function countedTimes(
  path: string,
  tracks: readonly SourceTrack[],
  folder: string,
  options: RunOptions
): Promise<ReadonlyMap<SourceTrack, readonly string[]>> {
  const counted = tracks.filter(({ codec }) => COUNTED_SOUND.has(codec))
  const streams = counted.map(({ index }) => plainStream(index, true))
  const packets = await readPackets(path, { raw: true, ends: false, streams, clock: [] }, options)
  const found = new Map<SourceTrack, readonly string[]>()
  for (const [n, track] of counted.entries()) {
    const timesMs = packets[n]?.timesMs ?? []
    if (timesMs.length === 0) continue
    const file = join(folder, `times-${track.index}.txt`)
    await writeTimes(file, timesMs)
    found.set(track, ['--timestamps', `${track.index}:${file}`])
  }
  return found
}
