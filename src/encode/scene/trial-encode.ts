import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ENCODERS, type EncoderModule, type EncoderParams, handedVideo, type VideoFormat } from '../rules/index.ts'
import { checkOutput, givenFiles, prepareFiles } from './encoder-files.ts'
import { MediaError } from '../programs/errors.ts'
import type { IvfSummary } from '../programs/ivf-file.ts'
import { expectSuccess, type MediaProcess, type ProcessEnd, startProcess } from '../programs/process.ts'
import { encoderFacts } from '../programs/program-facts.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** A few frames to try parameters out on. */
export interface TrialClip {
  readonly video: VideoFormat
  readonly frames: number
  /** The clip as y4m, for each pass again, in the format that the encoder is handed: of `video` or deeper. */
  readonly y4m: (handed: VideoFormat) => Iterable<Uint8Array> | AsyncIterable<Uint8Array>
  /** Default 1. */
  readonly threads?: number
  /** Default: as everything else. */
  readonly nice?: number
}

/** Some encoders continue without a parameter that they rejected. @throws MediaError `encode-failed` */
function checkComplaints({ program, complaint }: EncoderModule, { stderrTail }: ProcessEnd): void {
  const line = stderrTail.split(/[\r\n]+/).find((one) => complaint?.test(one.trim()))
  if (line !== undefined) throw new MediaError('encode-failed', `${program} complained: ${line}`, { stderrTail })
}

/** No faster than it is read; a program that ends early says why itself. */
async function feed(
  { stdin, ended }: MediaProcess,
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
): Promise<void> {
  const gone = ended.then(
    () => 'ended',
    () => 'ended'
  )
  for await (const part of parts) {
    if (stdin.destroyed) return
    if (stdin.write(part)) continue
    if ((await Promise.race([once(stdin, 'drain').catch(() => 'ended'), gone])) === 'ended') return
  }
  stdin.end()
}

/** Where the frames fail, the program is killed: it would wait for the rest. */
async function fedEnd(running: MediaProcess, parts: Parameters<typeof feed>[1]): Promise<ProcessEnd> {
  try {
    await feed(running, parts)
  } catch (error) {
    running.kill()
    await running.ended.catch(() => {})
    throw error
  }
  return running.ended
}

/**
 * Encodes a clip that is made here, in a folder that is gone afterwards.
 * @param use gets the IVF file while it is there
 * @throws MediaError `encode-failed` with the encoder's own words, or `tool-missing`
 */
export async function trialEncode<T>(
  params: EncoderParams,
  { video, frames, y4m, threads = 1, nice }: TrialClip,
  use: (file: string, summary: IvfSummary) => T | Promise<T>,
  { signal }: RunOptions
): Promise<T> {
  const encoder = ENCODERS[params.encoder]
  const folder = await mkdtemp(join(tmpdir(), 'grav1-trial-'))
  try {
    const [files, facts] = [await prepareFiles(folder, encoder, params, video), await encoderFacts(encoder, { signal })]
    const file = files.outputFile
    const handed = handedVideo(encoder, params, video)
    const runPass = async (pass: 1 | 2): Promise<ProcessEnd> => {
      const args = encoder.buildArgs({ params, facts, video, threads, ...files, pass })
      const running = startProcess(encoder.program, args, {
        signal,
        stdin: 'pipe',
        ...givenFiles(files, handed, frames),
        ...(nice === undefined ? {} : { nice })
      })
      const end = await fedEnd(running, y4m(handed))
      expectSuccess(end, encoder.program, 'encode-failed')
      return end
    }
    const first = encoder.passes === 2 ? [await runPass(1)] : []
    const end = await runPass(encoder.passes)
    const summary = await checkOutput({ encoder, end, file, frames }, { signal })
    // Last, because a missing output says more.
    for (const one of [...first, end]) checkComplaints(encoder, one)
    return await use(file, summary)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
