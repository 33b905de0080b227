import { createHash } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { type Container, containerOf, KEEP_ALL, unfitTrack } from '../spec/index.ts'
import { MediaError } from './errors.ts'
import { ffprobe } from './ffprobe.ts'
import { checkJoined } from './join-check.ts'
import { mux } from './join-mux.ts'
import { otherStreams } from './join-others.ts'
import { cutPart, withChapters } from './join-part.ts'
import { joinVideo } from './join-video.ts'
import { writeMp4 } from './mp4.ts'
import { openOutput } from './output-file.ts'
import { tracksOf } from './tracks.ts'
import type { JoinedFile, JoinInput, RunOptions } from './types.ts'

/** Shares of the work, as measured: reading, muxing, then decoding everything once. */
const JOINED = 0.1
const MUXED = 0.2

function containerFor(output: string): Container {
  const container = containerOf(output)
  if (container !== undefined) return container
  const ending = extname(output) || 'nothing'
  throw new MediaError('unsupported', `The output file ends in ${ending}; grav1 writes .mkv, .webm and .mp4.`)
}

const HASH_BYTES = 256 * 1024

/** Through one buffer: a stream would leave the whole film to the garbage collector. */
async function hashFile(path: string, { signal }: RunOptions): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  const buffer = new Uint8Array(HASH_BYTES)
  const file = await open(path, 'r')
  try {
    for (let bytes = 0; ;) {
      signal.throwIfAborted()
      const { bytesRead } = await file.read(buffer, 0, HASH_BYTES, bytes)
      if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') }
      hash.update(buffer.subarray(0, bytesRead))
      bytes += bytesRead
    }
  } finally {
    await file.close()
  }
}

interface Target {
  readonly container: Container
  readonly partPath: string
  readonly videoFile: string
  readonly othersFile: string
  readonly filmFile: string
}

/** Writes and checks the file under its hidden name. */
async function make(input: JoinInput, target: Target, { signal }: RunOptions): Promise<void> {
  const { source, timestampsMs, streams = KEEP_ALL, onProgress } = input
  const { container, partPath, videoFile, filmFile } = target
  const frames = timestampsMs.length
  const described = await ffprobe(source.path, ['-show_streams', '-show_format'], { signal })
  const unfit =
    input.videoOnly === true ? undefined : unfitTrack(container, tracksOf(source.container, described), streams)
  if (unfit !== undefined) throw new MediaError('unsupported', `${unfit}.`)
  const firstFrame = ['-select_streams', 'V:0', '-show_frames', '-read_intervals', '%+#1']
  const probed = { ...described, frames: (await ffprobe(source.path, firstFrame, { signal })).frames }
  const video = await joinVideo(input, videoFile, (done) => onProgress((done / frames) * JOINED), { signal })
  const part = input.kept === undefined ? undefined : await cutPart(input, input.kept, probed, { signal })
  const from = { source: part?.source ?? source, probed: part?.probed ?? probed }
  const others =
    input.videoOnly === true
      ? { inputs: [], tracks: [] }
      : await otherStreams({ ...from, streams, file: target.othersFile }, { signal })
  const inputs = part === undefined ? others.inputs : withChapters(part, others.inputs)
  const film = container === 'mp4' ? filmFile : partPath
  const what = { join: input, probed, videoFile, others: inputs, container, target: film }
  await mux({ ...what, seed: video.contentHash }, { signal })
  await rm(videoFile)
  if (container === 'mp4') await writeMp4({ film, target: partPath, timestampsMs, fps: source.video.fps }, { signal })
  onProgress(MUXED)
  const onFrames = (done: number): void => onProgress(MUXED + (1 - MUXED) * (done / frames))
  await checkJoined({ file: partPath, container, input, tracks: others.tracks, onFrames }, { signal })
}

/**
 * Joins the segments and everything of the source that is not its video into the finished file, checks it, and only then gives it its name. The same segments give the
 * same bytes. On failure nothing is left beside the output; what a killed run left there is removed by the next one with the same `workDir`.
 * @throws MediaError `join-failed`, `unsupported`, `output-exists`, `output-unwritable` or `tool-missing`
 */
export async function joinProject(input: JoinInput, { signal }: RunOptions): Promise<JoinedFile> {
  const container = containerFor(input.output)
  const files = ['video.ivf', 'others.mkv', 'film.mkv', 'part.mkv'].map((name) => join(input.workDir, name))
  const [videoFile, othersFile, filmFile] = files as [string, string, string]
  const output = await openOutput(input.output, input.overwrite, input.workDir)
  const { partPath } = output
  try {
    await make(input, { container, partPath, videoFile, othersFile, filmFile }, { signal })
    const { bytes, sha256 } = await hashFile(partPath, { signal })
    await input.confirm?.()
    await output.publish()
    input.onProgress(1)
    return { path: input.output, bytes, sha256, frames: input.timestampsMs.length }
  } finally {
    await Promise.all([output.discard(), ...files.map((file) => rm(file, { force: true }))])
  }
}
