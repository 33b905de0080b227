import { rm } from 'node:fs/promises'
import { anySignal } from '../../common/any-signal.ts'
import { analyseArgs, knownAnalysis, startAnalysis } from './analyse.ts'
import { analysisKey } from './analysis-cache.ts'
import { MediaError } from '../programs/errors.ts'
import { describeFile } from '../programs/ffprobe.ts'
import { hashOfFrames } from '../programs/frame-hash.ts'
import { createPieceMaker, type PieceMaker, PIECES_AT_A_TIME } from './piece-maker.ts'
import { coversRange, createSceneSearch, emptyRange, keptTimes, type PlannedScene, stopBehind } from './plan-scenes.ts'
import { createSampleSearch } from './sample.ts'
import { beginsWithin } from './leading.ts'
import { type SourceDecode, sourceDecode } from './source-decode.ts'
import { timeWarnings } from './source-warnings.ts'
import type { Analysis, PrepareEvent, PrepareInput, SkippedScene } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'
import { makeWorkCopy } from './work-copy.ts'

async function sceneEvent(
  index: number,
  projectStart: number,
  scene: PlannedScene,
  input: PrepareInput,
  analysis: Analysis,
  pieces: PieceMaker
): Promise<PrepareEvent> {
  const { start, frames, zone } = scene
  const planned = { index, start: projectStart, frames, zone }
  if (!input.skipPiece(index)) {
    const made = await input.beforePiece?.()
    try {
      return { type: 'scene', scene: { ...planned, ...(await pieces.make(index, scene)) } }
    } finally {
      made?.()
    }
  }
  const inputHash = hashOfFrames(analysis.hashes.slice(start, start + frames))
  return { type: 'skipped', scene: { ...planned, inputHash } }
}

async function findDecode(input: PrepareInput, careful: boolean, options: RunOptions): Promise<SourceDecode> {
  const probed = await describeFile(input.source.path, options)
  const isWithin = await beginsWithin(input.source, options)
  const how = { deinterlace: input.deinterlace === true, picture: input.picture, isWithin, careful }
  return sourceDecode(input.source, probed, how, options)
}

async function loadAnalysis(input: PrepareInput, key: string | undefined): Promise<Analysis | undefined> {
  const found = key === undefined ? undefined : await input.cache?.load(key)
  const known = found === undefined ? undefined : knownAnalysis(found)
  return known !== undefined && coversRange(input.range, known) ? known : undefined
}

/** An earlier analysis, if the cache has one that goes far enough; otherwise one that begins now. */
async function findAnalysis(
  input: PrepareInput,
  decode: SourceDecode,
  key: string | undefined,
  options: RunOptions
): Promise<{ readonly analysis: Analysis; readonly isKnown: boolean }> {
  const known = await loadAnalysis(input, key)
  if (known !== undefined) return { analysis: known, isKnown: true }
  return { analysis: startAnalysis(input, decode, options), isKnown: false }
}

const keyOf = async (input: PrepareInput, decode: SourceDecode, options: RunOptions): Promise<string> => {
  const args = analyseArgs(input, decode).filter((arg) => arg !== `file:${input.source.path}`)
  return analysisKey(input.source.path, [args, input.source.video.fps], options)
}

/** @throws MediaError `unsupported` for a source that is not as long as it has to be */
function checkFrames({ expectedFrames }: PrepareInput, analysis: Analysis): void {
  const found = analysis.known()
  if (expectedFrames === undefined || !analysis.complete() || found === expectedFrames) return
  throw new MediaError('unsupported', `The source has ${found} frames, not ${expectedFrames}.`, { field: 'frames' })
}

/** As soon as it is done: cutting may take much longer. */
async function keepAnalysis(
  input: PrepareInput,
  decode: SourceDecode,
  key: string,
  analysis: Analysis,
  options: RunOptions
): Promise<void> {
  try {
    await analysis.done
    // A source that was changed meanwhile has another key.
    if (key === (await keyOf(input, decode, options))) await input.cache?.save(key, analysis)
  } catch {
    // Without it, the next analysis takes longer; the reader of the analysis gets the error.
  }
}

/**
 * Finds the scenes of a source and cuts a piece for each. One decode of the source, up to the end of the range, gives every frame's hash (the truth) and the cuts; a piece is
 * only handed out when a worker's decode of it gives the same hashes. Scenes come while the analysis still runs. The same source gives the same scenes and the same frames.
 * @throws MediaError `not-a-video`, `decode-failed`, `unsupported`, `empty-range` or `tool-missing`; DamageFound unless `careful`
 */
export async function* prepareOnce(
  input: PrepareInput,
  careful: boolean,
  { signal }: RunOptions
): AsyncGenerator<PrepareEvent, void, undefined> {
  const stop = new AbortController()
  const options = { signal: anySignal([signal, stop.signal]) }
  const workCopy = input.planOnly === true ? Promise.resolve(undefined) : makeWorkCopy(input, options)
  workCopy.catch(() => {})
  const making: Promise<PrepareEvent>[] = []
  let key: string | undefined
  let keeping: Promise<void> | undefined
  try {
    const decode = await findDecode(input, careful, options)
    key = input.cache === undefined ? undefined : await keyOf(input, decode, options)
    const { analysis, isKnown } = await findAnalysis(input, decode, key, options)
    void stopBehind(input.range, analysis)
    keeping = isKnown || key === undefined ? undefined : keepAnalysis(input, decode, key, analysis, options)
    const pieces = createPieceMaker({ analysis, decode, workCopy }, input, options)
    const starts: number[] = []
    let frames = 0
    const search = createSceneSearch(input, analysis)
    const sample = input.sample === undefined ? undefined : createSampleSearch(search, input.sample)
    const scenes = (sample ?? search).scenes()
    const nextScene = (): Promise<IteratorResult<PlannedScene, void>> => {
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
        const scene = ready.next.value
        const made = sceneEvent(starts.length, frames, scene, input, analysis, pieces)
        made.catch(() => {})
        making.push(made)
        starts.push(scene.start)
        frames += scene.frames
        planned = nextScene()
      } else {
        planned = undefined
      }
    }
    await keeping
    // For a part of the source, the end is unknown.
    if (analysis.complete())
      for (const sentence of timeWarnings(analysis.timesMs, input.source)) input.onWarning?.(sentence)
    if (frames === 0) throw emptyRange(analysis, input.range)
    checkFrames(input, analysis)
    const { timestampsMs, kept } =
      sample === undefined
        ? keptTimes(input, analysis.timesMs, search.frames())
        : { timestampsMs: sample.times(analysis.timesMs, input.source.video.fps), kept: undefined }
    yield { type: 'end', end: { frames, scenes: starts.length, timestampsMs, kept, film: sample?.film(), starts } }
  } catch (error) {
    signal.throwIfAborted()
    // Whatever else it was: the next attempt looks for itself.
    const isUseful = error instanceof MediaError && (error.code === 'empty-range' || error.field === 'frames')
    if (key !== undefined && !isUseful) {
      stop.abort()
      await keeping
      await input.cache?.forget(key)
    }
    throw error
  } finally {
    stop.abort()
    await Promise.allSettled([workCopy, keeping, ...making])
    const copy = await workCopy.catch(() => undefined)
    if (copy !== undefined) await rm(copy.file, { force: true })
  }
}

/** Input for planning the scenes of a source; no piece is cut and nothing is written. */
export type PlanInput = Omit<PrepareInput, 'workDir' | 'skipPiece' | 'planOnly' | 'onProgress' | 'beforePiece'>

/** The scenes of a source by an analysis of before, without decoding any of it; undefined where none is kept. @throws MediaError */
export async function planKept(plan: PlanInput, options: RunOptions): Promise<readonly SkippedScene[] | undefined> {
  const input = { ...plan, workDir: '', skipPiece: () => true, planOnly: true, onProgress: () => {} }
  const decode = await findDecode(input, false, options)
  if ((await loadAnalysis(input, await keyOf(input, decode, options))) === undefined) return undefined
  const scenes: SkippedScene[] = []
  for await (const event of prepareOnce(input, false, options)) if (event.type === 'skipped') scenes.push(event.scene)
  return scenes
}
