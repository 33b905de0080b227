import type { ProjectStatus, SceneChange, SceneState } from '../../../api/schemas/index.ts'
import { formatBytes, printable } from '../../../common/text.ts'
import { formatDuration } from '../format.ts'
import { progressRow } from '../progress-line.ts'
import { padToWidth } from '../text-width.ts'
import { clipLine, type Line, line, packed, span, type Tone } from './line.ts'
import { peerName } from './names.ts'
import type { TopState } from './state.ts'
import { sceneStrip, stateOf } from './strip.ts'
import type { View } from './ui.ts'

type FilmView = Extract<View, { type: 'film' }>

const WORDS: Readonly<Record<SceneState, readonly [string, Tone]>> = {
  waiting: ['waiting', 'dim'],
  leased: ['handed out', 'dim'],
  'pass-1': ['pass 1', 'busy'],
  'pass-2': ['pass 2', 'busy'],
  verifying: ['being checked', 'busy'],
  done: ['done', 'good'],
  failed: ['failed', 'bad']
}
const STATE_CELLS = 14

function sceneWords({ passes }: ProjectStatus, scene: SceneChange): readonly [string, Tone] {
  const state = stateOf(scene)
  const [word, tone] = WORDS[state]
  if (state !== 'pass-1' && state !== 'pass-2') return [word, tone]
  const share = `${Math.floor((100 * scene.framesDone) / Math.max(1, scene.frames))}%`
  return [passes === 1 ? `encoding ${share}` : `${word} ${share}`, tone]
}

function sceneLine(state: TopState, project: ProjectStatus, scene: SceneChange, cells: number): Line {
  const [word, tone] = sceneWords(project, scene)
  const seconds = (scene.frames * project.fpsDen) / project.fpsNum
  const parts: Line[] = [
    [span(String(scene.scene + 1).padStart(5)), span(' '), span(padToWidth(word, STATE_CELLS), tone)],
    line(scene.worker === null ? '' : peerName(state, scene.worker)),
    line(`${scene.frames} frames`),
    line(scene.bytes === 0 ? '' : formatBytes(scene.bytes)),
    line(scene.bytes === 0 ? '' : `${Math.round((scene.bytes * 8) / seconds / 1000)} kbps`),
    line(scene.encodeMs === 0 ? '' : `in ${formatDuration(scene.encodeMs / 1000)}`),
    line(scene.attempts > 1 ? `${scene.attempts} attempts` : '', 'bad')
  ]
  return packed(parts, cells)
}

function factLines(project: ProjectStatus, cells: number, nowMs: number): Line[] {
  const { state, reason, encoder, encoderParams, width, height, outputPath, idle } = project
  const row = progressRow({ ...project, title: '' }, nowMs - project.createdAtMs, cells)
  const said =
    reason !== '' ? printable(reason) : idle == null ? '' : `this node is idle for it: ${printable(idle.reason)}`
  return [
    line(printable(project.title), 'strong'),
    line(project.endedAtMs === null ? row : `${state}${outputPath === null ? '' : `: ${printable(outputPath)}`}`),
    line(`${width}x${height}, ${printable(encoder)} ${printable(encoderParams)}`, 'dim'),
    line(said, 'bad')
  ]
    .filter((spans) => spans[0]?.text !== '')
    .map((spans) => clipLine(spans, cells))
}

/** A sentence in lines of so many cells. */
function wrapped(text: string, cells: number): string[] {
  const lines: string[] = []
  let rest = ''
  for (const word of printable(text).split(' ')) {
    if (rest !== '' && rest.length + word.length + 1 > cells) {
      lines.push(rest)
      rest = ''
    }
    rest = rest === '' ? word : `${rest} ${word}`
  }
  return [...lines, rest]
}

function whyLines({ why }: FilmView, cells: number): Line[] {
  if (why === undefined) return []
  const next = why.next === null ? [] : [`Next: ${why.next.what}`]
  return [why.summary, ...why.details, ...next].flatMap((text, index) =>
    wrapped(text, cells).map((part) => line(part, index === 0 ? 'strong' : 'plain'))
  )
}

/** A film: facts, its scenes at a glance, why one is not done, and the scenes one by one. */
export function filmLines(
  state: TopState,
  view: FilmView,
  { columns, rows }: { readonly columns: number; readonly rows: number },
  nowMs: number
): Line[] {
  const project = state.projects.get(view.projectId)
  if (project === undefined) return [line('This film was deleted. Esc goes back.', 'dim')]
  const scenes = state.films.get(view.projectId) ?? []
  const why = whyLines(view, columns)
  const head = [...factLines(project, columns, nowMs), sceneStrip(scenes, columns, project.passes)]
  const above = [...head.slice(0, Math.max(1, rows - 4)), ...why].slice(0, Math.max(1, rows - 1))
  const room = rows - above.length
  const first = Math.max(0, Math.min(view.scene - Math.floor(room / 2), scenes.length - room))
  const list = scenes.slice(first, first + room).flatMap((scene) => {
    if (scene === undefined) return []
    const spans = sceneLine(state, project, scene, columns)
    return [scene.scene === view.scene ? spans.map((part) => ({ ...part, tone: 'chosen' as const })) : spans]
  })
  return [...above, ...list]
}
