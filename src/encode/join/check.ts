import { together } from '../../common/together.ts'
import type { Container } from '../rules/index.ts'
import { checkMatroskaHeader, checkMp4Header } from './check-header.ts'
import type { FilmCheck } from './check-report.ts'
import { checkAttachments, checkChapters } from './check-rest.ts'
import { checkTags, checkWords } from './check-tags.ts'
import { broken, checkTracks } from './check-tracks.ts'
import { FFMPEG_QUIET } from '../programs/decode.ts'
import { describeFile, LOCAL_FILES, type ProbeReport } from '../programs/ffprobe.ts'
import { createScenePackets, readFilmPackets } from './film-packets.ts'
import type { JoinPlan } from './plan.ts'
import { readLines } from '../programs/lines.ts'
import { expectSuccess, startProcess } from '../programs/process.ts'
import type { JoinInput } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** Of a film whose packets were decoded before: enough to meet frames that are shown in another order than they are coded. */
const FIRST_FRAMES = 24

/** Matroska's times are whole milliseconds; MP4's ticks suit the times, which pass through whole microseconds. */
const TOLERANCE_MS: Readonly<Record<Container, number>> = { mkv: 1.001, webm: 1.001, mp4: 0.0025 }

async function checkPackets(
  { file, input, packets, plan: { container, timestampsMs } }: JoinedCheck,
  options: RunOptions
): Promise<number> {
  const scenes = createScenePackets(input.segments)
  const { total } = scenes
  let frame = 0
  let most = 0
  for await (const { time, isKey, sha256 } of readFilmPackets(file, options)) {
    const wanted = timestampsMs[frame]
    if (wanted === undefined) throw broken(`it has more than ${total} frames`)
    const off = Number(time) * 1000 - wanted
    if (Math.abs(off) > Math.abs(most)) most = off
    if (!(Math.abs(off) <= TOLERANCE_MS[container]))
      throw broken(`frame ${frame} is at ${time} s, not ${wanted / 1000} s`)
    if (scenes.add(sha256) && !isKey) throw broken(`frame ${frame} starts a scene but is not a key frame`)
    frame += 1
  }
  if (frame !== total) throw broken(`it has ${frame} frames, not ${total}`)
  const other = scenes.digests().findIndex((digest, scene) => packets !== undefined && digest !== packets[scene])
  if (other >= 0) throw broken(`the packets of scene ${other + 1} are not those that were encoded`)
  return most
}

async function checkDecode(
  { file, plan, decoded = false, onFrames }: JoinedCheck,
  { signal }: RunOptions
): Promise<void> {
  const all = plan.timestampsMs.length
  const wanted = decoded ? Math.min(FIRST_FRAMES, all) : all
  const taken = wanted < all ? ['-frames:v', String(wanted)] : []
  const output = ['-map', '0:v:0', '-fps_mode', 'passthrough', ...taken, '-f', 'framecrc', 'pipe:1']
  const args = [...FFMPEG_QUIET, '-xerror', '-noautorotate', ...LOCAL_FILES, '-i', `file:${file}`, ...output]
  const running = startProcess('ffmpeg', args, { signal, stdout: 'pipe', reads: [file] })
  let frames = 0
  for await (const line of readLines(running.stdout)) {
    if (line.startsWith('#')) continue
    frames += 1
    if (frames % 100 === 0) onFrames(frames)
  }
  expectSuccess(await running.ended, 'ffmpeg', 'join-failed')
  if (frames !== wanted) throw broken(`it decodes to ${frames} frames, not ${wanted}`)
}

export interface JoinedCheck {
  readonly file: string
  readonly input: JoinInput
  readonly plan: JoinPlan
  /** Of each segment, the hash of the packets that it becomes. Default: not compared. */
  readonly packets?: readonly string[]
  /** Whether a decode of everything that these packets hold went well before. Then only the start is decoded, for what the header of the file adds. Default false. */
  readonly decoded?: boolean
  readonly onFrames: (frames: number) => void
}

/**
 * Checks a joined file against the segments and the source: frames, times, scene starts, the film's packets, a decode, every other track's packets and words, chapters, tags, attachments and
 * what the header says of the picture.
 * @returns what was compared
 * @throws MediaError `join-failed` with the first thing that differs
 */
export async function checkJoined(check: JoinedCheck, options: RunOptions): Promise<FilmCheck> {
  const frames = check.plan.timestampsMs.length
  const [frameOffMs, , rest] = await together<[number, void, RestCheck]>(
    [
      async (signal) => checkPackets(check, { signal }),
      async (signal) => checkDecode(check, { signal }),
      async (signal) => checkRest(check, { signal })
    ],
    options
  )
  return { frames, frameOffMs, ...rest }
}

type RestCheck = Omit<FilmCheck, 'frames' | 'frameOffMs'>

/** What is beside the film's picture, and what its header says. */
async function checkRest({ file, input, plan }: JoinedCheck, options: RunOptions): Promise<RestCheck> {
  const film = await describeFile(file, options)
  const properties = async (signal: AbortSignal): Promise<number> => {
    const words = await checkWords({ file, input, film, plan }, { signal })
    // mkvmerge has just described the file for the words.
    const picture =
      plan.container === 'mp4' ? checkMp4Header(film, plan.picture) : await checkMatroskaHeader(file, plan, { signal })
    return words + picture
  }
  const [tracks, compared, source] = await together<[RestCheck['tracks'], number, ProbeReport]>(
    [
      async (signal) => checkTracks({ file, input, film, plan }, { signal }),
      properties,
      async (signal) => describeFile(input.source.path, { signal })
    ],
    options
  )
  const chapters = checkChapters(input, film, source)
  const attachments = checkAttachments(input, plan.streams, film, source)
  const tags = checkTags({ file, input, film, plan })
  return { tracks, chapters, attachments, tags, properties: compared }
}
