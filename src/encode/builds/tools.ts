import { ENCODERS, type EncoderParams } from '../rules/index.ts'
import { canaryClip } from './canary.ts'
import { tryClip } from './look-at-trial.ts'
import { type ProbeOptions, probeEncoder } from './probe-encoder.ts'
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

/**
 * The installed encoders: those that encode the canary clips, and those that fail, with their messages. Two machines with the same `build` give the same
 * bytes for the canary clip, and are expected to for all clips.
 */
export async function findEncoders(options: ProbeOptions): Promise<FoundEncoders> {
  const there = Object.values(ENCODERS).filter((encoder) => lookUpProgram(encoder.program) !== undefined)
  const probed = await Promise.all(there.map(async (encoder) => probeEncoder(encoder, options)))
  return {
    installed: probed.flatMap((one) => (one.type === 'works' ? [one.encoder] : [])),
    broken: probed.flatMap((one) => (one.type === 'broken' ? [one.encoder] : []))
  }
}

/** Programs that a node needs besides an encoder and that are not installed. */
export function checkTools(): { readonly missing: readonly string[] } {
  return {
    missing: ['ffmpeg', 'ffprobe', 'mkvmerge', 'mkvpropedit', 'mkvextract', 'mkvinfo'].filter(
      (name) => lookUpProgram(name) === undefined
    )
  }
}
