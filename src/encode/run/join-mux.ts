import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { colourOptions, fieldOrderOptions, hdrOptions, rotationOptions } from './cicp.ts'
import type { Container } from '../spec/index.ts'
import { mainVideo, type ProbeReport } from './ffprobe.ts'
import { MediaError } from './errors.ts'
import { markInterlaced } from './mark-interlaced.ts'
import { lastWords, runProcess } from './process.ts'
import type { JoinInput, RunOptions } from './types.ts'

export interface MuxInput {
  readonly join: JoinInput
  readonly probed: ProbeReport
  readonly videoFile: string
  /** mkvmerge's further inputs. */
  readonly others: readonly string[]
  /** The same for the same segments, so that the file is. */
  readonly seed: string
  readonly container: Container
  readonly target: string
}

function displayOptions({ source }: JoinInput): string[] {
  const { num, den } = source.sampleAspect
  if (num === den) return []
  const { width, height } = source.video
  return [
    '--display-dimensions',
    num > den ? `0:${Math.round((width * num) / den)}x${height}` : `0:${width}x${Math.round((height * den) / num)}`
  ]
}

function namesOptions(probed: ProbeReport): string[] {
  const tags = mainVideo(probed)?.tags ?? {}
  const language = tags['language']
  const title = tags['title']
  return [
    ...(language !== undefined && /^[a-z]{2,3}$/.test(language) ? ['--language', `0:${language}`] : []),
    ...(title === undefined ? [] : ['--track-name', `0:${title}`])
  ]
}

/** A film that becomes MP4 keeps its times in microseconds on the way. */
const FORMAT: Readonly<Record<Container, readonly string[]>> = {
  mkv: [],
  webm: ['--webm'],
  mp4: ['--timestamp-scale', '1000']
}

/** A number of milliseconds as mkvmerge reads it, without an exponent. */
const milliseconds = (value: number): string => String(Number(value.toFixed(6)))

const TIMES_PER_WRITE = 10_000

/** One line a frame, a part of them at a time. */
async function writeTimes(file: string, timestampsMs: readonly number[]): Promise<void> {
  const target = await open(file, 'w')
  try {
    await target.writeFile('# timestamp format v2\n')
    for (let at = 0; at < timestampsMs.length; at += TIMES_PER_WRITE) {
      const lines = timestampsMs.slice(at, at + TIMES_PER_WRITE).map((time) => `${milliseconds(time)}\n`)
      await target.writeFile(lines.join(''))
    }
  } finally {
    await target.close()
  }
}

/** Muxes the final file with mkvmerge; for MP4 a Matroska file to be made into it. @throws MediaError `join-failed`, or `unsupported` when WebM cannot hold the streams */
export async function mux(input: MuxInput, { signal }: RunOptions): Promise<void> {
  const { workDir, timestampsMs, source } = input.join
  const timesFile = join(workDir, 'timestamps.txt')
  const optionsFile = join(workDir, 'mkvmerge.json')
  await writeTimes(timesFile, timestampsMs)
  const video = mainVideo(input.probed)
  const sideData = [...(video?.side_data_list ?? []), ...input.probed.frames.flatMap((frame) => frame.side_data_list)]
  const options = [
    '--quiet',
    ...FORMAT[input.container],
    '--deterministic',
    input.seed,
    '--disable-track-statistics-tags',
    '--output',
    input.target,
    '--timestamps',
    `0:${timesFile}`,
    ...colourOptions(source.video.colour),
    ...hdrOptions(sideData),
    ...rotationOptions(sideData),
    ...fieldOrderOptions(source.fieldOrder),
    ...displayOptions(input.join),
    ...namesOptions(input.probed),
    input.videoFile,
    ...input.others
  ]
  await writeFile(optionsFile, JSON.stringify(options))
  const result = await runProcess('mkvmerge', [`@${optionsFile}`], { signal })
  // 1 means warnings.
  if (result.code === 0 || result.code === 1) {
    if (source.fieldOrder !== undefined) await markInterlaced(input.target, { signal })
    return
  }
  const said = lastWords(result.stdout) || lastWords(result.stderrTail)
  throw new MediaError(
    input.container === 'webm' ? 'unsupported' : 'join-failed',
    `mkvmerge could not write the file: ${said}`,
    {
      stderrTail: result.stdout.slice(-8192) + result.stderrTail
    }
  )
}
