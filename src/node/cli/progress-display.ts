import { SingleBar } from 'cli-progress'
import { monotonicMs } from '../../common/clock.ts'
import type { ProjectStatus } from '../../api/schemas/index.ts'
import type { CliIo } from './io.ts'
import { progressLine, progressRow } from './progress-line.ts'

/** Shows how a project gets on. */
export interface ProgressDisplay {
  readonly update: (status: ProjectStatus, elapsedMs: number) => void
  /** Leaves the terminal as other output needs it. */
  readonly stop: () => void
}

const lineEveryMs = 10_000
const lineEveryFraction = 0.05
/** The clock of a row ticks by itself. */
const tickMs = 1000
const columnsDefault = 80

type Terminal = NonNullable<CliIo['terminal']>

/** One row of a terminal, drawn in its place again and again. */
export interface Row {
  /** @param lineOf the row for so many columns; it is called again when the terminal gets another width, and every second */
  readonly draw: (share: number, lineOf: (columns: number) => string) => void
  readonly stop: () => void
}

export function createRow(stream: Terminal): Row {
  const bar = new SingleBar({
    format: (_options, _parameters, payload: { readonly line?: string }) => payload.line ?? '',
    stream,
    hideCursor: true,
    // Signals are the command's own business.
    gracefulExit: false,
    emptyOnZero: true
  })
  let last: { readonly share: number; readonly lineOf: (columns: number) => string } | undefined
  const drawLast = (): void => {
    if (last !== undefined) bar.update(last.share, { line: last.lineOf(stream.columns ?? columnsDefault) })
  }
  bar.start(1, 0, { line: '' })
  const ticking = setInterval(drawLast, tickMs)
  stream.on('resize', drawLast)
  return {
    draw: (share, lineOf) => {
      last = { share, lineOf }
      drawLast()
    },
    stop: () => {
      clearInterval(ticking)
      stream.off('resize', drawLast)
      bar.stop()
    }
  }
}

/** A row whose clock ticks while nothing else changes. */
function terminalDisplay(stream: Terminal): ProgressDisplay {
  const row = createRow(stream)
  return {
    update: (status, elapsedMs) => {
      const atMs = monotonicMs()
      row.draw(status.share, (columns) => progressRow(status, elapsedMs + monotonicMs() - atMs, columns))
    },
    stop: row.stop
  }
}

/** A line at the start, at every 5 % and at least every 10 s. */
function lineDisplay(out: CliIo['out']): ProgressDisplay {
  let last = { fraction: Number.NEGATIVE_INFINITY, ms: Number.NEGATIVE_INFINITY, text: '' }
  return {
    update: (status, ms) => {
      const fraction = status.share
      const finished = fraction === 1 && last.fraction < 1
      if (!finished && fraction - last.fraction < lineEveryFraction && ms - last.ms < lineEveryMs) return
      const text = progressLine(status, ms)
      if (text !== last.text) out(text)
      last = { fraction, ms, text }
    },
    stop: () => undefined
  }
}

/** One JSON object a line, whenever something changed. */
function jsonDisplay(out: CliIo['out']): ProgressDisplay {
  let last = ''
  return {
    update: (status, elapsedMs) => {
      const { projectId, state, phases, scenes, frames, totalFrames, share } = status
      const { fps, etaSeconds, kbps, estimatedBytes } = status
      const work = { projectId, state, phases, scenes, frames, totalFrames, share }
      const shown = { ...work, fps, etaSeconds, kbps, estimatedBytes }
      const text = JSON.stringify(shown)
      if (text !== last) out(JSON.stringify({ event: 'progress', elapsedMs: Math.round(elapsedMs), ...shown }))
      last = text
    },
    stop: () => undefined
  }
}

/** A bar on a terminal, lines elsewhere, JSON when asked for. */
export function createProgressDisplay(io: Pick<CliIo, 'out' | 'terminal'>, json: boolean): ProgressDisplay {
  if (json) return jsonDisplay(io.out)
  return io.terminal ? terminalDisplay(io.terminal) : lineDisplay(io.out)
}
