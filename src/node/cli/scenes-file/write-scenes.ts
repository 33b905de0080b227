import { checkedBefore, ENCODERS, type EncoderModule } from '../../../encode/rules/index.ts'
import type { FileOverrides, FileScene, ScenesFile } from './shape.ts'

/** A scene as the API has it. */
export interface PlannedScene {
  readonly start: number
  readonly frames: number
  /** Empty if the project's apply. */
  readonly encoderParams: string
}

const NAMES: Readonly<Record<string, string>> = {
  aom: 'aom',
  vp9: 'vpx',
  'vp9-av': 'vpx',
  svt: 'svt_av1',
  'svt-av': 'svt_av1'
}

const ISO_PER_NOISE = 100
const PHOTON_NOISE = /^--photon-noise=(\d+)$/

/** SvtAv1EncApp takes flag and value as two words. */
const wordsOf = (token: string, { fourcc, passes }: EncoderModule): string[] => {
  const at = token.indexOf('=')
  return fourcc === 'AV01' && passes === 1 && at > 0 ? [token.slice(0, at), token.slice(at + 1)] : [token]
}

function overridesOf(text: string, encoder: EncoderModule, longest: number, shortest: number): FileOverrides {
  const { tokens } = encoder.parseParams(text, checkedBefore(text))
  const noise = tokens.map((token) => PHOTON_NOISE.exec(token)?.[1]).find((iso) => iso !== undefined)
  const isOfFile = noise === undefined || Number(noise) % ISO_PER_NOISE === 0
  return {
    encoder: NAMES[encoder.name] ?? encoder.name,
    passes: encoder.passes,
    video_params: tokens
      .filter((token) => !isOfFile || !PHOTON_NOISE.test(token))
      .flatMap((token) => wordsOf(token, encoder)),
    photon_noise: isOfFile && noise !== undefined ? Number(noise) / ISO_PER_NOISE : null,
    photon_noise_height: null,
    photon_noise_width: null,
    chroma_noise: false,
    extra_splits_len: longest,
    min_scene_len: shortest,
    target_quality: null
  }
}

/** Scenes as a file that Av1an reads, older versions of it too: they know `scenes` only. Parameters are written for scenes that have their own. */
export function scenesFileOf(scenes: readonly PlannedScene[], encoderName: string): ScenesFile {
  const encoder = Object.values(ENCODERS).find(({ name }) => name === encoderName)
  const lengths = scenes.map(({ frames }) => frames)
  const [longest, shortest] = [Math.max(...lengths), Math.min(...lengths)]
  const listed = scenes.map(({ start, frames, encoderParams }): FileScene => {
    const isOwn = encoderParams !== '' && encoder !== undefined
    const own = isOwn ? overridesOf(encoderParams, encoder, longest, shortest) : null
    return { start_frame: start, end_frame: start + frames, zone_overrides: own }
  })
  return { frames: lengths.reduce((sum, one) => sum + one, 0), scenes: listed, split_scenes: listed }
}
