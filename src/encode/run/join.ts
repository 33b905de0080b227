import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { MediaError } from './errors.ts'
import { ffprobe } from './ffprobe.ts'
import { checkJoined } from './join-check.ts'
import { mux } from './join-mux.ts'
import { otherStreams } from './join-others.ts'
import { joinVideo } from './join-video.ts'
import { openOutput } from './output-file.ts'
import type { JoinedFile, JoinInput, RunOptions } from './types.ts'

/** Shares of the work, as measured: reading, muxing, then decoding everything once. */
const JOINED = 0.1
const MUXED = 0.2

function isWebm(output: string): boolean {
  const extension = extname(output).toLowerCase()
  if (extension === '.webm') return true
  if (extension === '.mkv') return false
  throw new MediaError('unsupported', `The output file ends in ${extension || 'nothing'}; grav1 writes .mkv and .webm.`)
}

async function hashFile(path: string, { signal }: RunOptions): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path, { signal }) as AsyncIterable<Uint8Array>) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest('hex') }
}

/**
 * Joins the segments and everything of the source that is not its video into the finished file, checks it, and only then gives it its name. The same segments give the
 * same bytes. On failure nothing is left beside the output.
 * @throws MediaError `join-failed`, `unsupported`, `output-exists`, `output-unwritable` or `tool-missing`
 */
export async function joinProject(input: JoinInput, { signal }: RunOptions): Promise<JoinedFile> {
  const webm = isWebm(input.output)
  const frames = input.timestampsMs.length
  const videoFile = join(input.workDir, 'video.ivf')
  const othersFile = join(input.workDir, 'others.mkv')
  const output = await openOutput(input.output, input.overwrite)
  try {
    const streams = await ffprobe(input.source.path, ['-show_streams', '-show_format'], { signal })
    const firstFrame = ['-select_streams', 'V:0', '-show_frames', '-read_intervals', '%+#1']
    const { frames: described } = await ffprobe(input.source.path, firstFrame, { signal })
    const probed = { ...streams, frames: described }
    const video = await joinVideo(input, videoFile, (done) => input.onProgress((done / frames) * JOINED), { signal })
    const others = await otherStreams(input.source, probed, othersFile, { signal })
    await mux(
      { join: input, probed, videoFile, others, seed: video.contentHash, webm, target: output.partPath },
      { signal }
    )
    input.onProgress(MUXED)
    await checkJoined(
      output.partPath,
      input,
      probed,
      (done) => input.onProgress(MUXED + (1 - MUXED) * (done / frames)),
      { signal }
    )
    const { bytes, sha256 } = await hashFile(output.partPath, { signal })
    await output.publish()
    input.onProgress(1)
    return { path: input.output, bytes, sha256, frames }
  } finally {
    await Promise.all([output.discard(), rm(videoFile, { force: true }), rm(othersFile, { force: true })])
  }
}
