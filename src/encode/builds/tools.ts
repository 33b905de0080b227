import { type EncoderModule, ENCODERS, type EncoderParams } from '../rules/index.ts'
import { canaryClip } from './canary.ts'
import { tryClip } from './look-at-trial.ts'
import { type ProbedEncoder, type ProbeOptions, probeEncoder } from './probe-encoder.ts'
import { lookUpProgram } from '../programs/programs.ts'
import type { FoundEncoders } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'

/**
 * Encodes a tiny clip with a project's parameters, so that combinations which the encoder refuses (`--min-q` above `--max-q`, ...), or which its streams do not survive, are found before any scene is announced.
 * @throws MediaError `encode-failed` with the encoder's own words or those about its stream, or `tool-missing`
 */
export async function tryParams(params: EncoderParams, options: RunOptions): Promise<void> {
  await tryClip(params, canaryClip(8), options)
}

export interface FindOptions extends ProbeOptions {
  /** Told of each encoder as soon as it is probed. */
  readonly onProbed?: ((probed: ProbedEncoder) => void) | undefined
}

/** What probes of several encoders found. */
export const foundOf = (probed: readonly ProbedEncoder[]): FoundEncoders => ({
  installed: probed.flatMap((one) => (one.type === 'works' ? [one.encoder] : [])),
  broken: probed.flatMap((one) => (one.type === 'broken' ? [one.encoder] : []))
})

/**
 * The installed encoders: those that encode the canary clips, and those that fail, with their messages. Two machines with the same `build` give the same
 * bytes for the canary clip, and are expected to for all clips.
 */
export async function findEncoders({ onProbed = () => {}, ...options }: FindOptions): Promise<FoundEncoders> {
  const there = Object.values(ENCODERS).filter((encoder) => lookUpProgram(encoder.program) !== undefined)
  const probe = async (encoder: EncoderModule): Promise<ProbedEncoder> => {
    const probed = await probeEncoder(encoder, options)
    onProbed(probed)
    return probed
  }
  return foundOf(await Promise.all(there.map(probe)))
}

/** Programs that a node needs besides an encoder and that are not installed. */
export function checkTools(): { readonly missing: readonly string[] } {
  return {
    missing: ['ffmpeg', 'ffprobe', 'mkvmerge', 'mkvpropedit', 'mkvextract', 'mkvinfo'].filter(
      (name) => lookUpProgram(name) === undefined
    )
  }
}
