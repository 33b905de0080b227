import { FFMPEG_QUIET, NO_FILES } from './decode.ts'
import { MediaError } from './errors.ts'
import type { Container, SourceTrack } from '../spec/index.ts'
import { ffprobe, LOCAL_FILES } from './ffprobe.ts'
import { readLines } from './lines.ts'
import { expectSuccess, startProcess } from './process.ts'
import type { JoinInput, RunOptions } from './types.ts'

/** Matroska's times are whole milliseconds; MP4's ticks suit the times, which pass through whole microseconds. */
const TOLERANCE_MS: Readonly<Record<Container, number>> = { mkv: 1.001, webm: 1.001, mp4: 0.0025 }

const broken = (what: string): MediaError =>
  new MediaError('join-failed', `The joined file was checked and refused: ${what}.`)

async function checkPackets({ file, container, input }: JoinedCheck, { signal }: RunOptions): Promise<void> {
  const starts = new Set<number>()
  let total = 0
  for (const segment of input.segments) {
    starts.add(total)
    total += segment.frames
  }
  const show = ['-select_streams', 'v:0', '-show_entries', 'packet=pts_time,flags', '-of', 'csv=p=0']
  const running = startProcess('ffprobe', ['-v', 'error', ...LOCAL_FILES, ...show, `file:${file}`], {
    signal,
    stdout: 'pipe',
    fileBytesMax: NO_FILES
  })
  let frame = 0
  for await (const line of readLines(running.stdout)) {
    const [time, flags] = line.split(',')
    if (time === undefined || flags === undefined) continue
    const wanted = input.timestampsMs[frame]
    if (wanted === undefined) throw broken(`it has more than ${total} frames`)
    if (!(Math.abs(Number(time) * 1000 - wanted) <= TOLERANCE_MS[container]))
      throw broken(`frame ${frame} is at ${time} s, not ${wanted / 1000} s`)
    if (starts.has(frame) && !flags.startsWith('K')) throw broken(`frame ${frame} starts a scene and is no key frame`)
    frame += 1
  }
  expectSuccess(await running.ended, 'ffprobe', 'join-failed')
  if (frame !== total) throw broken(`it has ${frame} frames, not ${total}`)
}

async function checkDecode(
  file: string,
  total: number,
  onFrames: (frames: number) => void,
  { signal }: RunOptions
): Promise<void> {
  const output = ['-map', '0:v:0', '-fps_mode', 'passthrough', '-f', 'framecrc', 'pipe:1']
  const args = [...FFMPEG_QUIET, '-xerror', '-noautorotate', ...LOCAL_FILES, '-i', `file:${file}`, ...output]
  const running = startProcess('ffmpeg', args, { signal, stdout: 'pipe', fileBytesMax: NO_FILES })
  let frames = 0
  for await (const line of readLines(running.stdout)) {
    if (line.startsWith('#')) continue
    frames += 1
    if (frames % 100 === 0) onFrames(frames)
  }
  expectSuccess(await running.ended, 'ffmpeg', 'join-failed')
  if (frames !== total) throw broken(`it decodes to ${frames} frames, not ${total}`)
}

export interface JoinedCheck {
  readonly file: string
  readonly container: Container
  readonly input: JoinInput
  /** What it must hold besides the video. */
  readonly tracks: readonly SourceTrack[]
  readonly onFrames: (frames: number) => void
}

/** Checks frames, times, scene starts, a full decode and the other streams of a joined file. @throws MediaError `join-failed` */
export async function checkJoined(check: JoinedCheck, options: RunOptions): Promise<void> {
  const { file, input, tracks, onFrames } = check
  await checkPackets(check, options)
  await checkDecode(file, input.timestampsMs.length, onFrames, options)
  const probed = await ffprobe(file, ['-show_streams'], options)
  for (const kind of ['audio', 'subtitle']) {
    const found = probed.streams.filter((stream) => stream.codec_type === kind).length
    const wanted = tracks.filter((track) => track.type === kind).length
    if (found !== wanted) throw broken(`it has ${found} ${kind} streams, not ${wanted}`)
  }
}
