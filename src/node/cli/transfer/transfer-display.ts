import { formatBytes, printable } from '../../../common/text.ts'
import { monotonicMs } from '../../../common/clock.ts'
import { formatDuration } from '../format.ts'
import type { CliIo } from '../io.ts'
import { createRow } from '../progress-display.ts'
import { progressBar } from '../progress-line.ts'
import { clipToWidth } from '../text-width.ts'

/** Shows how far a file is on its way. */
export interface TransferDisplay {
  /** @param bytes of the whole file that are there */
  readonly update: (bytes: number, total: number) => void
  /** Leaves the terminal as other output needs it. */
  readonly stop: () => void
}

export interface TransferInit {
  readonly event: 'sending' | 'fetching'
  /** Of the film. */
  readonly name: string
  readonly json: boolean
  /** What the JSON objects say besides. */
  readonly fields: object
}

const TITLE_CELLS_MAX = 30
const BAR_CELLS = 20
const LINE_MS = 10_000
const LINE_SHARE = 0.05
const JSON_MS = 1000

interface Figures {
  readonly bytes: number
  readonly total: number
  /** Bytes per second since the command began; 0 while it is not known. */
  readonly rate: number
}

/** `12 MiB/s`, `eta 2m`; nothing where nothing has moved. */
function rateTexts({ bytes, total, rate }: Figures): string[] {
  if (rate <= 0 || bytes === total) return []
  return [`${formatBytes(rate)}/s`, `eta ${formatDuration((total - bytes) / rate)}`]
}

const percentOf = ({ bytes, total }: Figures): string => `${Math.floor((100 * bytes) / Math.max(1, total))}%`

/** What of the bytes there were before says nothing about the speed. */
function createMeter(): (bytes: number, total: number) => Figures {
  let first: { readonly bytes: number; readonly atMs: number } | undefined
  return (bytes, total) => {
    first ??= { bytes, atMs: monotonicMs() }
    const seconds = (monotonicMs() - first.atMs) / 1000
    return { bytes, total, rate: seconds > 0 ? Math.max(0, bytes - first.bytes) / seconds : 0 }
  }
}

/** A row on a terminal, lines elsewhere, JSON when asked for. */
export function createTransferDisplay(
  io: Pick<CliIo, 'out' | 'terminal'>,
  { event, name, json, fields }: TransferInit
): TransferDisplay {
  const meter = createMeter()
  const title = printable(name)
  if (!json && io.terminal !== undefined) {
    const row = createRow(io.terminal)
    return {
      update: (bytes, total) => {
        const figures = meter(bytes, total)
        const share = bytes / Math.max(1, total)
        const head = [clipToWidth(title, TITLE_CELLS_MAX), progressBar(share, BAR_CELLS), percentOf(figures)]
        row.draw(share, (columns) => clipToWidth([...head, ...rateTexts(figures), event].join('  '), columns - 1))
      },
      stop: row.stop
    }
  }
  let last = { share: Number.NEGATIVE_INFINITY, atMs: Number.NEGATIVE_INFINITY }
  return {
    update: (bytes, total) => {
      const figures = meter(bytes, total)
      const now = { share: bytes / Math.max(1, total), atMs: monotonicMs() }
      const isEnd = bytes === total && last.share < 1
      const isDue = json
        ? now.atMs - last.atMs >= JSON_MS
        : now.share - last.share >= LINE_SHARE || now.atMs - last.atMs >= LINE_MS
      if (!isEnd && !isDue) return
      last = now
      if (json) io.out(JSON.stringify({ event, ...fields, bytes, total }))
      else
        io.out([`${event} ${title}: ${percentOf(figures)} of ${formatBytes(total)}`, ...rateTexts(figures)].join(', '))
    },
    stop: () => undefined
  }
}
