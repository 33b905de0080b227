import { thresholdToScenecut } from '../rules/index.ts'
import { DamageFound } from './damage.ts'
import { ANY_DAMAGE } from '../programs/decode.ts'
import { MediaError } from '../programs/errors.ts'
import { FRAME_HASH_OUTPUT, readFrameHashes } from '../programs/frame-hash.ts'
import { readLines } from '../programs/lines.ts'
import { expectSuccess, type MediaProcess, startProcess } from '../programs/process.ts'
import type { SourceDecode } from './source-decode.ts'
import { createStderrWatch, WATCHED } from './stderr-watch.ts'
import type { Analysis, KnownAnalysis, PrepareInput } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** Height at which scenes are detected: more finds no more cuts (measured) and costs more. */
const DETECT_HEIGHT = 180

function detectSize(width: number, height: number): string {
  const even = (value: number): number => Math.min(Math.max(Math.round(value / 2) * 2, 16), 1024)
  const h = Math.min(DETECT_HEIGHT, height)
  return `${even((width * h) / height)}:${even(h)}`
}

/** ffmpeg's arguments. */
export function analyseArgs({ source, scenes, picture }: PrepareInput, decode: SourceDecode): string[] {
  const filters = decode.encoded === undefined ? '' : `${decode.encoded},`
  const { width, height } = picture?.to ?? source.video
  // One thread: more take longer to meet than to scale so small a picture.
  const small = `scale=${detectSize(width, height)}:flags=fast_bilinear:threads=1,format=yuv420p`
  const graph = `[0:${decode.stream}]${filters}split=2[a][b];[b]${small}[c]`
  const scenecut = thresholdToScenecut(scenes.threshold)
  // One thread: x264's lookahead finds slightly other cuts with more, and scenes must not depend on the machine.
  const cuts = `keyint=infinite:min-keyint=1:scenecut=${scenecut}:rc-lookahead=20:bframes=3:b-adapt=1:threads=1:lookahead-threads=1`
  // The lookahead finds the cuts; what is encoded after it is thrown away, so it may cost little.
  const coarse = 'partitions=none:no-deblock=1'
  const truth = [
    '-map',
    '[a]',
    '-fps_mode',
    'passthrough',
    '-enc_time_base',
    decode.timeBase,
    ...FRAME_HASH_OUTPUT,
    'pipe:1'
  ]
  const encoder = [
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-crf',
    '51',
    '-threads',
    '1',
    '-x264-params',
    `${cuts}:${coarse}`
  ]
  const detect = [
    '-map',
    '[c]',
    '-fps_mode',
    'passthrough',
    ...encoder,
    '-flush_packets',
    '1',
    '-f',
    'framecrc',
    'pipe:3'
  ]
  return [...WATCHED, ...ANY_DAMAGE, ...decode.input, '-filter_complex', graph, ...truth, ...detect, ...decode.clock]
}

interface AnalyserWatch {
  readonly damage: () => string | undefined
  /** Called when the first frame has arrived. */
  readonly begun: () => void
}

class Analyser implements Analysis {
  readonly hashes: string[] = []
  readonly timesMs: number[] = []
  readonly cuts: number[] = []
  readonly done: Promise<void>
  readonly #frameMs: number
  readonly #running: MediaProcess
  readonly #damage: () => string | undefined
  readonly #begun: () => void
  #detected = 0
  /** The number of frames known when it was stopped early; anything read later may be half a line. */
  #enough: number | undefined
  #ended = false
  #more = Promise.withResolvers<void>()

  constructor(running: MediaProcess, frameMs: number, { damage, begun }: AnalyserWatch) {
    this.#damage = damage
    this.#begun = begun
    this.#frameMs = frameMs
    this.#running = running
    this.done = this.#read(running)
    this.done.catch(() => {})
  }

  known(): number {
    if (this.#enough !== undefined) return this.#enough
    // If it was stopped because of damage, what the detector has not seen stays unknown.
    const isWhole = this.#ended && this.#damage() === undefined
    return isWhole ? this.hashes.length : Math.min(this.hashes.length, this.#detected)
  }

  complete(): boolean {
    return this.#ended && this.#enough === undefined
  }

  enough(): void {
    if (this.#ended) return
    this.#enough ??= this.known()
    this.#running.kill()
  }

  ended(): boolean {
    return this.#ended
  }

  changed(): Promise<void> {
    return this.#more.promise
  }

  #notify(): void {
    this.#more.resolve()
    this.#more = Promise.withResolvers()
  }

  async #read(running: MediaProcess): Promise<void> {
    try {
      await Promise.all([this.#readHashes(running), this.#readCuts(running)]).catch((error: unknown) => {
        // Killed, it breaks off in the middle.
        if (this.#enough === undefined) throw error
      })
      const end = await running.ended
      this.#throwDamage()
      if (this.#enough !== undefined) return
      if (this.hashes.length === 0) {
        throw new MediaError('not-a-video', 'No frame of the video can be decoded.', {
          stderrTail: end.stderrTail
        })
      }
      expectSuccess(end, 'ffmpeg', 'decode-failed')
    } catch (error) {
      // Ended for it, the reading fails in some way.
      this.#throwDamage()
      throw error
    } finally {
      this.#ended = true
      this.#notify()
    }
  }

  #throwDamage(): void {
    const damage = this.#damage()
    if (damage !== undefined) throw new DamageFound(damage)
  }

  async #readHashes(running: MediaProcess): Promise<void> {
    let tickMs = 0
    const onTimeBase = (seconds: number): void => {
      tickMs = seconds * 1000
    }
    for await (const frame of readFrameHashes(running.stdout, onTimeBase)) {
      // After the messages before this frame have been read too.
      if (this.hashes.length === 0) setImmediate(this.#begun)
      this.hashes.push(frame.hash)
      this.timesMs.push(this.#time(frame.pts * tickMs))
      this.#notify()
    }
  }

  /** Times that are missing or do not grow are set one frame after the last. */
  #time(ms: number): number {
    const last = this.timesMs.at(-1)
    const sane = Number.isFinite(ms) && Math.abs(ms) < 1e12
    if (last === undefined) return sane ? ms : 0
    return sane && ms > last ? ms : last + this.#frameMs
  }

  /** `framecrc` names the flags of every packet but key packets; with closed groups the n-th packet, if key, is the n-th frame. */
  async #readCuts(running: MediaProcess): Promise<void> {
    for await (const line of readLines(running.extra)) {
      if (line.startsWith('#')) continue
      if (!line.includes('F=0x')) this.cuts.push(this.#detected)
      this.#detected += 1
      this.#notify()
    }
  }
}

/** Starts the one decode of the source. */
export function startAnalysis(input: PrepareInput, decode: SourceDecode, { signal }: RunOptions): Analysis {
  const { num, den } = input.source.video.fps
  const watch = createStderrWatch({ stream: decode.stream, isWithin: decode.isWithin })
  const damage = (): string | undefined => (decode.careful ? undefined : watch.complaint())
  const running = startProcess('ffmpeg', analyseArgs(input, decode), {
    signal,
    stdout: 'pipe',
    extra: true,
    reads: [decode.file],
    onStderr: (text) => {
      watch.push(text)
      if (damage() !== undefined) running.kill()
    }
  })
  return new Analyser(running, (1000 * den) / num, { damage, begun: watch.begun })
}

/** An earlier analysis, as if it had just ended. */
export function knownAnalysis(known: KnownAnalysis): Analysis {
  const { hashes, timesMs, cuts } = known
  return {
    hashes,
    timesMs,
    cuts,
    known: () => hashes.length,
    ended: () => true,
    complete: () => known.complete,
    enough: () => {},
    changed: async () => {},
    done: Promise.resolve()
  }
}
