import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { SourceTrack, SourceInfo } from '../rules/index.ts'
import { delaysToAdd } from './codec-delays.ts'
import { FFMPEG_QUIET } from '../programs/decode.ts'
import { MediaError } from '../programs/errors.ts'
import { MATROSKA_TICKS_PER_SECOND, packetUnit } from './packet-unit.ts'
import { LOCAL_FILES } from '../programs/ffprobe.ts'
import { lastWords, startProcess } from '../programs/process.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** How a sound track of a source that is not Matroska gets into Matroska. */
export interface SoundPlan {
  readonly track: SourceTrack
  /** As it is, or losslessly encoded where Matroska has no place for it. */
  readonly way: 'copy' | 'flac'
  /** What ffmpeg takes off a track's times and does not add again. */
  readonly delayMs: number
  /** A tick of its packets, from `packetUnit`. */
  readonly unit: string
}

/** Enough for a packet of each track. */
const HEAD_BYTES = 64 * 1024

const FLAC_CHANNELS_MAX = 8

/** ffmpeg's names of samples that FLAC holds exactly; of 32 bits only when 24 of them are used. */
function fitsFlac({ sampleFormat = '', sampleBits = 0, channels }: SourceTrack): boolean {
  if (channels < 1 || channels > FLAC_CHANNELS_MAX) return false
  if (/^(?:u8|s16)p?$/.test(sampleFormat)) return true
  return /^s32p?$/.test(sampleFormat) && sampleBits > 0 && sampleBits <= 24
}

/** ffmpeg's codec options of a track that becomes FLAC; the same sound gives the same bytes. */
export const flacOptions = (n: number, { sampleBits = 0 }: SourceTrack): string[] => [
  `-c:a:${n}`,
  'flac',
  ...(sampleBits > 16 ? [`-bits_per_raw_sample:a:${n}`, '24'] : []),
  `-threads:a:${n}`,
  '1',
  `-flags:a:${n}`,
  '+bitexact'
]

/** Muxes the first packets of tracks. Undefined when it works, otherwise ffmpeg's last words. */
async function tryHead(
  source: SourceInfo,
  tracks: readonly SourceTrack[],
  codecs: readonly string[],
  file: string,
  { signal }: RunOptions
): Promise<string | undefined> {
  const maps = tracks.flatMap(({ index }) => ['-map', `0:${index}`])
  const from = [...FFMPEG_QUIET, '-y', ...LOCAL_FILES, '-i', `file:${source.path}`]
  const to = ['-fs', String(HEAD_BYTES), '-avoid_negative_ts', 'disabled', '-f', 'matroska', `file:${file}`]
  const given = { reads: [source.path], writes: [file] }
  const args = [...from, ...maps, '-c', 'copy', ...codecs, ...to]
  const end = await startProcess('ffmpeg', args, { signal, ...given }).ended
  return end.code === 0 ? undefined : lastWords(end.stderrTail) || 'it printed nothing'
}

const called = ({ index, codec }: SourceTrack): string => `stream ${index} is ${codec === '' ? 'unknown' : codec}`

/** @throws MediaError `unsupported` */
async function planAlone(
  source: SourceInfo,
  track: SourceTrack,
  file: string,
  options: RunOptions
): Promise<SoundPlan['way']> {
  const said = await tryHead(source, [track], [], file, options)
  if (said === undefined) return 'copy'
  const advice = 'use --audio opus or --audio drop'
  if (!fitsFlac(track))
    throw new MediaError('unsupported', `Matroska cannot hold this audio unchanged; ${called(track)}: ${advice}`)
  const failed = await tryHead(source, [track], flacOptions(0, track), file, options)
  if (failed === undefined) return 'flac'
  throw new MediaError('unsupported', `The audio cannot be read; ${called(track)} (${failed}): ${advice}`)
}

/**
 * Finds out by a trial with the first packets how tracks get into Matroska. `folder` is for a file in between.
 * @throws MediaError `unsupported` when a track can be neither copied nor kept exactly
 */
export async function planSound(
  source: SourceInfo,
  tracks: readonly SourceTrack[],
  folder: string,
  options: RunOptions
): Promise<readonly SoundPlan[]> {
  const sound = tracks.filter((track) => track.type === 'audio')
  if (sound.length === 0) return []
  const file = join(folder, `head-${randomUUID()}.mkv`)
  try {
    const ways: SoundPlan['way'][] = []
    if ((await tryHead(source, sound, [], file, options)) === undefined) ways.push(...sound.map(() => 'copy' as const))
    else for (const track of sound) ways.push(await planAlone(source, track, file, options))
    const codecs = sound.flatMap((track, n) => (ways[n] === 'flac' ? flacOptions(n, track) : []))
    const said = await tryHead(source, sound, codecs, file, options)
    if (said !== undefined) throw new MediaError('unsupported', `The audio cannot be muxed: ${said}`)
    const delays = await delaysToAdd(file, folder, options)
    const unit = await packetUnit(MATROSKA_TICKS_PER_SECOND, folder, options)
    return sound.map((track, n) => ({ track, way: ways[n] ?? 'copy', delayMs: delays[n] ?? 0, unit }))
  } finally {
    await rm(file, { force: true })
  }
}

/** What becomes of the sound besides copying, as sentences for the user. */
export const soundNotes = (plans: readonly SoundPlan[]): string[] =>
  plans
    .filter(({ way }) => way === 'flac')
    .map(({ track }) => `Audio stream ${track.index} (${track.codec}) becomes FLAC, which holds the same samples.`)
