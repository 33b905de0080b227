import { SCENE_STATES, type SceneChange, type SceneState } from '../../../api/schemas/index.ts'
import { type Line, type Span, span, type Tone } from './line.ts'

const LEVELS = ' ▁▂▃▄▅▆▇█'

/** One cell of a level from 0 to 1; only all of it is full, and nothing at all is empty. */
export function levelCell(level: number): string {
  const eighths = level >= 1 ? 8 : level <= 0 ? 0 : Math.min(7, Math.max(1, Math.round(level * 8)))
  return LEVELS[eighths] ?? ' '
}

export const stateOf = ({ state }: Pick<SceneChange, 'state'>): SceneState => SCENE_STATES[state] ?? 'waiting'

/** Share of a scene that is done, for a glance: passes count half each where there are two. */
function shareOf(scene: SceneChange, passes: 1 | 2): number {
  const state = stateOf(scene)
  const share = Math.min(1, scene.framesDone / Math.max(1, scene.frames))
  if (state === 'done') return 1
  if (state === 'verifying') return 0.95
  if (state === 'pass-1') return passes === 1 ? share * 0.9 : share * 0.2
  return state === 'pass-2' ? 0.2 + share * 0.7 : 0
}

const TONES: Readonly<Record<SceneState, Tone>> = {
  waiting: 'dim',
  leased: 'dim',
  'pass-1': 'busy',
  'pass-2': 'busy',
  verifying: 'busy',
  done: 'good',
  failed: 'bad'
}

const isRunning = (state: SceneState): boolean => TONES[state] === 'busy'

function cellOf(scenes: readonly SceneChange[], passes: 1 | 2): Span {
  const states = scenes.map(stateOf)
  if (states.includes('failed')) return span('x', 'bad')
  const level = scenes.reduce((sum, scene) => sum + shareOf(scene, passes), 0) / Math.max(1, scenes.length)
  const tone = states.some(isRunning) ? 'busy' : level >= 1 ? 'good' : 'dim'
  if (level <= 0) return span(states.some((state) => state !== 'waiting') ? '▁' : '·', tone)
  return span(levelCell(level), tone)
}

/**
 * A film's scenes in one row of at most so many cells, in their order: a cell for each scene or, of a long film, for several. Height is how far they are; colour whether they
 * are done, at work or failed.
 */
export function sceneStrip(scenes: readonly (SceneChange | undefined)[], cells: number, passes: 1 | 2): Line {
  const known = scenes.filter((scene) => scene !== undefined)
  const count = Math.min(cells, known.length)
  return Array.from({ length: count }, (_, cell) => {
    const from = Math.floor((cell * known.length) / count)
    const to = Math.max(from + 1, Math.floor(((cell + 1) * known.length) / count))
    return cellOf(known.slice(from, to), passes)
  })
}

/** The newest of some values as a row of levels against the largest of them. */
export function sparkline(values: readonly number[], cells: number): string {
  const shown = cells <= 0 ? [] : values.slice(-cells)
  const most = Math.max(...shown, 0)
  if (most <= 0) return ''
  return shown.map((value) => levelCell(value / most)).join('')
}
