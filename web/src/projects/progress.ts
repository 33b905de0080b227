import { bytes, duration, percent, plural, whole } from '../format.ts'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

const isAtWork = ({ state }: ProjectStatus): boolean =>
  state === 'encoding' || state === 'analysing' || state === 'joining'

/** An encoder that reads ahead has all frames behind it some time before the last scene is there. */
const isNearlyDone = ({ frames, totalFrames, planned, etaSeconds }: ProjectStatus): boolean =>
  planned && (frames >= totalFrames || (etaSeconds != null && etaSeconds < 1))

const NEARLY_DONE = 'nearly done'

/** What is left, as text; empty where nothing is. */
export function leftText(project: ProjectStatus): string {
  const { etaSeconds, etaRange } = project
  if (!isAtWork(project)) return ''
  if (project.state === 'joining') return 'joining'
  if (isNearlyDone(project)) return NEARLY_DONE
  if (etaRange != null) return `${duration(etaRange.low)} to ${duration(etaRange.high)}`
  return etaSeconds == null ? 'not known yet' : duration(etaSeconds)
}

/** The same within a sentence. */
export const leftPhrase = (project: ProjectStatus): string =>
  isNearlyDone(project) ? NEARLY_DONE : `about ${leftText(project)} left`

export function framesText({ frames, totalFrames, planned }: ProjectStatus): string {
  return `${whole(frames)} of ${planned ? '' : 'about '}${plural(totalFrames, 'frame')}`
}

/** So far or in the end, against the source. */
export function sizeText(project: ProjectStatus): string {
  const { state, outputBytes, sourceBytes, estimatedBytes } = project
  const against = (size: number): string =>
    sourceBytes === 0 ? '' : `, ${percent(size / sourceBytes)} of the source’s ${bytes(sourceBytes)}`
  if (state === 'completed') return `${bytes(outputBytes ?? project.bytes)}${against(outputBytes ?? project.bytes)}`
  if (project.bytes === 0) return sourceBytes === 0 ? '' : `source ${bytes(sourceBytes)}`
  if (!isAtWork(project) || estimatedBytes == null) return bytes(project.bytes)
  return `${bytes(project.bytes)} so far, about ${bytes(estimatedBytes)} in all${against(estimatedBytes)}`
}
