import { formatDuration, formatTable, shownName } from './format.ts'
import { ApiError, exitReasonOf, isWrongRequest } from './errors.ts'
import { writeScenes } from './scenes-file/save-scenes.ts'
import { withFlag } from './flag-of-field.ts'
import type { DryRun, SubmitRequest } from '../../api/schemas/index.ts'
import type { NodeClient } from './client.ts'
import type { CliIo } from './io.ts'
import { formatBytes, plural, printable } from '../../common/text.ts'

/** Longest analysis that is waited for; what is found by then is shown. With the probe it stays below the five minutes that `fetch` waits for an answer to begin. */
const DRY_RUN_SECONDS = 220

const SCENES_SHOWN = 20

export interface DryRunInput {
  readonly client: Pick<NodeClient, 'dryRun'>
  readonly io: Pick<CliIo, 'out' | 'err' | 'cwd'>
  readonly json: boolean
  /** File for the scenes. */
  readonly saveScenes?: string | undefined
  readonly signal: AbortSignal
}

/** Of refusals, that a file is a result of grav1 is one by itself: of several files it is only left out. */
export type DryRunOutcome = 'ok' | 'usage' | 'failed' | 'own-result'

/** Shows what a submission would become. */
export async function showDryRun(
  request: SubmitRequest,
  { client, io, json, signal, saveScenes }: DryRunInput
): Promise<DryRunOutcome> {
  try {
    const answer = await client.dryRun(request, { seconds: DRY_RUN_SECONDS, signal })
    if (json) io.out(JSON.stringify({ input: request.input, ...answer }))
    else for (const line of dryRunReport(answer)) io.out(line)
    if (answer.refusal !== null)
      io.err(`${shownName(request.input)} would be refused: ${withFlag(answer.refusal.field, answer.refusal.detail)}`)
    if (answer.accepted) return await saved(answer, saveScenes, io)
    if (answer.refusal?.code === 'own-result') return 'own-result'
    return answer.refusal !== null && isWrongRequest({ ...answer.refusal, status: 400 }) ? 'usage' : 'failed'
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const { detail: reason, code, field } = error
    if (json) io.out(JSON.stringify({ input: request.input, event: 'failed', reason, code, field }))
    io.err(`${shownName(request.input)} was refused: ${withFlag(field, reason)}`)
    return exitReasonOf(error) === 'usage' ? 'usage' : 'failed'
  }
}

/** Writes the scenes where that was asked for, if all of them were found. */
async function saved(
  { scenes, encoder }: DryRun,
  file: string | undefined,
  io: DryRunInput['io']
): Promise<DryRunOutcome> {
  if (file === undefined || scenes === null || encoder === null) return 'ok'
  if (!scenes.complete) {
    io.err('--save-scenes: the time ran out before all scenes were found; run the same command again to continue')
    return 'failed'
  }
  await writeScenes(file, scenes.items, encoder.name, io)
  return 'ok'
}

/** For people: what the source is, and what would be made of it. */
export function dryRunReport(answer: DryRun): string[] {
  return [...sourceLines(answer.source), ...planLines(answer), ...estimateLines(answer.estimate)]
}

function sourceLines(source: DryRun['source']): string[] {
  if (source === null) return []
  const { video } = source
  const colour = [video.primaries, video.transfer, video.matrix, video.range].filter((word) => word !== '')
  const fields =
    video.fieldOrder === null ? [] : [`interlaced, ${video.fieldOrder === 'tff' ? 'top' : 'bottom'} field first`]
  const about = [
    video.codec,
    `${video.width}x${video.height}`,
    `${(video.fpsNum / Math.max(1, video.fpsDen)).toFixed(3).replace(/\.?0+$/, '')} fps`,
    video.pixelFormat,
    ...(colour.length > 0 ? [colour.join('/')] : []),
    ...fields
  ]
  return [
    `${printable(source.title)}: ${source.container}, ${formatBytes(source.bytes)}, ${formatDuration(video.durationSeconds)}`,
    `  video: ${printable(about.join(', '))}`,
    ...streamLines(source.streams)
  ]
}

function pictureText({ width, height, bitDepth, crop }: NonNullable<DryRun['picture']>): string {
  const part = crop === null ? '' : `the part ${crop.width}:${crop.height}:${crop.x}:${crop.y} in `
  return `${part}${width}x${height}, ${bitDepth} bits`
}

type Stream = NonNullable<DryRun['source']>['streams'][number]

/** What becomes of a stream, in a word. */
function fateText({ becomes, codec, kbps }: Stream): string {
  if (becomes === null) return ''
  if (becomes === 'drop') return 'left out'
  return becomes === 'copy' ? `copied (${codec})` : `Opus, ${kbps ?? 0} kbit/s`
}

function streamLines(streams: readonly Stream[]): string[] {
  if (streams.length === 0) return []
  const rows = streams.map((stream) => {
    const { number, type, language, codec, channels, title } = stream
    const has = channels === null || channels === 0 ? codec : `${codec}, ${plural(channels, 'channel')}`
    return [`${type} ${number}`, language, has, title, fateText(stream)].map(printable)
  })
  return formatTable([['track', 'language', 'has', 'title', 'becomes'], ...rows])
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
}

function planLines({ accepted, picture, encoder, output, warnings, scenes, frames }: DryRun): string[] {
  if (!accepted || encoder === null || picture === null) return []
  return [
    `would become ${printable(output ?? '')}`,
    `  picture: ${pictureText(picture)}`,
    `  encoder: ${encoder.build} ${printable(encoder.params)}`,
    ...warnings.map((warning) => `  warning: ${printable(warning)}`),
    ...sceneLines(scenes, frames)
  ]
}

function sceneLines(scenes: DryRun['scenes'], frames: number | null): string[] {
  if (scenes === null) return []
  const { items, complete } = scenes
  const rows = items
    .slice(0, SCENES_SHOWN)
    .map(({ scene, start, frames: length, encoderParams }) => [
      String(scene + 1),
      String(start),
      String(length),
      printable(encoderParams)
    ])
  const more = items.length > SCENES_SHOWN ? [`and ${plural(items.length - SCENES_SHOWN, 'more scene')}`] : []
  const known = complete
    ? `${plural(items.length, 'scene')}, ${plural(frames ?? 0, 'frame')}`
    : `${plural(items.length, 'scene')} found before the time ran out`
  return [known, formatTable([['scene', 'start', 'frames', 'parameters'], ...rows]), ...more]
}

function estimateLines(estimate: DryRun['estimate']): string[] {
  if (estimate === null) return []
  const { encodeSeconds: time, slots, scenes } = estimate
  const range = `${formatDuration(time.low)} to ${formatDuration(time.high)}`
  const lines = [
    `encoding: about ${formatDuration(time.likely)} in one slot (${range}), estimated from ${plural(scenes, 'earlier scene')}`
  ]
  if (slots > 1) lines.push(`with the ${slots} slots of this swarm: about ${formatDuration(time.likely / slots)}`)
  return lines
}
