import { clearScreenDown, moveCursor } from 'node:readline'
import type { ProjectStatus } from '../../api/schemas/index.ts'
import { formatClock, formatDuration, formatTable } from './format.ts'
import { formatRate } from '../../common/speed-text.ts'
import type { CliIo } from './io.ts'
import { clipToWidth } from './text-width.ts'
import { printable } from '../../common/text.ts'

type Film = Pick<
  ProjectStatus,
  | 'projectId'
  | 'title'
  | 'state'
  | 'scenes'
  | 'share'
  | 'totalFrames'
  | 'fps'
  | 'etaSeconds'
  | 'kbps'
  | 'estimatedBytes'
>

const ended = new Set<ProjectStatus['state']>(['completed', 'failed', 'cancelled'])

function rowOf(film: Film): string[] {
  const { title, state, scenes, totalFrames, fps, etaSeconds } = film
  return [
    printable(title),
    state,
    totalFrames > 0 ? `${Math.floor(film.share * 100)}%` : '',
    scenes.total > 0 ? `${scenes.done}/${scenes.total} scenes` : '',
    formatRate(fps),
    etaSeconds === null ? '' : `eta ${formatDuration(etaSeconds)}`
  ]
}

export interface FilmsTableInit {
  /** Cells of the terminal; the last one stays free. */
  readonly columns: number
  /** Lines that the table may have, 2 at least. */
  readonly lines: number
  /** Films that were submitted, of which some may not be known yet. */
  readonly total: number
  readonly elapsedMs: number
}

/** The films that have not ended, in their order, and a line for all of them. */
export function filmsTable(films: readonly Film[], { columns, lines, total, elapsedMs }: FilmsTableInit): string[] {
  const going = films.filter(({ state }) => !ended.has(state))
  const shown = going.slice(0, Math.max(1, lines - 1))
  const more = going.length - shown.length
  const done = films.filter(({ state }) => state === 'completed').length
  const sum = `${formatClock(elapsedMs)}  ${done} of ${total} films are done${more > 0 ? `, ${more} more waiting` : ''}`
  const table =
    shown.length === 0 ? [] : formatTable(shown.map(rowOf), { columns: [0], cellsMax: columns - 1 }).split('\n')
  return [...table, sum].map((line) => clipToWidth(line, columns - 1))
}

/** The table on a terminal, drawn in its place again and again. */
export interface FilmsDisplay {
  readonly update: (status: ProjectStatus, elapsedMs: number) => void
  /** Has something written above the table. */
  readonly above: <Value>(write: () => Promise<Value>) => Promise<Value>
  readonly stop: () => void
}

const COLUMNS = 80
const ROWS = 24
const DRAW_MS = 500

type Terminal = NonNullable<CliIo['terminal']>

export function createFilmsDisplay(stream: Terminal, order: readonly string[]): FilmsDisplay {
  const films = new Map<string, ProjectStatus>()
  let drawn = 0
  let elapsedMs = 0
  let writing = 0

  function clear(): void {
    if (drawn > 0) moveCursor(stream, 0, -drawn)
    clearScreenDown(stream)
    drawn = 0
  }

  function draw(): void {
    if (writing > 0) return
    const known = order.flatMap((projectId) => films.get(projectId) ?? [])
    const { columns = COLUMNS, rows = ROWS } = stream
    const lines = filmsTable(known, { columns, lines: Math.max(2, rows - 1), total: order.length, elapsedMs })
    clear()
    stream.write(lines.map((line) => `${line}\n`).join(''))
    drawn = lines.length
  }

  const drawing = setInterval(draw, DRAW_MS)
  return {
    update: (status, ms) => {
      films.set(status.projectId, status)
      elapsedMs = Math.max(elapsedMs, ms)
    },
    above: async (write) => {
      clear()
      writing += 1
      try {
        return await write()
      } finally {
        writing -= 1
        draw()
      }
    },
    stop: () => {
      clearInterval(drawing)
      clear()
    }
  }
}
