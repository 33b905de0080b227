import { isSince, versionOf } from './params/option-table.ts'
import type { EncoderModule, ProgramFacts, StartParams } from './types.ts'

/** Parameters to begin with on a machine whose program says this of itself. Without facts those that every version takes. */
export function startParams(encoder: EncoderModule, facts?: ProgramFacts): StartParams {
  const version = versionOf(facts)
  const newer = (encoder.newerStarts ?? []).filter((one) => version !== undefined && isSince(version, one.since))
  const { defaultParams, presets } = newer.at(-1) ?? encoder
  return { defaultParams, presets }
}
