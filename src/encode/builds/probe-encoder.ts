import { createHash } from 'node:crypto'
import { anySignal } from '../../common/any-signal.ts'
import { together } from '../../common/together.ts'
import { complaintOf, type EncoderModule, type EncoderParams, type ProgramFacts } from '../rules/index.ts'
import { CANARY_DEPTHS, type CanaryDepth, canaryVideo, canaryY4m, encodeCanary } from './canary.ts'
import type { CanaryCache } from './canary-cache.ts'
import { MediaError } from '../programs/errors.ts'
import { encoderFacts } from '../programs/program-facts.ts'
import { programPrint } from './program-print.ts'
import type { BrokenEncoder, InstalledEncoder } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** How long an encoder may take for its canaries, all of them together: a second or two, a minute on a slow and busy machine. */
const PROBE_MS_MAX = 90_000

export interface ProbeOptions extends RunOptions {
  /** Hashes of an earlier probe, where the program has not changed. */
  readonly cache?: CanaryCache | undefined
  /** Default 90 s. An encoder that takes longer counts as broken. */
  readonly probeMsMax?: number | undefined
}

/** What a probe found. */
export type ProbedEncoder =
  | { readonly type: 'works'; readonly encoder: InstalledEncoder }
  | { readonly type: 'broken'; readonly encoder: BrokenEncoder }

/** What of grav1 has a part in the bytes of the canary. */
function askedOf(encoder: EncoderModule, params: EncoderParams, facts: ProgramFacts): unknown[] {
  const files = { statsFile: 'stats', grainFile: 'grain', outputFile: 'output', nullDevice: 'null' }
  const passes = encoder.passes === 2 ? ([1, 2] as const) : ([1] as const)
  return CANARY_DEPTHS.map((depth) => {
    const clip = createHash('sha256')
    for (const part of canaryY4m(depth)) clip.update(part)
    const video = canaryVideo(depth)
    return [
      clip.digest('hex'),
      passes.map((pass) => encoder.buildArgs({ params, facts, video, threads: 1, ...files, pass }))
    ]
  })
}

function wordsOf(encoder: EncoderModule, error: MediaError): string {
  const said = complaintOf(encoder, error.stderrTail)
  return said !== '' && !error.message.includes(said) ? `${error.message} (${said})` : error.message
}

async function canaryAt(
  encoder: EncoderModule,
  params: EncoderParams,
  depth: CanaryDepth,
  options: RunOptions
): Promise<string> {
  try {
    return await encodeCanary(params, depth, options)
  } catch (error) {
    if (!(error instanceof MediaError)) throw error
    throw new MediaError(error.code, `With ${depth} bits a sample: ${wordsOf(encoder, error)}`, { cause: error })
  }
}

/** The hash of the first depth names the build; the others only have to work. @throws MediaError with the program's words */
async function canaryOf(encoder: EncoderModule, facts: ProgramFacts, options: ProbeOptions): Promise<string> {
  const params = encoder.parseParams(encoder.canaryParams, facts)
  const print = await programPrint(encoder.program, [facts.version, askedOf(encoder, params, facts)])
  const known = print === undefined ? undefined : await options.cache?.find(encoder.name, print)
  if (known !== undefined) return known
  const canaryFor = (depth: CanaryDepth) => async (signal: AbortSignal) =>
    canaryAt(encoder, params, depth, { ...options, signal })
  const [first, ...others] = CANARY_DEPTHS
  const [canary] = await together<[string, ...string[]]>([canaryFor(first), ...others.map(canaryFor)], options)
  if (print !== undefined) await options.cache?.keep(encoder.name, print, canary)
  return canary
}

/**
 * Has an installed encoder encode tiny clips of the usual depths.
 * @throws only the signal's reason
 */
export async function probeEncoder(encoder: EncoderModule, options: ProbeOptions): Promise<ProbedEncoder> {
  const { probeMsMax = PROBE_MS_MAX } = options
  const { name, program } = encoder
  const late = AbortSignal.timeout(probeMsMax)
  const signal = anySignal([options.signal, late])
  let version = 'unknown'
  try {
    const facts = await encoderFacts(encoder, { signal })
    version = facts.version
    const canary = await canaryOf(encoder, facts, { ...options, signal })
    return { type: 'works', encoder: { name, program, version, build: `${name}/${version}/${canary}`, facts } }
  } catch (error) {
    options.signal.throwIfAborted()
    const problem = late.aborted
      ? `Its test encode did not end within ${probeMsMax / 1000} s.`
      : error instanceof Error
        ? error.message
        : String(error)
    return { type: 'broken', encoder: { name, program, version, problem } }
  }
}
