import { sha256Hex } from '../../../src/swarm/signer.ts'
import type { Announce, BlobRef, ScenePlan } from '../../../src/swarm/protocol/index.ts'
import type { Random } from '../engine/random.ts'

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
      encoder: 'aom',
      encoderName: 'aom',
      encoderParams: '--cpu-used=4',
      encoderBuild: 'aom/3.6.0/00000000',
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

/** The one result that the pinned encoder gives for a scene, whoever runs it. */
export function encodedScene(plan: ScenePlan): BlobRef {
  return { sha256: sha(`encoded ${plan.inputHash}`), bytes: 2000 * plan.frames }
}

/** Bytes that look like a result and are none. */
export function falseResult(plan: ScenePlan, liar: string): BlobRef {
  return { sha256: sha(`false ${plan.inputHash} ${liar}`), bytes: 2000 * plan.frames }
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
