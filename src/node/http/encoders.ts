import {
  ENCODERS,
  findEncoder,
  meaningOf,
  ParamsError,
  ruleInWords,
  rulesFor,
  startParams,
  submittedParams
} from '../../encode/rules/index.ts'
import type { EncodersPort } from '../../api/ports.ts'
import type { EncoderInfo, ParamsCheck } from '../../api/schemas/index.ts'
import type { FoundEncoders, InstalledEncoder } from '../../encode/index.ts'
import type { EncoderModule, EncoderName } from '../../encode/rules/index.ts'
import type { EncoderShelf } from '../encoders/encoder-shelf.ts'

/** What each is for, in a sentence for the user who chooses. */
const ABOUT: Readonly<Record<EncoderName, string>> = {
  aom: 'AV1 by libaom in two passes: the smallest files, the slowest encode.',
  vp9: 'VP9 by libvpx in two passes: plays on nearly everything.',
  svt: 'AV1 by SVT-AV1: much faster than aom, files a little larger.',
  'svt-av':
    'AV1 by SVT-AV1 from the npm package node-av: the same version on all machines of this kind, and nothing else to install.',
  'vp9-av':
    'VP9 by libvpx from the npm package node-av: the same version on all machines of this kind, and nothing else to install. One pass, so files are about an eighth larger than with vp9.'
}

/** What a submission at this node can encode with, from the encoders' own tables. */
export function createEncoders({ found, look }: Pick<EncoderShelf, 'found' | 'look'>): EncodersPort {
  const list = async (seen: Promise<FoundEncoders>): Promise<EncoderInfo[]> => encoderInfosOf(await seen)
  return {
    list: async () => list(found()),
    look: async () => list(look()),
    check: async (name, params) => {
      const encoder = known(name)
      return encoder === undefined ? undefined : checkParams(encoder, params, (await found()).installed)
    }
  }
}

/** Every encoder that grav1 knows, with what was found of it. */
export function encoderInfosOf(found: FoundEncoders): EncoderInfo[] {
  return Object.values(ENCODERS).map((encoder) => encoderInfoOf(encoder, found))
}

function encoderInfoOf(encoder: EncoderModule, { installed, broken }: FoundEncoders): EncoderInfo {
  const { name, aliases, program, bitDepths, quantiser } = encoder
  const works = installed.find((one) => one.name === name)
  const fails = broken.find((one) => one.name === name)
  const { allowed } = rulesFor(encoder.flags, works?.facts)
  const { defaultParams, presets } = startParams(encoder, works?.facts)
  return {
    name,
    aliases: [...aliases],
    about: ABOUT[name],
    program,
    version: works?.version ?? fails?.version ?? null,
    build: works?.build ?? null,
    problem: fails?.problem ?? null,
    defaultParams,
    bitDepths: [...bitDepths],
    quantiser: { flag: `--${quantiser.flag}`, min: quantiser.min, max: quantiser.max },
    presets: [
      { name: 'archive', params: presets.archive },
      { name: 'balanced', params: defaultParams },
      { name: 'quick', params: presets.quick }
    ],
    flags: [...allowed].map(([flag, rule]) => ({
      flag: `--${flag}`,
      takes: ruleInWords(rule),
      means: meaningOf(flag)
    }))
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
