import { encodedText } from '../../common/speed-text.ts'
import { formatBytes, oneLine, plural, printable } from '../../common/text.ts'
import type { Accept, End, ProjectView } from '../../swarm/protocol/index.ts'

/** Scenes are counted from 1 where people read. */
const sceneOf = (title: string, scene: number): string => `${printable(title)} scene ${scene + 1}`

/** `film.mkv scene 7: accepted from kitchen, encoded in 41 s, 12.3 fps, 614 KiB` */
export function acceptedWords({ announce, scenes }: ProjectView, accept: Accept, from: string): string {
  const { scene, encodeMs, result } = accept
  const figures = { ms: encodeMs, frames: scenes[scene]?.plan.frames ?? 0, bytes: result.bytes }
  return `${sceneOf(announce.title, scene)}: accepted from ${from}, ${encodedText(figures)}`
}

export interface Trouble {
  readonly title: string
  readonly scene: number
  /** Who had it. */
  readonly from: string
  readonly reason: string
}

export const refusedWords = ({ title, scene, from, reason }: Trouble): string =>
  `${sceneOf(title, scene)}: the result of ${from} was refused: ${oneLine(reason)}`

export const failedWords = ({ title, scene, from, reason }: Trouble): string =>
  `${sceneOf(title, scene)}: ${from} could not encode it: ${oneLine(reason)}`

export const submittedWords = ({ announce }: ProjectView, by: string): string =>
  `${printable(announce.title)} was submitted at ${by}`

/** Undefined for what was removed: somebody wanted to see nothing of it any more. */
export function endWords({ announce, acceptedScenes }: ProjectView, end: End): string | undefined {
  const title = printable(announce.title)
  const { state, reason, outputBytes } = end
  if (state === 'completed') return `${title} is done: ${plural(acceptedScenes, 'scene')}, ${formatBytes(outputBytes)}`
  if (state === 'failed') return `${title} failed: ${oneLine(reason)}`
  return state === 'cancelled' ? `${title} was cancelled` : undefined
}
