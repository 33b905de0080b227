import { rm } from 'node:fs/promises'
import { ENCODERS, isLong, nextQuantiser, searchOf, type Trial, trialParams, trialWindow } from '../rules/index.ts'
import { MEASURED_EVERY, measureFrames, meterFor } from '../verify/measure.ts'
import type { EncodeSceneInput, PassInput } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** The quantiser with which the scene should have the quality that its parameters ask for; undefined where they ask for none. The same on every machine. */
export async function chooseQuantiser(
  input: EncodeSceneInput,
  encode: (trial: PassInput) => Promise<{ readonly file: string }>,
  options: RunOptions
): Promise<number | undefined> {
  const { target } = input.params
  if (target === undefined) return undefined
  const { quantiser } = ENCODERS[input.encoder]
  const search = { ...searchOf(input.params, target, quantiser), isLong: isLong(input.frames) }
  const trials: Trial[] = []
  while (true) {
    const next = nextQuantiser(trials, search)
    if (next.type === 'take') return next.quantiser
    const { start, frames } = trialWindow(input.frames, next.isRough)
    const part = { ...input, skip: input.skip + start, frames }
    const params = trialParams(input.params, next.quantiser, quantiser)
    const { file } = await encode({ ...part, params, inputHash: undefined, onProgress: () => {} })
    const meter = meterFor(input.video, target)
    await measureFrames({ ...part, file }, meter, MEASURED_EVERY, options)
    await rm(file)
    trials.push({ quantiser: next.quantiser, score: meter.score(), isRough: next.isRough })
  }
}
