import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createBatches } from '../../common/in-batches.ts'
import type { SceneRange } from '../rules/index.ts'
import type { Analysis, PreparedScene, PrepareInput } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'
import { DamageFound } from './damage.ts'
import { hashPieces, startPieceDecode } from '../programs/decode.ts'
import { EXACT_CODECS } from '../programs/decoders.ts'
import { MediaError } from '../programs/errors.ts'
import { hashOfFrames } from '../programs/frame-hash.ts'
import { createLosslessMaker, type LosslessMaker } from './lossless.ts'
import type { SourceDecode } from './source-decode.ts'
import { cutPieces, type WorkCopy } from './work-copy.ts'

/** Frames at the start of the source by which the work copy's hidden frames (edit lists) are found. */
const OFFSET_PROBE_FRAMES = 24
const OFFSET_MAX = 256

/** Programs that cut and prove pieces beside the analysis. */
const STARTS_AT_ONCE = 2

/** More decoders in one program would only take more memory: the start is then a small part of the work. */
const PIECES_OF_A_START = 4

/** Pieces that are asked for at a time keep both programs busy. */
export const PIECES_AT_A_TIME = STARTS_AT_ONCE * PIECES_OF_A_START

/** The starts share the cores: more threads for a decoder cost processor time and memory. */
const PROOF_THREADS = Math.max(1, Math.floor(availableParallelism() / STARTS_AT_ONCE))

/** Where a piece is, and what it decodes to. */
export type MadePiece = Pick<PreparedScene, 'pieceFile' | 'skip' | 'inputHash'>

/** Makes source pieces, each proved to decode to exactly its scene's frames. */
export interface PieceMaker {
  /** `index` only names the file; the scene's frames are the source's. @throws DamageFound when no exact piece can be made; MediaError `unsupported` when it was done with care already */
  readonly make: (index: number, scene: SceneRange) => Promise<MadePiece>
}

export interface PieceMakerComponents {
  readonly analysis: Analysis
  readonly decode: SourceDecode
  readonly workCopy: Promise<WorkCopy | undefined>
}

/** A cut of a scene out of the work copy. */
interface Cut {
  readonly copy: WorkCopy
  readonly scene: SceneRange
  /** Of the scene's first frame in the copy. */
  readonly offset: number
  readonly file: string
}

interface MadeCut extends Pick<Cut, 'scene' | 'file'> {
  readonly skip: number
}

class Maker implements PieceMaker {
  readonly #input: PrepareInput
  readonly #parts: PieceMakerComponents
  readonly #options: RunOptions
  /** Of each decoder that proves pieces; undefined where the truth comes from one thread. On more than one core it is not the number of the truth, so a piece whose frames depend on it is found. */
  readonly #proofThreads: number | undefined
  readonly #lossless: LosslessMaker
  readonly #cutAt: (cut: Cut) => Promise<number | undefined>
  /** Frames that the work copy decodes to before the source's first. */
  #offset = 0
  #offsetSought: Promise<void> | undefined

  constructor(parts: PieceMakerComponents, input: PrepareInput, options: RunOptions) {
    this.#parts = parts
    this.#input = input
    this.#options = options
    this.#proofThreads = parts.decode.careful ? undefined : PROOF_THREADS
    this.#lossless = createLosslessMaker(input.source.video, parts.decode, options)
    this.#cutAt = createBatches(async (cuts) => this.#cutTogether(cuts), {
      parallel: STARTS_AT_ONCE,
      itemsMax: PIECES_OF_A_START
    })
  }

  async make(index: number, scene: SceneRange): Promise<MadePiece> {
    const { start, frames } = scene
    const pieceFile = join(this.#input.workDir, `piece-${index}.mkv`)
    const inputHash = hashOfFrames(this.#truth(scene))
    const skip = await this.#cut(scene, pieceFile)
    if (skip !== undefined) return { pieceFile, skip, inputHash }
    await this.#lossless.make(start, frames, pieceFile)
    if (!(await this.#proves(scene, pieceFile, 0))) {
      await rm(pieceFile, { force: true })
      const twice = `Frames ${start} to ${start + frames - 1} decode to different frames the second time.`
      throw this.#parts.decode.careful ? new MediaError('unsupported', twice) : new DamageFound(twice)
    }
    return { pieceFile, skip: 0, inputHash }
  }

  #truth({ start, frames }: SceneRange): readonly string[] {
    return this.#parts.analysis.hashes.slice(start, start + frames)
  }

  /** A stream copy; the frames to skip, or undefined when it cannot be proved. */
  async #cut(scene: SceneRange, file: string): Promise<number | undefined> {
    if (!EXACT_CODECS.has(this.#parts.decode.codec) || this.#parts.decode.convert !== undefined) return undefined
    const copy = await this.#parts.workCopy
    if (copy === undefined) return undefined
    const offset = this.#offset
    const skip = await this.#cutAt({ copy, scene, offset, file })
    if (skip !== undefined) return skip
    this.#offsetSought ??= this.#seekOffset(copy)
    await this.#offsetSought
    return this.#offset === offset ? undefined : this.#cutAt({ copy, scene, offset: this.#offset, file })
  }

  /** Cut and proved, several in one start of ffmpeg each: on small pictures the starts cost more than the work. */
  async #cutTogether(cuts: readonly Cut[]): Promise<readonly (number | undefined)[]> {
    const [first] = cuts
    if (first === undefined) return []
    const skips = await cutPieces(
      first.copy,
      cuts.map(({ scene, offset, file }) => ({ start: scene.start + offset, frames: scene.frames, file })),
      this.#options
    )
    const made = cuts.flatMap(({ scene, file }, n) => {
      const skip = skips[n]
      return skip === undefined ? [] : [{ scene, file, skip }]
    })
    const proved = new Set(await this.#provedOf(made))
    return cuts.map(({ file }, n) => (proved.has(file) ? skips[n] : undefined))
  }

  /** @returns the files of those that decode to exactly their scene's frames */
  async #provedOf(made: readonly MadeCut[]): Promise<readonly string[]> {
    const pieces = made.map(({ scene, file, skip }) => ({
      pieceFile: file,
      skip,
      frames: scene.frames,
      filters: this.#input.picture,
      hashFile: `${file}.hashes`
    }))
    const hashes =
      pieces.length > 1 ? await hashPieces(pieces, { ...this.#options, threads: this.#proofThreads }) : undefined
    const proved: string[] = []
    for (const [n, { scene, file, skip }] of made.entries()) {
      const found = hashes?.[n]
      // Where something is wrong with one, each is looked at alone.
      const isProved = found === undefined ? await this.#proves(scene, file, skip) : this.#isTruth(scene, found)
      if (isProved) proved.push(file)
    }
    return proved
  }

  #isTruth(scene: SceneRange, hashes: readonly string[]): boolean {
    const truth = this.#truth(scene)
    return hashes.length === truth.length && hashes.every((hash, n) => hash === truth[n])
  }

  async #proves(scene: SceneRange, pieceFile: string, skip: number): Promise<boolean> {
    const piece = { pieceFile, skip, frames: scene.frames, filters: this.#input.picture }
    const decode = startPieceDecode(piece, { ...this.#options, y4m: undefined, threads: this.#proofThreads })
    const [end, hashes] = await Promise.all([decode.process.ended, decode.hashes])
    // A decoder may conceal damage differently on a worker.
    if (this.#parts.decode.careful && end.stderrTail !== '') return false
    return end.code === 0 && this.#isTruth(scene, hashes)
  }

  async #seekOffset(copy: WorkCopy): Promise<void> {
    const truth = this.#parts.analysis.hashes.slice(0, OFFSET_PROBE_FRAMES)
    const frames = OFFSET_MAX + truth.length
    const piece = { pieceFile: copy.file, skip: 0, frames, filters: this.#input.picture }
    const decode = startPieceDecode(piece, { ...this.#options, y4m: undefined })
    await decode.process.ended
    const found = await decode.hashes
    for (let offset = 1; offset <= OFFSET_MAX; offset += 1) {
      if (truth.every((hash, n) => found[offset + n] === hash)) {
        this.#offset = offset
        return
      }
    }
  }
}

export const createPieceMaker = (
  components: PieceMakerComponents,
  input: PrepareInput,
  options: RunOptions
): PieceMaker => new Maker(components, input, options)
