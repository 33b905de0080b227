import { printable } from '../../../common/text.ts'
import { filmLines } from './film-view.ts'
import { headerLines } from './header.ts'
import { helpLines } from './help.ts'
import { joinLines } from './join-view.ts'
import { clipLine, type Line, line, lineWidth, span } from './line.ts'
import { paneContent, type PaneContent, type Row } from './panes.ts'
import type { TopState } from './state.ts'
import { type Pane, PANES, type Ui } from './ui.ts'

export interface ScreenSize {
  readonly columns: number
  readonly rows: number
}

/** Fewer lines show one pane at a time. */
const ALL_PANES_ROWS_MIN = 16
const NOTES_MAX = 3

/** Exactly so many lines. */
const filled = (lines: readonly Line[], rows: number): Line[] =>
  Array.from({ length: rows }, (_, index) => lines[index] ?? [])

function rule({ title }: PaneContent, isCurrent: boolean, cells: number): Line {
  const tone = isCurrent ? 'key' : 'dim'
  const head = clipLine([span(isCurrent ? '▸ ' : '─ ', tone), span(`${title} `, isCurrent ? 'strong' : 'plain')], cells)
  return [...head, span('─'.repeat(Math.max(0, cells - lineWidth(head))), 'dim')]
}

/** The rows around the chosen one that fit; of a log the last ones. */
function windowOf(rows: readonly Row[], chosen: number, room: number): readonly Line[] {
  let first = chosen
  let used = rows[chosen]?.lines.length ?? 0
  const lines = (index: number): number => rows[index]?.lines.length ?? 0
  while (first > 0 && used + lines(first - 1) <= room) used += lines((first -= 1))
  return rows
    .slice(first)
    .flatMap(({ lines: own }) => own)
    .slice(0, room)
}

const marked = (lines: readonly Line[]): readonly Line[] =>
  lines.map((spans, index) => (index === 0 ? spans.map((part) => ({ ...part, tone: 'chosen' as const })) : spans))

/** Which row of a pane is chosen; the last one of a log, the first one elsewhere. */
export function chosenIndex(pane: Pane, rows: readonly Row[], { chosen }: Pick<Ui, 'chosen'>): number {
  const found = rows.findIndex(({ id }) => id === chosen[pane])
  return found >= 0 ? found : pane === 'log' ? Math.max(0, rows.length - 1) : 0
}

function paneLines(pane: Pane, content: PaneContent, ui: Ui, size: ScreenSize): Line[] {
  const isCurrent = ui.pane === pane
  const room = size.rows - 1
  const at = chosenIndex(pane, content.rows, ui)
  const rows = content.rows.map((row, index) =>
    isCurrent && index === at ? { ...row, lines: marked(row.lines) } : row
  )
  const body = rows.length === 0 ? [line(content.empty, 'dim')] : windowOf(rows, at, room)
  return [rule(content, isCurrent, size.columns), ...body.slice(0, room)]
}

const linesOf = ({ rows }: PaneContent): number =>
  1 +
  Math.max(
    1,
    rows.reduce((sum, row) => sum + row.lines.length, 0)
  )

/** Least lines of each pane with its title. */
const LEAST: Readonly<Record<Pane, number>> = { films: 3, slots: 2, peers: 2, log: 3 }

/** How many lines each pane gets: what it needs, the first ones before the others, and the log what is left. */
export function shareRows(needs: Readonly<Record<Pane, number>>, rows: number): Readonly<Record<Pane, number>> {
  const share = { ...LEAST }
  let left = rows - PANES.reduce((sum, pane) => sum + LEAST[pane], 0)
  for (const pane of ['slots', 'films', 'peers'] as const) {
    const more = Math.min(Math.max(0, needs[pane] - share[pane]), left)
    share[pane] += more
    left -= more
  }
  return { ...share, log: share.log + left }
}

function panesLines(state: TopState, ui: Ui, size: ScreenSize, nowMs: number): Line[] {
  const room = { cells: size.columns, nowMs }
  if (size.rows < ALL_PANES_ROWS_MIN) return paneLines(ui.pane, paneContent(ui.pane, state, ui, room), ui, size)
  const contents = {
    films: paneContent('films', state, ui, room),
    slots: paneContent('slots', state, ui, room),
    peers: paneContent('peers', state, ui, room),
    log: paneContent('log', state, ui, room)
  }
  const needs = {
    films: linesOf(contents.films),
    slots: linesOf(contents.slots),
    peers: linesOf(contents.peers),
    log: linesOf(contents.log)
  }
  const rows = shareRows(needs, size.rows)
  return PANES.flatMap((pane) => {
    const lines = paneLines(pane, contents[pane], ui, { columns: size.columns, rows: rows[pane] })
    return filled(lines, rows[pane])
  })
}

const HINTS = ['? help', 'q quit', 'Tab pane', '↵ film', '+ - slots', 'p pause', '/ filter', 'c cancel']

function footer(ui: Ui, cells: number, nowMs: number): Line {
  if (ui.ask !== undefined) return clipLine([span(ui.ask.text, 'strong'), span('  y/n', 'key')], cells)
  if (ui.typing) return clipLine([span('/', 'key'), span(printable(ui.filter)), span('▏', 'key')], cells)
  if (ui.deleting !== undefined) {
    const seconds = Math.max(0, Math.ceil((ui.deleting.atMs - nowMs) / 1000))
    return clipLine([span(`deletes ${ui.deleting.title} in ${seconds} s  `, 'bad'), span('u undo', 'key')], cells)
  }
  if (ui.message !== undefined && nowMs < ui.message.untilMs)
    return clipLine(line(ui.message.text, ui.message.tone), cells)
  const filter = ui.filter === '' ? [] : [span(`/${printable(ui.filter)} `, 'key')]
  let text = ''
  for (const hint of HINTS) if (text.length + hint.length + 2 < cells) text += `${text === '' ? '' : '  '}${hint}`
  return clipLine([...filter, span(text, 'dim')], cells)
}

function bodyLines(state: TopState, ui: Ui, size: ScreenSize, nowMs: number): Line[] {
  const { view } = ui
  switch (view.type) {
    case 'help':
      return helpLines(size)
    case 'join':
      return joinLines(state, size.columns)
    case 'film':
      return filmLines(state, view, size, nowMs)
    case 'panes':
      return panesLines(state, ui, size, nowMs)
    default:
      return view satisfies never
  }
}

/**
 * The whole screen: exactly `rows` lines, none wider than `columns` cells.
 * @param nowMs milliseconds since 1970
 */
export function screenLines(state: TopState, ui: Ui, { columns, rows }: ScreenSize, nowMs: number): Line[] {
  const notes = rows < ALL_PANES_ROWS_MIN ? 1 : NOTES_MAX
  const header = headerLines(state, columns, nowMs, notes)
  const size = { columns, rows: Math.max(1, rows - header.length - 1) }
  const body = bodyLines(state, ui, size, nowMs)
  return [...header, ...filled(body, size.rows), footer(ui, columns, nowMs)]
    .slice(0, rows)
    .map((spans) => clipLine(spans, columns))
}
