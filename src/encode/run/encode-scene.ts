import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { BitstreamError, ENCODERS, type EncoderModule } from '../spec/index.ts'
import { startPieceDecode } from './decode.ts'
import { MediaError } from './errors.ts'
import { hashOfFrames } from './frame-hash.ts'
import { type IvfSummary, readIvfFile } from './ivf-file.ts'
import { expectSuccess, type ProcessEnd, startProcess } from './process.ts'
import type { EncodedScene, EncodeSceneInput, RunOptions } from './types.ts'
import { createY4mMeter } from './y4m-stream.ts'

interface PassFiles {
  readonly statsFile: string
  readonly outputFile: string
}

/** The encoder's stderr as progress, reported only when it changes. */
function progressReporter(input: EncodeSceneInput, encoder: EncoderModule, pass: 1 | 2): (text: string) => void {
  let reported = -1
  let rest = ''
  return (text) => {
    const frames = encoder.parseProgress(rest + text, pass)
    rest = text.slice(-200)
    if (frames === undefined || frames <= reported) return
    reported = frames
    input.onProgress({ pass, frames: Math.min(frames, input.frames) })
  }
}

/** One pass: decoder, this process counting frames, encoder. Whatever fails, both are gone when it returns. */
async function runPass(input: EncodeSceneInput, files: PassFiles, pass: 1 | 2, { signal }: RunOptions): Promise<void> {
  const encoder = ENCODERS[input.encoder]
  const { params, video, threads, nice } = input
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  const meter = createY4mMeter(video)
  const ended: Promise<ProcessEnd>[] = []
  try {
    const encoding = startProcess(encoder.program, encoder.buildArgs({ params, video, pass, threads, ...files }), {
      signal: either,
      stdin: 'pipe',
      nice,
      onStderr: progressReporter(input, encoder, pass)
    })
    ended.push(encoding.ended)
    const decoding = startPieceDecode(input, { signal: either, y4m: true, nice })
    ended.push(decoding.process.ended)
    const broken = await pipeline(decoding.process.stdout, meter.through, encoding.stdin, { signal: either }).then(
      () => undefined,
      (error: unknown) => ({ error })
    )
    signal.throwIfAborted()
    if (broken?.error instanceof MediaError) {
      if (broken.error.code === 'decode-failed') expectSuccess(await decoding.process.ended, 'ffmpeg', 'decode-failed')
      throw broken.error
    }
    if (broken === undefined) checkDecode(await decoding.process.ended, await decoding.hashes, meter.frames(), input)
    // Otherwise the encoder closed its input: its exit code says why.
    const encoded = await encoding.ended
    expectSuccess(encoded, encoder.program, 'encode-failed')
    if (broken !== undefined) {
      const details = { cause: broken.error, stderrTail: encoded.stderrTail }
      throw new MediaError('encode-failed', `${encoder.program} stopped reading.`, details)
    }
  } finally {
    stop.abort()
    await Promise.allSettled(ended)
  }
}

function checkDecode(end: ProcessEnd, hashes: readonly string[], frames: number, input: EncodeSceneInput): void {
  expectSuccess(end, 'ffmpeg', 'decode-failed')
  if (frames !== input.frames) {
    throw new MediaError('input-mismatch', `The source piece decodes to ${frames} frames, not ${input.frames}.`, {
      stderrTail: end.stderrTail
    })
  }
  if (hashOfFrames(hashes) !== input.inputHash) {
    throw new MediaError(
      'input-mismatch',
      "The source piece decodes to other frames here than on its owner's machine.",
      { stderrTail: end.stderrTail }
    )
  }
}

async function checkOutput(file: string, frames: number, options: RunOptions): Promise<IvfSummary> {
  try {
    const summary = await readIvfFile(file, () => {}, options)
    if (summary.frames === frames) return summary
    throw new MediaError('encode-failed', `The encoder wrote ${summary.frames} frames, not ${frames}.`)
  } catch (error) {
    if (error instanceof BitstreamError)
      throw new MediaError('encode-failed', `The encoder's file is damaged: ${error.message}.`, { cause: error })
    throw error
  }
}

/**
 * Encodes one scene in two passes. The bytes depend on the piece, the parameters and the encoder's build only.
 * @throws MediaError `input-mismatch`, `decode-failed`, `encode-failed` or `tool-missing`; the signal's reason when aborted
 */
export async function encodeScene(input: EncodeSceneInput, { signal }: RunOptions): Promise<EncodedScene> {
  const started = performance.now()
  const files = { statsFile: join(input.workDir, 'pass.log'), outputFile: join(input.workDir, 'scene.ivf') }
  try {
    await runPass(input, files, 1, { signal })
    await runPass(input, files, 2, { signal })
    const { bytes, sha256 } = await checkOutput(files.outputFile, input.frames, { signal })
    return { file: files.outputFile, bytes, sha256, encodeMs: Math.round(performance.now() - started) }
  } catch (error) {
    await rm(files.outputFile, { force: true })
    throw error
  } finally {
    await rm(files.statsFile, { force: true })
  }
}
