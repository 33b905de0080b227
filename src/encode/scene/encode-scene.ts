import { open, rm } from 'node:fs/promises'
import { anySignal } from '../../common/any-signal.ts'
import { ENCODERS, type EncoderModule, withQuantiser } from '../rules/index.ts'
import { avPiece, expectAvSuccess } from '../programs/av-program.ts'
import { workingMs } from '../programs/brake.ts'
import { chooseQuantiser, type Encoded } from './choose-quantiser.ts'
import { collectHashes } from '../programs/decode.ts'
import { checkFrames, handedOf, startHandedDecode } from './handed-decode.ts'
import { checkOutput, dropInputs, type EncoderFiles, givenFiles, prepareFiles } from './encoder-files.ts'
import { MediaError } from '../programs/errors.ts'
import { expectSuccess, type MediaProcess, type ProcessEnd, startProcess } from '../programs/process.ts'
import { expectMemory, isStuck, noMemory } from '../programs/out-of-memory.ts'
import { encoderFacts } from '../programs/program-facts.ts'
import { keepFrames } from './kept-frames.ts'
import type { EncodedScene, EncodeSceneInput, PassInput } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'
import { checkY4mHeader, feedY4m } from './y4m-feed.ts'

/** Of what an encoder said that does not end. */
const STUCK_CHARS = 200

/** The encoder's stderr as progress, reported only when it changes. */
function progressReporter(input: PassInput, encoder: EncoderModule, pass: 1 | 2): (text: string) => void {
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

/** What a pass of an encoder runs: one that decodes by itself, or one that is fed. */
interface PassRun {
  readonly input: PassInput
  readonly encoder: EncoderModule
  readonly args: readonly string[]
  readonly given: ReturnType<typeof givenFiles>
  /** Of the encoder's process. */
  readonly how: { readonly nice: number; readonly onStderr: (text: string) => void }
}

async function planPass(input: PassInput, files: EncoderFiles, pass: 1 | 2, options: RunOptions): Promise<PassRun> {
  const encoder = ENCODERS[input.encoder]
  const { params, video, threads, nice } = input
  const facts = await encoderFacts(encoder, options)
  const args = encoder.buildArgs({ params, facts, video, pass, threads, ...files })
  const given = givenFiles(files, handedOf(input), input.frames)
  return { input, encoder, args, given, how: { nice, onStderr: progressReporter(input, encoder, pass) } }
}

/** One pass of an encoder that decodes by itself. */
async function runWhole({ input, encoder, args, given, how }: PassRun, { signal }: RunOptions): Promise<ProcessEnd> {
  const running = startProcess(encoder.program, [...args, ...avPiece(input)], {
    ...how,
    signal,
    extra: true,
    ...given,
    reads: [input.pieceFile]
  })
  const hashes = collectHashes(running)
  const end = await running.ended
  expectMemory(end, encoder.program)
  expectAvSuccess(end, encoder.program)
  checkFrames(end, await hashes, input)
  return end
}

/** Where an encoder reads frames: from a pipe, or from an open file by its descriptor. */
type FrameInput = RunOptions & { readonly stdin: 'pipe' | number }

/** Starts an encoder that is fed. One that has no memory and does not end is stopped. */
function startEncoder({ encoder, args, given, how }: PassRun, stop: AbortController, init: FrameInput): MediaProcess {
  const onStderr = (text: string): void => {
    how.onStderr(text)
    if (isStuck(text)) stop.abort(noMemory(encoder.program, text.trim().slice(-STUCK_CHARS), text))
  }
  return startProcess(encoder.program, args, { ...how, onStderr, ...given, ...init })
}

function expectEncoded(end: ProcessEnd, { program }: EncoderModule): void {
  expectMemory(end, program)
  expectSuccess(end, program, 'encode-failed')
}

/** One pass: decoder and encoder. Whatever fails or cannot be started, both are gone when it returns. */
async function runPass(run: PassRun, { signal }: RunOptions): Promise<ProcessEnd> {
  const { input, encoder } = run
  const handed = handedOf(input)
  const stop = new AbortController()
  const either = anySignal([signal, stop.signal])
  const ended: Promise<unknown>[] = []
  try {
    const encoding = startEncoder(run, stop, { signal: either, stdin: 'pipe' })
    ended.push(encoding.ended)
    const feed = feedY4m({
      video: handed,
      to: encoding.stdin,
      signal: either,
      onFailed: (error) => stop.abort(error),
      decode: (y4m) => startHandedDecode(input, y4m, { signal: either })
    })
    const { decoding } = feed
    ended.push(decoding.process.ended)
    ended.push(feed.ended)
    const decoded = await decoding.process.ended
    await checkY4mHeader(decoding, handed)
    const unread = feed.stoppedReading(decoded)
    if (!unread) {
      expectMemory(decoded, 'ffmpeg')
      expectSuccess(decoded, 'ffmpeg', 'decode-failed')
      checkFrames(decoded, await decoding.hashes, input)
    }
    const encoded = await encoding.ended
    expectEncoded(encoded, encoder)
    if (unread) {
      throw new MediaError('encode-failed', `${encoder.program} stopped reading.`, { stderrTail: encoded.stderrTail })
    }
    await feed.ended
    return encoded
  } finally {
    stop.abort()
    await Promise.allSettled(ended)
  }
}

/** One pass that reads kept frames. */
async function runKept(run: PassRun, framesFile: string, { signal }: RunOptions): Promise<ProcessEnd> {
  const stop = new AbortController()
  const frames = await open(framesFile)
  try {
    const init = { signal: anySignal([signal, stop.signal]), stdin: frames.fd }
    const encoded = await startEncoder(run, stop, init).ended
    expectEncoded(encoded, run.encoder)
    return encoded
  } finally {
    await frames.close()
  }
}

/** Runs the encoder's passes; only the output is left. */
async function runPasses(input: PassInput, { signal }: RunOptions): Promise<Encoded> {
  const encoder = ENCODERS[input.encoder]
  const files = await prepareFiles(input.workDir, encoder, input.params, input.video)
  const file = files.outputFile
  try {
    const readsTwice = encoder.passes === 2 && encoder.decodes !== true
    const isKept = readsTwice && (await keepFrames(input, files.framesFile, { signal }))
    const run = async (pass: 1 | 2): Promise<ProcessEnd> => {
      const one = await planPass(input, files, pass, { signal })
      if (isKept) return runKept(one, files.framesFile, { signal })
      return encoder.decodes === true ? runWhole(one, { signal }) : runPass(one, { signal })
    }
    if (encoder.passes === 2) await run(1)
    const end = await run(encoder.passes)
    return { file, summary: await checkOutput({ encoder, end, file, frames: input.frames }, { signal }) }
  } catch (error) {
    await rm(file, { force: true })
    throw error
  } finally {
    await dropInputs(files)
  }
}

/**
 * Encodes one scene in as many passes as its encoder makes, after trials where a quality is aimed at. The bytes depend on the piece, the parameters and the encoder's build only.
 * @throws MediaError `input-mismatch`, `decode-failed`, `encode-failed`, `out-of-memory`, `crashed`, `tool-missing` or `command-refused`; the signal's reason when aborted
 */
export async function encodeScene(input: EncodeSceneInput, { signal }: RunOptions): Promise<EncodedScene> {
  const started = workingMs()
  const chosen = await chooseQuantiser(input, async (trial) => runPasses(trial, { signal }), { signal })
  const quantiser = chosen?.quantiser
  const params =
    quantiser === undefined ? input.params : withQuantiser(input.params, quantiser, ENCODERS[input.encoder].quantiser)
  const { file, summary } = chosen?.encoded ?? (await runPasses({ ...input, params }, { signal }))
  const { bytes, sha256 } = summary
  return { file, bytes, sha256, quantiser, encodeMs: Math.round(workingMs() - started) }
}
