import { plural, sharePercent } from '../format.ts'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

const isAtWork = ({ state }: ProjectStatus): boolean =>
  state === 'analysing' || state === 'encoding' || state === 'joining'

const shareOfAll = (of: readonly ProjectStatus[]): number => {
  const total = of.reduce((sum, { totalFrames }) => sum + totalFrames, 0)
  return total === 0 ? 0 : of.reduce((sum, project) => sum + project.share * project.totalFrames, 0) / total
}

/** Title of the page: how far the shown film is, or all that are at work. */
export function titleOf(shown: ProjectStatus | undefined, all: readonly ProjectStatus[], isLost: boolean): string {
  const lost = isLost ? '(lost) ' : ''
  if (shown != null) {
    const where = isAtWork(shown) ? sharePercent(shown.share) : shown.state
    return `${lost}${where} ${shown.title} – grav1`
  }
  const working = all.filter(isAtWork)
  if (working.length === 0) return `${lost}grav1`
  return `${lost}${sharePercent(shareOfAll(working))} of ${plural(working.length, 'film')} – grav1`
}
