import type { ProjectStatus, SceneStatus } from '../schemas/index.ts'
import type { KnownAttempt } from '../ports.ts'

/** Pictures of one frame of a scene, as JPEG in data URIs; each undefined where it could not be had. */
export interface ScenePictures {
  readonly source: string | undefined
  readonly result: string | undefined
}

/** Everything that a report says. */
export interface FilmReport {
  readonly project: ProjectStatus
  /** In order. */
  readonly scenes: readonly SceneStatus[]
  /** What is known of them, in any order. */
  readonly attempts: readonly KnownAttempt[]
  /** How people call a peer. Text of strangers. */
  readonly nameOf: (peer: string) => string
  readonly madeAtMs: number
}

/** How good a scene is, by the best number that all measured scenes have; null where it was not measured. */
export interface SceneScore {
  readonly name: string
  readonly of: (scene: SceneStatus) => number | null
}

const SCORES: readonly SceneScore[] = [
  { name: 'XPSNR', of: ({ xpsnr }) => xpsnr },
  { name: 'mean PSNR', of: ({ psnrMean }) => psnrMean }
]

const PSNR: SceneScore = { name: 'lowest PSNR', of: ({ psnr }) => psnr }

/** XPSNR in a film that aims at one, else mean PSNR. */
export function scoreFor(scenes: readonly SceneStatus[]): SceneScore {
  return SCORES.find(({ of }) => scenes.some((scene) => of(scene) !== null)) ?? PSNR
}

/** Scenes that a report shows with pictures. */
const WORST = 8

/** The measured scenes with the lowest scores, the worst first. */
export function worstScenes(scenes: readonly SceneStatus[], { of }: SceneScore): readonly SceneStatus[] {
  return scenes
    .filter((scene) => of(scene) !== null)
    .toSorted((a, b) => (of(a) ?? 0) - (of(b) ?? 0) || a.scene - b.scene)
    .slice(0, WORST)
}
