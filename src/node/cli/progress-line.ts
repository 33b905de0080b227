import type { ProjectStatus } from '../../api/schemas/index.ts'
import { formatClock, formatDuration, formatRate } from './format.ts'
import { formatBytes } from '../../common/text.ts'

/** What a progress line shows of a project. */
export type ProgressStatus = Pick<
  ProjectStatus,
  'state' | 'scenes' | 'frames' | 'totalFrames' | 'fps' | 'etaSeconds' | 'kbps' | 'estimatedBytes'
>

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const

/** `▐███▌    ▌`-like bar of `width` cells. */
export function progressBar(fraction: number, width: number): string {
  const filled = Math.floor(Math.min(1, Math.max(0, fraction)) * width * 8)
  const cells = '█'.repeat(Math.floor(filled / 8)) + (eighths[filled % 8] ?? '')
  return `▐${cells.padEnd(width)}▌`
}

/** Part of the work that is done, 0..1; 0 while the length is unknown. */
export const progressFraction = ({ frames, totalFrames }: ProgressStatus): number =>
  totalFrames > 0 ? Math.min(1, frames / totalFrames) : 0

/**
 * `00:03:41 [12/68 scenes] ▐███▌ 42% 3641/8669 frames 39.2 fps, eta 2m, 2161 kbps, est. 74 MiB`; what is unknown is left out.
 *
 * @param barWidth - cells of the bar; 0 for none
 */
export function progressLine(status: ProgressStatus, elapsedMs: number, barWidth = 0): string {
  const { scenes, totalFrames } = status
  const head = [formatClock(elapsedMs)]
  if (scenes.total > 0) head.push(`[${scenes.done}/${scenes.total} scenes]`)
  if (barWidth > 0) head.push(progressBar(progressFraction(status), barWidth))
  if (totalFrames > 0) {
    head.push(`${Math.floor(progressFraction(status) * 100)}%`, `${Math.floor(status.frames)}/${totalFrames} frames`)
  }
  const rate = formatRate(status.fps)
  if (rate !== '') head.push(rate)
  const tail = [head.join(' ')]
  if (status.etaSeconds !== null) tail.push(`eta ${formatDuration(status.etaSeconds)}`)
  if (status.kbps !== null) tail.push(`${Math.round(status.kbps)} kbps`)
  if (status.estimatedBytes !== null) tail.push(`est. ${formatBytes(status.estimatedBytes)}`)
  if (scenes.failed > 0) tail.push(`${scenes.failed} failed`)
  if (status.state === 'joining') tail.push('joining')
  return tail.join(', ')
}
