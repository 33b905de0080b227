import { rm } from 'node:fs/promises'
import { createScenePlanner, type SceneRange } from '../spec/index.ts'
import { type Analysis, startAnalysis } from './analyse.ts'
import { ffprobe } from './ffprobe.ts'
import { hashOfFrames } from './frame-hash.ts'
import { createPieceMaker, type PieceMaker } from './piece-maker.ts'
import { sourceDecode } from './source-decode.ts'
import { timeWarnings } from './source-warnings.ts'
import type { PrepareEvent, PrepareInput, RunOptions } from './types.ts'
import { makeWorkCopy } from './work-copy.ts'

/** Pieces that are made at a time beside the analysis. */
const PIECES_AT_A_TIME = 2

/** Scenes in order, each as soon as the analysis makes it certain. */
async function* planScenes(input: PrepareInput, analysis: Analysis): AsyncGenerator<SceneRange, void, undefined> {
  const planner = createScenePlanner(input.scenes)
  let fed = 0
  const feed = (known: number): SceneRange[] => {
    const cuts: number[] = []
    for (let cut = analysis.cuts[fed]; cut !== undefined && cut < known; cut = analysis.cuts[fed]) {
      cuts.push(cut)
      fed += 1
    }
    return planner.push(cuts, known)
  }
  while (!analysis.ended()) {
    await analysis.changed()
    input.onProgress(analysis.hashes.length)
    yield* feed(analysis.known())
  }
  await analysis.done
  yield* feed(analysis.known())
  yield* planner.finish(analysis.hashes.length)
}

async function sceneEvent(
  index: number,
  scene: SceneRange,
  input: PrepareInput,
  analysis: Analysis,
  pieces: PieceMaker
): Promise<PrepareEvent> {
  if (!input.skipPiece(index)) return { type: 'scene', scene: await pieces.make(index, scene) }
  const inputHash = hashOfFrames(analysis.hashes.slice(scene.start, scene.start + scene.frames))
  return { type: 'skipped', scene: { index, start: scene.start, frames: scene.frames, inputHash } }
}

/**
 * Finds the scenes of a source and cuts a piece for each. One decode of the whole source gives every frame's hash (the truth) and the cuts; a piece is only handed out when a
 * worker's decode of it gives the same hashes. Scenes come while the analysis still runs. The same source gives the same scenes and the same frames.
 * @throws MediaError `not-a-video`, `decode-failed`, `unsupported` or `tool-missing`; DamageFound unless `careful`
 */
export async function* prepareOnce(
  input: PrepareInput,
  careful: boolean,
  { signal }: RunOptions
): AsyncGenerator<PrepareEvent, void, undefined> {
  const stop = new AbortController()
  const options = { signal: AbortSignal.any([signal, stop.signal]) }
  const workCopy = makeWorkCopy(input, options)
  workCopy.catch(() => {})
  const making: Promise<PrepareEvent>[] = []
  try {
    const probed = await ffprobe(input.source.path, ['-show_streams', '-show_format'], options)
    const decode = sourceDecode(input.source, probed, { deinterlace: input.deinterlace === true, careful })
    const analysis = startAnalysis(input, decode, options)
    const pieces = createPieceMaker({ analysis, decode, workCopy }, input, options)
    let index = 0
    const scenes = planScenes(input, analysis)
    const nextScene = (): Promise<IteratorResult<SceneRange, void>> => {
      const next = scenes.next()
      // It may fail while pieces are waited for.
      next.catch(() => {})
      return next
    }
    let planned: ReturnType<typeof nextScene> | undefined = nextScene()
    while (planned !== undefined || making.length > 0) {
      const mayStart = planned !== undefined && making.length < PIECES_AT_A_TIME
      const first = making[0]
      const ready = await Promise.race([
        ...(first === undefined ? [] : [first.then((event) => ({ event, next: undefined }))]),
        ...(mayStart && planned !== undefined ? [planned.then((next) => ({ event: undefined, next }))] : [])
      ])
      if (ready.event !== undefined) {
        void making.shift()
        yield ready.event
      } else if (ready.next?.done === false) {
        const made = sceneEvent(index, ready.next.value, input, analysis, pieces)
        made.catch(() => {})
        making.push(made)
        index += 1
        planned = nextScene()
      } else {
        planned = undefined
      }
    }
    for (const sentence of timeWarnings(analysis.timesMs, input.source)) input.onWarning?.(sentence)
    yield { type: 'end', end: { frames: analysis.hashes.length, scenes: index, timestampsMs: analysis.timesMs } }
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    stop.abort()
    await Promise.allSettled([workCopy, ...making])
    const copy = await workCopy.catch(() => undefined)
    if (copy !== undefined) await rm(copy.file, { force: true })
  }
}
