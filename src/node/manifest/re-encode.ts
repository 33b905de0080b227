import { randomInt } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import {
  cutScene,
  encodeScene,
  MediaError,
  probeSource,
  segmentPackets,
  type FoundEncoders,
  type InstalledEncoder,
  type RunOptions,
  type SourceInfo
} from '../../encode/index.ts'
import { findEncoder, ParamsError, sameBuild, threadsFor } from '../../encode/rules/index.ts'
import { freshFolder } from '../disk/folders.ts'
import { buildName } from '../idle/build-name.ts'
import { parseSpec, sceneInput, type ProjectSpec } from '../project-spec.ts'
import type { PieceFrameFormat } from '../../swarm/protocol/index.ts'
import { type ManifestCheck, scenesText } from './check-film.ts'
import { ManifestError } from './error.ts'
import type { ManifestBody, ManifestScene } from './schema.ts'

export interface ReEncodeInput {
  readonly body: ManifestBody
  /** Of the film, as `findSource` found it. */
  readonly source: string
  /** How many scenes, drawn at random; all where there are fewer. */
  readonly count: number
  readonly found: FoundEncoders
  /** Made, and removed afterwards. */
  readonly workDir: string
  /** Called before each scene, counted from 0. */
  readonly onScene: (index: number) => void
}

/** `count` different numbers below `total`, in order. */
export function drawScenes(scenes: readonly number[], count: number): readonly number[] {
  const left = [...scenes]
  const drawn: number[] = []
  while (drawn.length < count && left.length > 0) drawn.push(...left.splice(randomInt(left.length), 1))
  return drawn.toSorted((a, b) => a - b)
}

/** The encoder here that gives the bytes of at least one scene. @throws ManifestError `other-build` */
function encoderHere(
  { encoding, scenes }: ManifestBody,
  { installed, broken }: FoundEncoders
): { readonly encoder: InstalledEncoder; readonly scenes: readonly number[] } {
  const encoder = installed.find(({ name }) => name === encoding.encoder)
  const mine = scenes.flatMap(({ build }, index) =>
    encoder !== undefined && sameBuild(encoder.build, build) ? [index] : []
  )
  if (encoder !== undefined && mine.length > 0) return { encoder, scenes: mine }
  const wanted = [...new Set(scenes.map(({ build }) => buildName(build)))].slice(0, 3).join(', ')
  const problem = broken.find(({ name }) => name === encoding.encoder)?.problem
  const here =
    encoder === undefined ? `none that works${problem === undefined ? '' : ` (${problem})`}` : buildName(encoder.build)
  throw new ManifestError(
    'other-build',
    `the scenes were encoded by ${wanted}, and this machine has ${here}: only the same build produces the same bytes`
  )
}

/** Without what the manifest leaves out. */
const pieceFramesOf = ({ crop, ...frames }: NonNullable<ManifestBody['video']['madeOf']>): PieceFrameFormat =>
  crop === undefined ? frames : { ...frames, crop }

/** What the manifest says is not believed: a worker would check an announcement in the same way. @throws ManifestError `not-repeatable` */
function specOf({ encoding, video }: ManifestBody, facts: InstalledEncoder['facts']): ProjectSpec {
  const { fps, colour, madeOf, ...picture } = video
  const { primaries = '', transfer = '', matrix = '', range = '' } = colour
  const announced = { ...picture, fpsNum: fps.num, fpsDen: fps.den, primaries, transfer, matrix, range }
  const { encoder: encoderName, params: encoderParams, threads } = encoding
  const of = madeOf === undefined ? {} : { picture: pieceFramesOf(madeOf) }
  return allowed(() => parseSpec({ ...announced, ...of, encoderName, encoderParams, threads }, () => facts))
}

function allowed<T>(task: () => T): T {
  try {
    return task()
  } catch (cause) {
    if (!(cause instanceof ParamsError)) throw cause
    throw new ManifestError('not-repeatable', `its scenes cannot be encoded here: ${cause.message}`, { cause })
  }
}

interface Again {
  readonly body: ManifestBody
  readonly spec: ProjectSpec
  readonly source: SourceInfo
  readonly workDir: string
}

/** One scene, from a source that is decoded as far as the scene. @throws MediaError `input-mismatch` where it gives other frames */
async function encodeAgain(
  { body, spec, source, workDir }: Again,
  scene: ManifestScene,
  careful: boolean,
  options: RunOptions
): Promise<{ readonly sha256: string; readonly packets: string }> {
  const pieceFile = join(workDir, 'piece.mkv')
  const sceneDir = join(workDir, 'scene')
  const deinterlace = body.encoding.filters.includes('deinterlace')
  await cutScene(
    {
      source,
      deinterlace,
      picture: spec.filters,
      careful,
      scene: { start: scene.sourceStart, frames: scene.frames },
      file: pieceFile
    },
    options
  )
  await freshFolder(sceneDir)
  const encoderParams = scene.params === body.encoding.params ? '' : scene.params
  const input = allowed(() =>
    sceneInput(spec, { skip: 0, frames: scene.frames, inputHash: scene.inputHash, encoderParams })
  )
  const threads = threadsFor(availableParallelism(), spec.threads)
  const made = await encodeScene(
    { ...input, pieceFile, threads, nice: 0, workDir: sceneDir, onProgress: () => {} },
    options
  )
  const form = { encoder: spec.encoder.name, colour: spec.video.colour }
  return { sha256: made.sha256, packets: await segmentPackets(made.file, form, options) }
}

/** Undefined where the source gives other frames. @param careful as a damaged source is decoded */
async function tryAgain(
  again: Again,
  scene: ManifestScene,
  careful: boolean,
  options: RunOptions
): Promise<Awaited<ReturnType<typeof encodeAgain>> | undefined> {
  return encodeAgain(again, scene, careful, options).catch((error: unknown) => {
    if (error instanceof MediaError && error.code === 'input-mismatch') return undefined
    throw error
  })
}

/** What became of a scene that was encoded again. */
type Outcome = 'same' | 'other-bytes' | 'other-frames'

async function outcomeOf(again: Again, scene: ManifestScene, options: RunOptions): Promise<Outcome> {
  const made = (await tryAgain(again, scene, false, options)) ?? (await tryAgain(again, scene, true, options))
  if (made === undefined) return 'other-frames'
  return made.sha256 === scene.segment.sha256 && made.packets === scene.packets ? 'same' : 'other-bytes'
}

function checkOf(outcomes: ReadonlyMap<number, Outcome>): ManifestCheck {
  const those = (outcome: Outcome): number[] => [...outcomes].flatMap(([index, of]) => (of === outcome ? [index] : []))
  const [frames, bytes] = [those('other-frames'), those('other-bytes')]
  const wrong = [
    ...(bytes.length === 0 ? [] : [`${scenesText(bytes)}: the bytes differ from those in the manifest`]),
    ...(frames.length === 0 ? [] : [`${scenesText(frames)}: the source decodes to other frames here`])
  ]
  if (wrong.length > 0) return { check: 're-encode', state: 'wrong', text: wrong.join('; ') }
  return { check: 're-encode', state: 'ok', text: `${scenesText(those('same'))}: the same bytes again` }
}

/**
 * Encodes some scenes of a film again from its source, and compares the bytes.
 * @throws ManifestError `other-build` or `not-repeatable`; MediaError where the source or the encoder fails
 */
export async function reEncode(input: ReEncodeInput, options: RunOptions): Promise<ManifestCheck> {
  const { body, found, count, workDir, onScene } = input
  allowed(() => findEncoder(body.encoding.encoder))
  const { encoder, scenes } = encoderHere(body, found)
  const spec = specOf(body, encoder.facts)
  const { videoTrack } = body.source
  const source = await probeSource(input.source, { videoTrack, signal: options.signal })
  const outcomes = new Map<number, Outcome>()
  try {
    await freshFolder(workDir)
    for (const index of drawScenes(scenes, count)) {
      onScene(index)
      const scene = body.scenes[index]
      if (scene !== undefined) outcomes.set(index, await outcomeOf({ body, spec, source, workDir }, scene, options))
    }
  } finally {
    await rm(workDir, { recursive: true, force: true })
  }
  return checkOf(outcomes)
}
