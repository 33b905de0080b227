import {
  checkTools,
  MediaError,
  NODE_AV,
  tryParams,
  type FoundEncoders,
  type InstalledEncoder
} from '../../encode/index.ts'
import {
  checkSample,
  checkSceneOptions,
  complaintOf,
  defaultSceneOptions,
  encoderText,
  findEncoder,
  checkDepth,
  parsePicture,
  parseStreamChoice,
  programText,
  startParams,
  submittedParams,
  type EncoderModule,
  type EncoderParams,
  type ProjectEncoder,
  type Rational,
  type SceneOptions,
  type StreamChoice
} from '../../encode/rules/index.ts'
import { installLine } from '../../platform/index.ts'
import type { SubmitRequest } from '../../api/schemas/index.ts'
import { proofShareIn } from './proof-share.ts'
import { checkField, SubmitError } from './submit-error.ts'
import { sceneWishes, type SceneWishes } from './submit-scenes.ts'

/** A project as somebody asks for it, with absolute paths. The output's default is `<stem>.<encoder>.mkv` beside the source. */
export interface SubmitOptions extends SubmitRequest {
  /** What title and output are named after. Default `input`; another where that is what a link leads to. */
  readonly named?: string | undefined
  /** Nobody writes to the source any more, however young it is. Default: it is looked at. */
  readonly isComplete?: boolean | undefined
}

/** What of a submission is known without its source. */
export interface CheckedWish extends SceneWishes {
  readonly encoder: EncoderModule
  readonly build: InstalledEncoder
  readonly params: EncoderParams
  readonly streams: StreamChoice
  /** Share of the results of others to encode again, 0 to 1. */
  readonly proofs: number
}

/** The name of the encoder that a submission asks for. @throws SubmitError `unknown-encoder` */
export const encoderOf = ({ encoder }: Pick<SubmitOptions, 'encoder'>): EncoderModule['name'] =>
  checkField('encoder', () => findEncoder(encoder)).name

/** Any rate will do: what is wrong with lengths that somebody names does not depend on it. */
const ANY_RATE: Rational = { num: 25, den: 1 }

/** Checks what does not depend on the source. @throws SubmitError with a sentence for the user. */
export function checkWish(options: SubmitOptions, found: FoundEncoders): CheckedWish {
  const encoder = checkField('encoder', () => findEncoder(options.encoder))
  const build = found.installed.find((candidate) => candidate.name === encoder.name)
  const params = checkField('encoderParams', () => submittedParams(encoder, options.encoderParams ?? '', build?.facts))
  const streams = checkField('audio', () => parseStreamChoice(options))
  const proofs = proofShareIn(options.proofs)
  checkField('crop', () => checkDepth(parsePicture(options), encoder))
  if (build == null) throw new SubmitError('no-encoder', whyNoEncoder(encoder, found), { field: 'encoder' })
  const { missing } = checkTools()
  if (missing.length > 0)
    throw new SubmitError('no-encoder', `missing on this node: ${missing.join(', ')} (${installLine(missing)})`, {
      field: undefined
    })
  const scenes = sceneWishes(options, { encoder, params, facts: build.facts })
  checkField('minFrames', () => sceneOptions(options, ANY_RATE))
  const { sample } = options
  if (sample !== undefined) checkField('sample', () => checkSample(sample))
  return { encoder, build, params, streams, proofs, ...scenes }
}

function whyNoEncoder({ name, program }: EncoderModule, { broken }: FoundEncoders): string {
  const here = broken.find((one) => one.name === name)
  if (here != null) return `${programText(here)} is installed, but does not work here: ${here.problem}`
  const how =
    program === NODE_AV ? 'run "grav1 encoders add"' : `install it (${installLine([program])}) and start the node again`
  return `${program} is not installed on this node, which must check the results: ${how}`
}

/** A length or a threshold that was named. -1 stands for the default, as in the original's API. */
export const givenLength = (value: number | undefined): number | undefined =>
  value == null || value === -1 ? undefined : value

/** The lengths of scenes for a source of this rate. @throws ParamsError `bad-scenes` */
export function sceneOptions(
  options: Pick<SubmitRequest, 'minFrames' | 'maxFrames' | 'threshold'>,
  fps: Rational
): SceneOptions {
  const defaults = defaultSceneOptions(fps)
  const minFrames = givenLength(options.minFrames)
  const maxFrames = givenLength(options.maxFrames)
  const scenes: SceneOptions = {
    minFrames: minFrames ?? Math.min(defaults.minFrames, maxFrames ?? defaults.minFrames),
    maxFrames: maxFrames ?? Math.max(defaults.maxFrames, minFrames ?? 0),
    threshold: givenLength(options.threshold)
  }
  checkSceneOptions(scenes)
  return scenes
}

/** Some combinations that pass the allow-list make the encoder give up: better here than on every worker. @throws SubmitError `bad-params` */
export async function tryOut({ encoder, params, facts }: ProjectEncoder, signal: AbortSignal): Promise<void> {
  if (params.text === startParams(encoder, facts).defaultParams) return
  try {
    await tryParams(params, { signal })
  } catch (cause) {
    if (!(cause instanceof MediaError)) throw cause
    const said = complaintOf(encoder, cause.stderrTail)
    throw new SubmitError(
      'bad-params',
      `${encoderText({ encoder, facts })} does not accept these parameters: ${said === '' ? cause.message : said}`,
      { field: 'encoderParams', cause }
    )
  }
}
