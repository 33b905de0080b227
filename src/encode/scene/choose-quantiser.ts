import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  atDepth,
  ENCODERS,
  isFinal,
  isLong,
  type NextStep,
  nextQuantiser,
  type QualityTarget,
  searchOf,
  type Trial,
  trialParams,
  trialWindow
} from '../rules/index.ts'
import type { IvfSummary } from '../programs/ivf-file.ts'
import type { RunOptions } from '../programs/run-options.ts'
import { MEASURED_EVERY, measureFrames, meterFor } from '../verify/measure.ts'
import type { EncodeSceneInput, PassInput } from './types.ts'

/** An encode that has ended. */
export interface Encoded {
  readonly file: string
  readonly summary: IvfSummary
}

/** The quantiser of a scene, and its encode where a trial was that. */
export interface ChosenQuantiser {
  readonly quantiser: number
  readonly encoded: Encoded | undefined
}

/**
 * The quantiser with which the scene comes nearest to the quality that its parameters ask for; undefined where they ask for none. The same on every machine.
 * @param encode leaves its file where the one before was
 */
export async function chooseQuantiser(
  input: EncodeSceneInput,
  encode: (trial: PassInput) => Promise<Encoded>,
  options: RunOptions
): Promise<ChosenQuantiser | undefined> {
  const { target } = input.params
  return target === undefined ? undefined : search(target, input, encode, options)
}

async function search(
  target: QualityTarget,
  input: EncodeSceneInput,
  encode: (trial: PassInput) => Promise<Encoded>,
  options: RunOptions
): Promise<ChosenQuantiser> {
  const { quantiser: how } = ENCODERS[input.encoder]
  const init = { ...searchOf(input.params, target, how), isLong: isLong(input.frames) }
  const isKept = isFinal(input.params, how)
  const kept = new Map<number, Encoded>()

  async function score({ quantiser, isRough }: Extract<NextStep, { type: 'try' }>): Promise<number> {
    const { start, frames } = trialWindow(input.frames, isRough)
    const part = {
      ...input,
      skip: input.skip + start,
      frames,
      params: trialParams(input.params, quantiser, how, isRough)
    }
    const hidden = { inputHash: undefined, onProgress: () => {} }
    const { file, summary } = await encode({ ...part, ...(isRough ? hidden : {}) })
    const bitDepth = part.params.bitDepth ?? input.video.bitDepth
    const meter = meterFor(atDepth(input.video, bitDepth), target)
    await measureFrames({ ...part, bitDepth, file }, meter, MEASURED_EVERY, options)
    if (isRough || !isKept) await rm(file)
    else {
      const to = join(input.workDir, `trial-${quantiser}.ivf`)
      await rename(file, to)
      kept.set(quantiser, { file: to, summary })
    }
    return meter.score()
  }

  const trials: Trial[] = []
  while (true) {
    const next = nextQuantiser(trials, init)
    if (next.type === 'take') {
      const encoded = kept.get(next.quantiser)
      for (const { file } of kept.values()) if (file !== encoded?.file) await rm(file)
      return { quantiser: next.quantiser, encoded }
    }
    trials.push({ quantiser: next.quantiser, isRough: next.isRough, score: await score(next) })
  }
}
