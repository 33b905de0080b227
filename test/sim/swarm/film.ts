import { sha256Hex } from '../../../src/swarm/signer.ts'
import type { Likeness } from '../../../src/encode/rules/index.ts'
import type { Announce, BlobRef, CheckFact, ScenePlan } from '../../../src/swarm/protocol/index.ts'
import type { Random } from '../engine/random.ts'
import { MAKERS, OWNERS } from './makers.ts'

/** A film to encode: its scenes with the pieces cut for them. */
export interface Film {
  readonly title: string
  readonly announce: Omit<Announce, 'nonce'>
  readonly plans: readonly ScenePlan[]
  /** Scenes that are announced at a time. */
  readonly groups: number
}

export interface FilmInit {
  readonly scenes: number
  /** Frames of a scene, from and below. */
  readonly frames: readonly [number, number]
  readonly priority?: number
  readonly pieceBytes?: number
  /** Default 4. */
  readonly groups?: number
  /** Default `same`. */
  readonly builds?: Announce['builds']
  /** Default `all`. */
  readonly share?: Announce['share']
}

export function createFilm(random: Random, title: string, init: FilmInit): Film {
  let start = 0
  const plans = Array.from({ length: init.scenes }, (_, index): ScenePlan => {
    const frames = Math.floor(random.range(...init.frames))
    const plan = {
      index,
      start,
      frames,
      piece: { sha256: sha(`piece ${title} ${index}`), bytes: init.pieceBytes ?? 20_000 * frames },
      skip: 0,
      inputHash: sha(`input ${title} ${index}`),
      encoderParams: ''
    }
    start += frames
    return plan
  })
  return {
    title,
    plans,
    groups: init.groups ?? 4,
    announce: {
      title,
      encoder: 'vp9',
      encoderName: 'vp9',
      encoderParams: '--cpu-used=4',
      encoderBuild: OWNERS.build,
      builds: init.builds ?? 'same',
      threads: 'any',
      share: init.share ?? 'all',
      width: 1920,
      height: 1080,
      pixelFormat: 'yuv420p',
      bitDepth: 8,
      fpsNum: 24,
      fpsDen: 1,
      primaries: '',
      transfer: '',
      matrix: '',
      range: '',
      framesEstimated: start,
      priority: init.priority ?? 0,
      createdAtMs: 1,
      sourceBytes: 1_000_000
    }
  }
}

/** The one result that an encoder gives for a scene, whoever runs it. */
export function encodedScene(plan: ScenePlan, probe: string = OWNERS.probe.frames): BlobRef {
  return { sha256: sha(`encoded ${plan.inputHash} ${probe}`), bytes: 2000 * plan.frames }
}

/** An honest encode of it looks as if it were none. */
export const looksDoubtful = ({ index }: ScenePlan): boolean => index % 7 === 3

const looks = (dB: number): Likeness => ({
  worstFrameDb: dB,
  worstLumaDb: dB,
  meanDb: dB,
  lumaDb: dB,
  shiftGainDb: 0,
  worstBlock: 0
})

/** What an owner sees of a result. Who makes up bytes or encodes them in a cheaper way writes the header that is wanted. */
export function lookAt(
  plan: ScenePlan,
  { sha256 }: BlobRef
): Pick<Extract<CheckFact, { type: 'looked' }>, 'header' | 'likeness' | 'frames'> {
  const by = MAKERS.find(({ probe }) => sha256 === encodedScene(plan, probe.frames).sha256)
  const isPicture = by != null || sha256 === cheaperScene(plan).sha256
  const likeness = looks(isPicture && !looksDoubtful(plan) ? 40 : 15)
  return { header: (by ?? OWNERS).probe.header, likeness, frames: undefined }
}

/** Bytes that look like a result and are none. */
export function falseResult(plan: ScenePlan, liar: string): BlobRef {
  return { sha256: sha(`false ${plan.inputHash} ${liar}`), bytes: 2000 * plan.frames }
}

/** What cheaper parameters make of it: it looks right, and only an encode shows that it is not. */
export function cheaperScene(plan: ScenePlan): BlobRef {
  return { sha256: sha(`cheaper ${plan.inputHash}`), bytes: 1500 * plan.frames }
}

/** The finished file of these segments, in this order. */
export function joinedFile(segments: readonly string[]): string {
  return sha(`joined ${segments.join(' ')}`)
}

/** The file that one machine alone would have made. */
export function fileOfOneMachine(plans: readonly ScenePlan[]): string {
  return joinedFile(plans.map((plan) => encodedScene(plan).sha256))
}

function sha(text: string): string {
  return sha256Hex(new TextEncoder().encode(text))
}
