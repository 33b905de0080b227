import {
  ENCODERS,
  findEncoder,
  ParamsError,
  ruleInWords,
  rulesFor,
  startParams,
  submittedParams
} from '../encode/spec/index.ts'
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
    check: async (name, params) => {
      const encoder = known(name)
      return encoder === undefined ? undefined : checkParams(encoder, params, await installed())
    }
  }
}

function describe(encoder: EncoderModule, installed: readonly InstalledEncoder[]): EncoderInfo {
  const { name, aliases, program, bitDepths, quantiser } = encoder
  const here = installed.find((one) => one.name === name)
  const { allowed } = rulesFor(encoder.flags, here?.facts)
  const { defaultParams, presets } = startParams(encoder, here?.facts)
  return {
    name,
    aliases: [...aliases],
    program,
    build: here?.build ?? null,
    defaultParams,
    bitDepths: [...bitDepths],
    quantiser: { flag: `--${quantiser.flag}`, min: quantiser.min, max: quantiser.max },
    presets: [
      { name: 'archive', params: presets.archive },
      { name: 'balanced', params: defaultParams },
      { name: 'quick', params: presets.quick }
    ],
    flags: [...allowed].map(([flag, rule]) => ({ flag: `--${flag}`, takes: ruleInWords(rule) }))
  }
}

/** What a submission would say of the parameters, but for its trial encode. */
function checkParams(encoder: EncoderModule, params: string, installed: readonly InstalledEncoder[]): ParamsCheck {
  const here = installed.find(({ name }) => name === encoder.name)
  try {
    const { tokens, notes } = submittedParams(encoder, params, here?.facts)
    return { ok: true, reason: '', flag: null, notes: [...notes], normalised: tokens.join(' ') }
  } catch (error) {
    if (!(error instanceof ParamsError)) throw error
    return { ok: false, reason: error.message, flag: error.flag ?? null, notes: [] }
  }
}

function known(name: string): EncoderModule | undefined {
  try {
    return findEncoder(name)
  } catch {
    return undefined
  }
}
