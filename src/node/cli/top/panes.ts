import type { ChronicleEvent, PeerStatus, ProjectStatus } from '../../../api/schemas/index.ts'
import { plural, printable } from '../../../common/text.ts'
import { formatClock, formatDuration } from '../format.ts'
import { formatRate } from '../../../common/speed-text.ts'
import { logInWords } from '../../log/in-words.ts'
import { phaseText, progressBar } from '../progress-line.ts'
import { clipToWidth, padToWidth } from '../text-width.ts'
import { clipLine, type Line, line, lineWidth, packed, span, spread, type Tone } from './line.ts'
import { logNames, peerName } from './names.ts'
import { slotKey, type TopState } from './state.ts'
import { sceneStrip, sparkline } from './strip.ts'
import { matches, type Pane, type Ui } from './ui.ts'

/** A row of a pane, of one line or more. */
export interface Row {
  readonly id: string
  readonly lines: readonly Line[]
}

export interface PaneContent {
  readonly title: string
  readonly rows: readonly Row[]
  /** Said where there are no rows. */
  readonly empty: string
}

interface Room {
  readonly cells: number
  readonly nowMs: number
}

const BAR_CELLS = 12
const SPARK_CELLS = 16
const TITLE_CELLS_MIN = 10

const percent = (share: number): string => `${Math.floor(share * 100)}%`.padStart(4)

const STATE_TONES: Readonly<Record<ProjectStatus['state'], Tone>> = {
  queued: 'dim',
  analysing: 'busy',
  encoding: 'busy',
  joining: 'busy',
  waiting: 'bad',
  completed: 'good',
  failed: 'bad',
  cancelled: 'dim'
}

/** Title on the left with what room is left, figures on the right. */
function titled(title: string, right: Line, cells: number, tone: Tone = 'plain'): Line {
  const room = cells - lineWidth(right) - 1
  if (room < TITLE_CELLS_MIN) return clipLine([span(title, tone), span(' '), ...right], cells)
  return spread([span(clipToWidth(title, room), tone)], right, cells)
}

function figures(project: ProjectStatus, cells: number): Line {
  const { state, share, fps, etaSeconds, scenes, endedAtMs } = project
  const phase = phaseText(project) || state
  const parts: Line[] =
    endedAtMs === null
      ? [
          line(percent(share), 'strong'),
          line(formatRate(fps)),
          line(etaSeconds === null ? '' : `eta ${formatDuration(etaSeconds)}`),
          line(phase, STATE_TONES[state]),
          line(`${scenes.done}/${scenes.total}`),
          line(progressBar(share, BAR_CELLS))
        ]
      : [line(state, STATE_TONES[state]), line(`${scenes.done}/${scenes.total}`)]
  return packed(parts, Math.max(0, cells - TITLE_CELLS_MIN - 1))
}

function filmRow(state: TopState, project: ProjectStatus, cells: number): Row {
  const { projectId, title, passes, endedAtMs, reason } = project
  const first = titled(printable(title), figures(project, cells), cells)
  const spark = sparkline(state.speeds.get(projectId) ?? [], Math.min(SPARK_CELLS, Math.floor(cells / 4)))
  const room = cells - 2 - (spark === '' ? 0 : spark.length + 2)
  const strip = endedAtMs === null ? sceneStrip(state.films.get(projectId) ?? [], room, passes) : []
  if (strip.length === 0 && spark === '') {
    const said = endedAtMs === null || project.state === 'failed' ? printable(reason) : ''
    return { id: projectId, lines: said === '' ? [first] : [first, clipLine([span('  '), span(said, 'dim')], cells)] }
  }
  return { id: projectId, lines: [first, spread([span('  '), ...strip], [span(spark, 'dim')], cells)] }
}

/** What goes on before what has ended, the newest of that first. */
export function filmsInOrder({ projects }: Pick<TopState, 'projects'>, ui: Pick<Ui, 'filter'>): ProjectStatus[] {
  const shown = [...projects.values()].filter(({ title, projectId }) => matches(ui, title, projectId))
  const open = shown
    .filter(({ endedAtMs }) => endedAtMs === null)
    .toSorted((a, b) => a.priority - b.priority || a.createdAtMs - b.createdAtMs)
  const ended = shown.filter(({ endedAtMs }) => endedAtMs !== null)
  return [...open, ...ended.toSorted((a, b) => (b.endedAtMs ?? 0) - (a.endedAtMs ?? 0))]
}

function filmsPane(state: TopState, ui: Ui, { cells }: Room): PaneContent {
  const films = filmsInOrder(state, ui)
  return {
    title: plural(films.length, 'film'),
    rows: films.map((project) => filmRow(state, project, cells)),
    empty: 'no films yet: submit one with "grav1 submit film.mkv"'
  }
}

/** A scene that this node encodes. */
export interface OwnSlot {
  readonly id: string
  readonly project: ProjectStatus
  readonly running: ProjectStatus['running'][number]
}

export function ownSlots({ node, projects }: TopState, ui: Pick<Ui, 'filter'>): OwnSlot[] {
  return [...projects.values()].flatMap((project) =>
    project.running
      .filter(({ worker }) => worker === node?.peerId && matches(ui, project.title))
      .map((running) => ({ id: slotKey(project.projectId, running.scene, running.worker), project, running }))
  )
}

/** Scenes here that an encoder runs for, of so many slots, and those that were only fetched ahead. */
function slotCounts(state: TopState): { readonly encoding: number; readonly slots: number; readonly ahead: number } {
  const { slots, busy } = state.node ?? { slots: 0, busy: 0 }
  const inHand = ownSlots(state, { filter: '' }).length
  // Right after a change there may be fewer slots than encodes.
  const encoding = Math.min(inHand, Math.max(slots, busy))
  return { encoding, slots, ahead: inHand - encoding }
}

const passText = ({ passes }: ProjectStatus, pass: number, isAhead: boolean): string => {
  if (pass === 0) return isAhead ? 'ahead' : 'begins'
  return passes === 1 ? '' : `pass ${pass}/2`
}

function slotRow(state: TopState, { id, project, running }: OwnSlot, isAhead: boolean, { cells, nowMs }: Room): Row {
  const seen = state.slots.get(id)
  const elapsedMs = seen === undefined ? 0 : Math.max(0, nowMs - seen.sinceMs)
  const gained = seen === undefined ? 0 : (running.share - seen.share) * running.sceneFrames
  const parts: Line[] = [
    line(`scene ${running.scene + 1}`),
    line(percent(running.share), 'strong'),
    line(passText(project, running.pass, isAhead), 'busy'),
    line(elapsedMs > 1000 ? formatRate((gained * 1000) / elapsedMs) : ''),
    line(formatClock(elapsedMs), 'dim'),
    line(progressBar(running.share, BAR_CELLS))
  ]
  const right = packed(parts, Math.max(0, cells - TITLE_CELLS_MIN - 1))
  return { id, lines: [titled(printable(project.title), right, cells)] }
}

function slotsPane(state: TopState, ui: Ui, room: Room): PaneContent {
  const { encoding, slots, ahead } = slotCounts(state)
  return {
    title: `slots here ${encoding} of ${slots}${ahead > 0 ? `, ${ahead} ahead` : ''}`,
    rows: ownSlots(state, ui).map((slot) => slotRow(state, slot, ahead > 0, room)),
    empty: slots === 0 ? 'none: + adds one' : 'no scene is running here'
  }
}

/** What a peer encodes: `film.mkv 3, 9`. */
function doing({ projects }: TopState, { peerId }: PeerStatus): string {
  const films = [...projects.values()].flatMap(({ title, running }) => {
    const scenes = running.filter(({ worker }) => worker === peerId).map(({ scene }) => scene + 1)
    return scenes.length === 0 ? [] : [`${printable(title)} ${scenes.join(', ')}`]
  })
  return films.join('; ')
}

function peerRow(state: TopState, peer: PeerStatus, { cells }: Room): Row {
  const { connected, paused, health, busy, slots, fps, relay, idle = [] } = peer
  const idleReason = idle[0]?.reason
  const work = doing(state, peer) || (idleReason === undefined ? '' : printable(idleReason))
  const away = connected ? '' : 'away'
  const status = health === 'disk-full' ? 'disk full' : paused ? 'paused' : away
  const left = [
    span(padToWidth(clipToWidth(peerName(state, peer.peerId), 16), 16), connected ? 'plain' : 'dim'),
    span(`  ${busy}/${slots}`.padEnd(7)),
    span(padToWidth(formatRate(fps), 11)),
    span(status === '' ? '' : `${status}  `, 'bad'),
    span(connected && relay !== undefined ? `by ${clipToWidth(peerName(state, relay), 16)}  ` : '')
  ]
  return { id: peer.peerId, lines: [clipLine([...left, span(work, 'dim')], cells)] }
}

function peersPane(state: TopState, ui: Ui, room: Room): PaneContent {
  const peers = [...state.peers.values()]
    .filter(({ name, peerId }) => matches(ui, name, peerId))
    .toSorted((a, b) => Number(b.connected) - Number(a.connected) || b.fps - a.fps || (a.peerId < b.peerId ? -1 : 1))
  const rows = peers.map((peer) => peerRow(state, peer, room))
  return { title: plural(peers.length, 'peer'), rows, empty: 'no peers yet: i shows how they join' }
}

const BAD_KINDS: ReadonlySet<ChronicleEvent['kind']> = new Set(['refused', 'scene-failed', 'failed', 'disk-full'])

const clockTime = (atMs: number): string => new Date(atMs).toTimeString().slice(0, 8)

/** A sentence of the log, and when it was. */
interface Said {
  readonly id: string
  readonly atMs: number
  readonly text: string
  readonly tone: Tone
}

/** Lines of the log, and what happened while nobody listened to it, by time. */
function saidIn(state: TopState): Said[] {
  const names = logNames(state)
  const lines = state.log.map((entry): Said => {
    const isUsual = entry.level === 'info' || entry.level === 'debug'
    const { number, atMs } = entry
    return { id: String(number), atMs, text: logInWords(entry, names), tone: isUsual ? 'plain' : 'bad' }
  })
  const past = state.past.map(({ number, atMs, kind, text }): Said => {
    return { id: `past ${number}`, atMs, text: printable(text), tone: BAD_KINDS.has(kind) ? 'bad' : 'plain' }
  })
  return [...past, ...lines].toSorted((a, b) => a.atMs - b.atMs)
}

function logPane(state: TopState, ui: Ui, { cells }: Room): PaneContent {
  const rows = saidIn(state)
    .filter(({ text }) => matches(ui, text))
    .map(({ id, atMs, text, tone }): Row => {
      const spans = [span(`${clockTime(atMs)} `, 'dim'), span(text, tone)]
      return { id, lines: [clipLine(spans, cells)] }
    })
  return { title: 'log', rows, empty: 'nothing yet' }
}

const CONTENTS: Readonly<Record<Pane, (state: TopState, ui: Ui, room: Room) => PaneContent>> = {
  films: filmsPane,
  slots: slotsPane,
  peers: peersPane,
  log: logPane
}

/** What a pane has to show, in lines of so many cells. */
export const paneContent = (pane: Pane, state: TopState, ui: Ui, room: Room): PaneContent =>
  CONTENTS[pane](state, ui, room)
