import { ENCODERS, findEncoder, ParamsError, projectParams, ruleInWords } from '../encode/spec/index.ts'
import type { EncodersSection } from '../api/files.ts'
import type { EncoderInfo, ParamsCheck } from '../api/schemas/index.ts'
import type { InstalledEncoder } from '../encode/run/index.ts'
import type { EncoderModule } from '../encode/spec/index.ts'

/** What a submission at this node can encode with, from the encoders' own tables. */
export function createEncoderList(installed: () => Promise<readonly InstalledEncoder[]>): EncodersSection {
  return {
    list: async () => {
      const found = await installed()
      return Object.values(ENCODERS).map((encoder) => describe(encoder, found))
    },
    check
  }
}

function describe(encoder: EncoderModule, installed: readonly InstalledEncoder[]): EncoderInfo {
  const { name, aliases, program, defaultParams, bitDepths, quantiser, presets, rules } = encoder
  return {
    name,
    aliases: [...aliases],
    program,
    build: installed.find((one) => one.name === name)?.build ?? null,
    defaultParams,
    bitDepths: [...bitDepths],
    quantiser: { flag: `--${quantiser.flag}`, min: quantiser.min, max: quantiser.max },
    presets: [
      { name: 'archive', params: presets.archive },
      { name: 'balanced', params: defaultParams },
      { name: 'quick', params: presets.quick }
    ],
    flags: [...rules.allowed].map(([flag, rule]) => ({ flag: `--${flag}`, takes: ruleInWords(rule) }))
  }
}

/** What a submission would say of the parameters, but for its trial encode. */
function check(name: string, params: string): ParamsCheck | undefined {
  const encoder = known(name)
  if (encoder == null) return undefined
  try {
    const { tokens } = encoder.parseParams(projectParams(params, encoder.defaultParams))
    return { ok: true, reason: '', flag: null, normalised: tokens.join(' ') }
  } catch (error) {
    if (!(error instanceof ParamsError)) throw error
    return { ok: false, reason: error.message, flag: error.flag ?? null }
  }
}

function known(name: string): EncoderModule | undefined {
  try {
    return findEncoder(name)
  } catch {
    return undefined
  }
}
