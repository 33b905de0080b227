import type { ProjectStatus } from '../../../api/schemas/index.ts'
import { printable } from '../../../common/text.ts'
import { clipToWidth } from '../text-width.ts'
import { filmsInOrder, type OwnSlot, ownSlots, paneContent } from './panes.ts'
import { chosenIndex } from './screen.ts'
import type { TopState } from './state.ts'
import { type Command, PANES, START, type Ui, withMessage } from './ui.ts'

/** A key as it was pressed: a character, or one with a name. */
export interface Press {
  readonly text: string
  readonly name?:
    | 'up'
    | 'down'
    | 'page-up'
    | 'page-down'
    | 'enter'
    | 'escape'
    | 'tab'
    | 'backspace'
    | 'interrupt'
    | undefined
}

/** Keys that come as characters where several are typed at once. */
const CONTROLS: Readonly<Record<string, Press['name']>> = {
  '\t': 'tab',
  '\r': 'enter',
  '\n': 'enter',
  '\u001B': 'escape',
  '\u007F': 'backspace',
  '\b': 'backspace',
  '\u0003': 'interrupt'
}

/** A run of typed characters, one by one; what is no key and cannot be seen is none. */
export const typedPresses = (input: string): Press[] =>
  Array.from(input).flatMap((text): Press[] => {
    const name = CONTROLS[text]
    if (name !== undefined) return [{ text: '', name }]
    return printable(text) === text ? [{ text }] : []
  })

export interface KeyStep {
  readonly ui: Ui
  readonly command?: Command | undefined
}

const SLOTS_MAX = 1024
const UNDO_MS = 8000
const PAGE_ROWS = 10
const TITLE_CELLS = 30
const FILTER_CHARS_MAX = 100

const shortTitle = ({ title }: ProjectStatus): string => clipToWidth(printable(title), TITLE_CELLS)

const MOVES: Readonly<Record<string, number>> = { up: -1, down: 1, 'page-up': -PAGE_ROWS, 'page-down': PAGE_ROWS }

function moveOf({ name, text }: Press): number | undefined {
  if (name !== undefined) return MOVES[name]
  return text === 'k' ? -1 : text === 'j' ? 1 : undefined
}

/** Ids of the rows do not hang on how wide they are. */
const SOME_ROOM = { cells: 80, nowMs: 0 }

function move(ui: Ui, state: TopState, by: number): Ui {
  const { view, pane } = ui
  if (view.type === 'film') {
    const last = (state.films.get(view.projectId)?.length ?? 1) - 1
    const scene = Math.max(0, Math.min(last, view.scene + by))
    return { ...ui, view: { ...view, scene, why: undefined } }
  }
  const { rows } = paneContent(pane, state, ui, SOME_ROOM)
  const next = rows[Math.max(0, Math.min(rows.length - 1, chosenIndex(pane, rows, ui) + by))]
  return next === undefined ? ui : { ...ui, chosen: { ...ui.chosen, [pane]: next.id } }
}

/** The film that a key is about: the one that is open, or the chosen one. */
function filmOf(ui: Ui, state: TopState): ProjectStatus | undefined {
  if (ui.view.type === 'film') return state.projects.get(ui.view.projectId)
  if (ui.pane === 'slots') return slotOf(ui, state)?.project
  const films = filmsInOrder(state, ui)
  return films.find(({ projectId }) => projectId === ui.chosen.films) ?? films[0]
}

function slotOf(ui: Ui, state: TopState): OwnSlot | undefined {
  const slots = ownSlots(state, ui)
  if (ui.view.type === 'film') {
    const { projectId, scene } = ui.view
    return slots.find(({ project, running }) => project.projectId === projectId && running.scene === scene)
  }
  return slots.find(({ id }) => id === ui.chosen.slots) ?? slots[0]
}

function openFilm(ui: Ui, state: TopState): Ui {
  const project = filmOf(ui, state)
  if (project === undefined) return ui
  const running = ui.pane === 'slots' ? slotOf(ui, state)?.running.scene : undefined
  const scene = running ?? project.running[0]?.scene ?? 0
  return { ...ui, view: { type: 'film', projectId: project.projectId, scene, why: undefined } }
}

function slots(ui: Ui, { node }: TopState, by: number): KeyStep {
  if (node === undefined) return { ui }
  const wanted = Math.max(0, Math.min(SLOTS_MAX, node.slots + by))
  return { ui, command: { type: 'slots', slots: wanted } }
}

function why(ui: Ui): KeyStep {
  if (ui.view.type !== 'film') return { ui }
  const { projectId, scene } = ui.view
  return { ui, command: { type: 'why', projectId, scene } }
}

function stopScene(ui: Ui, state: TopState, nowMs: number): KeyStep {
  const slot = ui.pane === 'slots' || ui.view.type === 'film' ? slotOf(ui, state) : undefined
  if (slot === undefined) return { ui: withMessage(ui, 'choose a scene in the slots pane first', nowMs) }
  const { project, running } = slot
  const text = `stop scene ${running.scene + 1} of ${shortTitle(project)} here?`
  const command: Command = { type: 'stop-scene', projectId: project.projectId, scene: running.scene }
  return { ui: { ...ui, ask: { text, command } } }
}

function ofFilm(ui: Ui, state: TopState, nowMs: number, act: (project: ProjectStatus) => KeyStep): KeyStep {
  const project = filmOf(ui, state)
  return project === undefined ? { ui: withMessage(ui, 'there is no film', nowMs) } : act(project)
}

function cancel(ui: Ui, project: ProjectStatus, nowMs: number): KeyStep {
  if (project.endedAtMs !== null) return { ui: withMessage(ui, `${shortTitle(project)} has ended`, nowMs) }
  const command: Command = { type: 'cancel', projectId: project.projectId }
  return { ui: { ...ui, ask: { text: `cancel ${shortTitle(project)}?`, command } } }
}

function remove(ui: Ui, project: ProjectStatus, nowMs: number): KeyStep {
  const deleting = { projectId: project.projectId, title: shortTitle(project), atMs: nowMs + UNDO_MS }
  const before = ui.deleting
  // Only one can be undone: another key says that the one before is meant.
  const command: Command | undefined =
    before === undefined || before.projectId === project.projectId
      ? undefined
      : { type: 'delete', projectId: before.projectId }
  return { ui: { ...ui, deleting }, command }
}

function escape(ui: Ui): Ui {
  if (ui.view.type !== 'panes') return { ...ui, view: START.view }
  return { ...ui, filter: '' }
}

function typed(ui: Ui, { text, name }: Press): Ui {
  if (name === 'enter') return { ...ui, typing: false }
  if (name === 'escape') return { ...ui, typing: false, filter: '' }
  if (name === 'backspace') return { ...ui, filter: Array.from(ui.filter).slice(0, -1).join('') }
  return name === undefined ? { ...ui, filter: `${ui.filter}${text}`.slice(0, FILTER_CHARS_MAX) } : ui
}

function answered(ui: Ui, { text }: Press): KeyStep {
  const step = { ui: { ...ui, ask: undefined } }
  return text === 'y' && ui.ask !== undefined ? { ...step, command: ui.ask.command } : step
}

function nextPane(ui: Ui): Ui {
  const at = PANES.indexOf(ui.pane)
  return { ...ui, pane: PANES[(at + 1) % PANES.length] ?? 'films' }
}

/** Keys with a name that are no moves. */
function named(ui: Ui, state: TopState, name: NonNullable<Press['name']>): KeyStep {
  if (name === 'tab') return { ui: nextPane(ui) }
  if (name === 'escape') return { ui: escape(ui) }
  if (name === 'enter' && ui.view.type === 'panes') return { ui: openFilm(ui, state) }
  return { ui: name === 'enter' && ui.view.type !== 'film' ? escape(ui) : ui }
}

function lettered(ui: Ui, state: TopState, text: string, nowMs: number): KeyStep {
  const { node } = state
  const priority = (by: number): KeyStep =>
    ofFilm(ui, state, nowMs, ({ projectId, priority: now }) => ({
      ui,
      command: { type: 'priority', projectId, priority: now + by }
    }))
  switch (text) {
    case 'q':
      return { ui, command: { type: 'quit', interrupted: false } }
    case '?':
      return { ui: { ...ui, view: ui.view.type === 'help' ? START.view : { type: 'help' } } }
    case 'i':
      return { ui: { ...ui, view: ui.view.type === 'join' ? START.view : { type: 'join' } } }
    case '/':
      return { ui: { ...ui, view: START.view, typing: true } }
    case '+':
    case '=':
      return slots(ui, state, 1)
    case '-':
      return slots(ui, state, -1)
    case 'p':
      return { ui, command: { type: 'pause', on: !(node?.paused === true || node?.draining === true) } }
    case 'd':
      return { ui: { ...ui, ask: { text: 'drain this node?', command: { type: 'drain' } } } }
    case 'c':
      return ofFilm(ui, state, nowMs, (project) => cancel(ui, project, nowMs))
    case 'D':
      return ofFilm(ui, state, nowMs, (project) => remove(ui, project, nowMs))
    case 'u':
      return { ui: ui.deleting === undefined ? ui : withMessage({ ...ui, deleting: undefined }, 'kept', nowMs) }
    case '<':
      return priority(-1)
    case '>':
      return priority(1)
    case 'w':
      return why(ui)
    case 'x':
      return stopScene(ui, state, nowMs)
    default:
      return { ui }
  }
}

/** What a key does. @param nowMs milliseconds since 1970 */
export function afterKey(ui: Ui, press: Press, state: TopState, nowMs: number): KeyStep {
  if (press.name === 'interrupt') return { ui, command: { type: 'quit', interrupted: true } }
  if (ui.ask !== undefined) return answered(ui, press)
  if (ui.typing) return { ui: typed(ui, press) }
  const by = moveOf(press)
  if (by !== undefined) return { ui: move(ui, state, by) }
  return press.name === undefined ? lettered(ui, state, press.text, nowMs) : named(ui, state, press.name)
}

/** What time does: a film whose undo is over is deleted. */
export function afterTime(ui: Ui, nowMs: number): KeyStep {
  const { deleting } = ui
  if (deleting === undefined || nowMs < deleting.atMs) return { ui }
  return { ui: { ...ui, deleting: undefined }, command: { type: 'delete', projectId: deleting.projectId } }
}
