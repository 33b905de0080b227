import type { ProjectStatus } from '../../api/schemas/index.ts'
import { formatClock, formatDuration, formatRate } from './format.ts'
import { clipToWidth, textWidth } from './text-width.ts'
import { formatBytes, printable } from '../../common/text.ts'

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

/** What is known of a project, each part by itself; empty where it is not known. */
function partsOf(status: ProgressStatus, elapsedMs: number) {
  const { scenes, totalFrames, etaSeconds, kbps, estimatedBytes } = status
  const hasFrames = totalFrames > 0
  return {
    clock: formatClock(elapsedMs),
    scenes: scenes.total > 0 ? `[${scenes.done}/${scenes.total} scenes]` : '',
    percent: hasFrames ? `${Math.floor(progressFraction(status) * 100)}%` : '',
    frames: hasFrames ? `${Math.floor(status.frames)}/${totalFrames} frames` : '',
    rate: formatRate(status.fps),
    eta: etaSeconds === null ? '' : `eta ${formatDuration(etaSeconds)}`,
    kbps: kbps === null ? '' : `${Math.round(kbps)} kbps`,
    size: estimatedBytes === null ? '' : `est. ${formatBytes(estimatedBytes)}`,
    failed: scenes.failed > 0 ? `${scenes.failed} failed` : '',
    joining: status.state === 'joining' ? 'joining' : ''
  }
}

type Part = keyof ReturnType<typeof partsOf>

const isThere = (text: string): boolean => text !== ''

/** `00:03:41 [12/68 scenes] 42% 3641/8669 frames 39.2 fps, eta 2m, 2161 kbps, est. 74 MiB`; what is unknown is left out. */
export function progressLine(status: ProgressStatus, elapsedMs: number): string {
  const part = partsOf(status, elapsedMs)
  const head = [part.clock, part.scenes, part.percent, part.frames, part.rate].filter(isThere).join(' ')
  return [head, part.eta, part.kbps, part.size, part.failed, part.joining].filter(isThere).join(', ')
}

/** The parts of a row, from what is given up last on. */
const WEIGHT: readonly Part[] = [
  'percent',
  'eta',
  'rate',
  'joining',
  'failed',
  'clock',
  'scenes',
  'size',
  'frames',
  'kbps'
]
/** The parts of a row as they stand behind the bar. */
const ORDER: readonly Part[] = [
  'percent',
  'rate',
  'eta',
  'scenes',
  'frames',
  'size',
  'kbps',
  'failed',
  'joining',
  'clock'
]
const GAP = '  '
/** Cells of the bar with its two ends: less shows nothing, more says nothing. */
const BAR_CELLS_MIN = 10
const BAR_CELLS_MAX = 42
const TITLE_CELLS_MIN = 12
const TITLE_CELLS_MAX = 30

/**
 * One row for a terminal of this width: `film.mkv  ▐███▌ 42%  39.2 fps  eta 2m  ...`. Percentage, time left and speed stay longest; bar and title take the room that is left.
 * @param columns cells of the terminal; the last one stays free, so that the cursor does not wrap
 */
export function progressRow(
  status: ProgressStatus & { readonly title: string },
  elapsedMs: number,
  columns: number
): string {
  const room = Math.max(0, columns - 1)
  const part = partsOf(status, elapsedMs)
  const shown = new Set<Part>()
  let cells = 0
  for (const name of WEIGHT.filter((one) => isThere(part[one]))) {
    const wider = cells + (cells === 0 ? 0 : GAP.length) + textWidth(part[name])
    // What follows weighs less: a gap in the order would only puzzle.
    if (wider > room) break
    cells = wider
    shown.add(name)
  }
  const texts = ORDER.filter((name) => shown.has(name)).map((name) => part[name])
  const barRoom = Math.min(room - cells - GAP.length, BAR_CELLS_MAX)
  const hasBar = status.totalFrames > 0 && barRoom >= BAR_CELLS_MIN
  if (hasBar) texts.unshift(progressBar(progressFraction(status), barRoom - 2))
  const left = room - (hasBar ? cells + barRoom + GAP.length : cells) - GAP.length
  const title = printable(status.title)
  if (left >= TITLE_CELLS_MIN && title !== '') texts.unshift(clipToWidth(title, Math.min(left, TITLE_CELLS_MAX)))
  return texts.join(GAP)
}
