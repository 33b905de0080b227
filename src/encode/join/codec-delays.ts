import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { FFMPEG_QUIET } from '../programs/decode.ts'
import { SEAM_MS_MAX } from '../rules/index.ts'
import { identify } from '../programs/identify.ts'
import { expectSuccess, runProcess, startProcess } from '../programs/process.ts'
import { askOnce } from '../programs/program-facts.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** What libopus needs to begin with. */
const OPUS_DELAY_MS = 6.5

/** Older ffmpeg takes the delay off a track's times when it reads Matroska and does not add it when it writes; newer does both. It is asked, with a moment of silence. */
async function tryDelays(folder: string, options: RunOptions): Promise<boolean> {
  const file = join(folder, `silence-${randomUUID()}.mkv`)
  const silence = ['-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=mono', '-t', '0.1', '-c:a', 'libopus']
  const to = ['-avoid_negative_ts', 'disabled', '-f', 'matroska', `file:${file}`]
  try {
    const running = startProcess('ffmpeg', [...FFMPEG_QUIET, '-y', ...silence, ...to], { ...options, writes: [file] })
    expectSuccess(await running.ended, 'ffmpeg', 'join-failed')
    const show = ['-v', 'error', '-show_entries', 'packet=pts_time', '-read_intervals', '%+#1', '-of', 'csv=p=0']
    const { stdout } = await runProcess('ffprobe', [...show, `file:${file}`], { ...options, reads: [file] })
    return Number.parseFloat(stdout) * 1000 > -1.5 * OPUS_DELAY_MS
  } finally {
    await rm(file, { force: true })
  }
}

const addsDelays = async (folder: string, options: RunOptions): Promise<boolean> =>
  askOnce('ffmpeg', 'delays', async () => tryDelays(folder, options))

/** Milliseconds that have to be added to the times of each sound track of a Matroska file when ffmpeg copies it into another. `folder` is for a file in between. */
export async function delaysToAdd(path: string, folder: string, options: RunOptions): Promise<number[]> {
  const { tracks } = await identify(path, options)
  const sound = tracks.filter((track) => track.type === 'audio')
  const delays = sound.map(({ properties }) => Number(properties['codec_delay'] ?? 0) / 1_000_000)
  return delays.every((ms) => ms === 0) || (await addsDelays(folder, options)) ? delays.map(() => 0) : delays
}

/** The same of a track that becomes Opus. */
export const opusDelayToAdd = async (folder: string, options: RunOptions): Promise<number> =>
  (await addsDelays(folder, options)) ? 0 : OPUS_DELAY_MS

/** Codecs whose packets last as long as they say. */
const SPLICED = new Set('aac ac3 eac3 mp2 mp3 dts opus'.split(' '))

/** Whether packets that overlap at a jump of the times are left out of a sound track: where recordings have such jumps. Otherwise mkvmerge would put one behind the other, and all that follows would be late. */
export const isSpliced = (container: string, codec: string): boolean => container.includes('mpeg') && SPLICED.has(codec)

/** An expression of ffmpeg that is not 0 for a packet more than half of which is over when it begins. */
const overlapOf = (unit: string): string =>
  `if(gt(pts\\,nopts)\\,if(lt(pts\\,ld(0)-duration/2)*gt(pts\\,ld(0)-${SEAM_MS_MAX / 1000}/${unit.toLowerCase()})\\,1\\,0*st(0\\,pts+duration))\\,0)`

/** What happens to the times of an audio track. */
export interface SoundTimes {
  readonly codec: string
  readonly delayMs: number
  readonly isSpliced: boolean
  /** A tick of its packets, from `packetUnit`. */
  readonly unit: string
}

/** ffmpeg's option that adds a delay to a track and leaves out what begins before 0, where Matroska has no times; Opus begins there by its delay. `n` counts the output's sound. */
export function soundTimes(n: number, { codec, delayMs, isSpliced: splices, unit }: SoundTimes): string[] {
  const ticks = `round(${delayMs / 1000}/${unit})`
  const shift = delayMs === 0 ? [] : [`setts=pts=PTS+${ticks}:dts=DTS+${ticks}`]
  const drop = codec === 'opus' ? [] : ['noise=drop=gt(pts\\,nopts)*lt(pts\\,0)']
  const filters = [...shift, ...drop, ...(splices ? [`noise=drop=${overlapOf(unit)}`] : [])]
  return filters.length === 0 ? [] : [`-bsf:a:${n}`, filters.join(',')]
}
