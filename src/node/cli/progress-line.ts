import type { ProjectStatus } from '../../api/schemas/index.ts'
import { formatClock, formatDuration } from './format.ts'
import { formatRate } from '../../common/speed-text.ts'
import { clipToWidth, textWidth } from './text-width.ts'
import { formatBytes, printable } from '../../common/text.ts'

/** What a progress line shows of a project. */
export type ProgressStatus = Pick<
  ProjectStatus,
  | 'phases'
  | 'state'
  | 'scenes'
  | 'frames'
  | 'totalFrames'
  | 'share'
  | 'planned'
  | 'fps'
  | 'etaSeconds'
  | 'kbps'
  | 'estimatedBytes'
>

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const

/** `▐███▌    ▌`-like bar of `width` cells. */
export function progressBar(fraction: number, width: number): string {
  const filled = Math.floor(Math.min(1, Math.max(0, fraction)) * width * 8)
  const cells = '█'.repeat(Math.floor(filled / 8)) + (eighths[filled % 8] ?? '')
  return `▐${cells.padEnd(width)}▌`
}

/** What goes on besides plain encoding, in words; empty where nothing does. */
export function phaseText({ phases, state }: Pick<ProgressStatus, 'phases' | 'state'>): string {
  if (state === 'waiting' || state === 'queued') return state
  const words = phases.map((phase) => (phase === 'checking' ? 'checking results' : phase))
  return words.length === 1 && words[0] === 'encoding' ? '' : words.join(' and ')
}

/** What is known of a project, each part by itself; empty where it is not known. */
function partsOf(status: ProgressStatus, elapsedMs: number) {
  const { scenes, totalFrames, share, planned, etaSeconds, kbps, estimatedBytes } = status
  const hasFrames = totalFrames > 0
  const about = planned ? '' : '~'
  return {
    clock: formatClock(elapsedMs),
    scenes: scenes.total > 0 ? `[${scenes.done}/${scenes.total}${planned ? '' : '+'} scenes]` : '',
    percent: hasFrames ? `${Math.floor(share * 100)}%` : '',
    frames: hasFrames ? `${Math.floor(status.frames)}/${about}${totalFrames} frames` : '',
    rate: formatRate(status.fps),
    eta: etaSeconds === null ? '' : `eta ${formatDuration(etaSeconds)}`,
    kbps: kbps === null ? '' : `${Math.round(kbps)} kbps`,
    size: estimatedBytes === null ? '' : `est. ${formatBytes(estimatedBytes)}`,
    failed: scenes.failed > 0 ? `${scenes.failed} failed` : '',
    phase: phaseText(status)
  }
}

type Part = keyof ReturnType<typeof partsOf>

const isThere = (text: string): boolean => text !== ''

/** `00:03:41 [12/68 scenes] 42% 3641/8669 frames 39.2 fps, eta 2m, 2161 kbps, est. 74 MiB`; what is unknown is left out. */
export function progressLine(status: ProgressStatus, elapsedMs: number): string {
  const part = partsOf(status, elapsedMs)
  const head = [part.clock, part.scenes, part.percent, part.frames, part.rate].filter(isThere).join(' ')
  return [head, part.eta, part.kbps, part.size, part.failed, part.phase].filter(isThere).join(', ')
}

/** The parts of a row, from what is given up last on. Title and bar take what is left beyond their least width. */
const WEIGHT: readonly (Part | 'title' | 'bar')[] = [
  'percent',
  'eta',
  'rate',
  'phase',
  'failed',
  'title',
  'bar',
  'scenes',
  'clock',
  'size',
  'frames',
  'kbps'
]
/** The parts of a row as they stand behind title and bar. */
const ORDER: readonly Part[] = [
  'percent',
  'rate',
  'eta',
  'phase',
  'failed',
  'scenes',
  'frames',
  'size',
  'kbps',
  'clock'
]
const GAP = '  '
/** Cells of the bar with its two ends: less shows nothing, more says nothing. */
const BAR_CELLS_MIN = 10
const BAR_CELLS_MAX = 42
const TITLE_CELLS_MIN = 12
const TITLE_CELLS_MAX = 30

/**
 * One row for a terminal of this width: `film.mkv  ▐███▌  42%  39.2 fps  eta 2m  ...`. Percentage, time left and speed stay longest; the bar takes the room that is left.
 * @param columns cells of the terminal; the last one stays free, so that the cursor does not wrap
 */
export function progressRow(
  status: ProgressStatus & { readonly title: string },
  elapsedMs: number,
  columns: number
): string {
  const room = Math.max(0, columns - 1)
  const part = partsOf(status, elapsedMs)
  const title = clipToWidth(printable(status.title), TITLE_CELLS_MAX)
  const least = {
    title: Math.min(TITLE_CELLS_MIN, textWidth(title)),
    bar: status.totalFrames > 0 ? BAR_CELLS_MIN : 0
  }
  const shown = new Set<Part | 'title' | 'bar'>()
  let cells = 0
  for (const name of WEIGHT) {
    const width = name === 'title' || name === 'bar' ? least[name] : textWidth(part[name])
    if (width === 0) continue
    const wider = cells + (cells === 0 ? 0 : GAP.length) + width
    // What follows weighs less: a gap in the order would only puzzle.
    if (wider > room) break
    cells = wider
    shown.add(name)
  }
  const texts = ORDER.filter((name) => shown.has(name)).map((name) => part[name])
  const titleCells = shown.has('title') ? Math.min(textWidth(title), least.title + room - cells) : 0
  const left = room - cells - Math.max(0, titleCells - least.title)
  if (shown.has('bar')) texts.unshift(progressBar(status.share, Math.min(BAR_CELLS_MIN + left, BAR_CELLS_MAX) - 2))
  if (titleCells > 0) texts.unshift(clipToWidth(title, titleCells))
  return texts.join(GAP)
}
