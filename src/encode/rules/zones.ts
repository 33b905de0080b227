import { findEncoder } from './encoders/table.ts'
import { ParamsError } from './errors.ts'
import { addParams } from './params/scene-params.ts'
import { isBefore, parsePosition, positionText } from './position.ts'
import type { Position, ProjectEncoder } from './types.ts'

/** A zone as the user requests it. */
export interface ZoneRequest {
  /** First frame, or a time. */
  readonly start: string | number
  /** First frame that is no longer in it, or a time; -1 is the end of the source. */
  readonly end: string | number
  /** Only for the eye: a project has one encoder. */
  readonly encoder?: string | undefined
  /** The project's parameters do not count in it. */
  readonly reset?: boolean | undefined
  readonly params: string
  /** Its place in the file; named in refusals. */
  readonly line?: number | undefined
}

/** A run of frames with parameters of its own. */
export interface Zone {
  readonly start: Position
  /** Undefined: to the end of the source. */
  readonly end: Position | undefined
  /** Complete parameters of its scenes; empty if they equal the project's. */
  readonly params: string
  /** How refusals name it: `Line 3`, or `Zone 2` where it is of no file. */
  readonly label: string
  /** Sentences about what of its parameters was left out. */
  readonly notes?: readonly string[] | undefined
}

/** Most zones of a project, and most lines of a zones file. */
const ZONES_MAX = 5000

/** Most different parameter texts of them: each is tried before the project begins. */
const ZONE_TEXTS_MAX = 100

/**
 * Reads a zones file, one zone a line: `<start> <end> [encoder] [reset] <parameters>`, as Av1an has it. Empty lines and lines that begin with `#` do not count.
 * @throws ParamsError `bad-zone`, naming the line
 */
export function readZonesFile(text: string): ZoneRequest[] {
  const lines = text.split('\n')
  if (lines.length > ZONES_MAX) throw new ParamsError('bad-zone', `A zones file has at most ${ZONES_MAX} lines.`)
  return lines.flatMap((content, index) => {
    const words = content.trim().split(/\s+/)
    if (words[0] === '' || words[0]?.startsWith('#') === true) return []
    const [start, end, ...rest] = words
    if (start === undefined || end === undefined) {
      throw new ParamsError('bad-zone', `Line ${index + 1}: a zone is <start> <end> [encoder] [reset] <parameters>.`)
    }
    const encoder = rest[0] !== undefined && /^[a-z]/i.test(rest[0]) && rest[0] !== 'reset' ? rest.shift() : undefined
    const reset = rest[0] === 'reset'
    if (reset) rest.shift()
    return [{ start, end, encoder, reset, params: rest.join(' '), line: index + 1 }]
  })
}

const labelOf = ({ line }: ZoneRequest, index: number): string =>
  line === undefined ? `Zone ${index + 1}` : `Line ${line}`

function named<T>(label: string, task: () => T): T {
  try {
    return task()
  } catch (error) {
    if (!(error instanceof ParamsError)) throw error
    throw new ParamsError(error.code, `${label}: ${error.message}`, { flag: error.flag })
  }
}

function parseZone(request: ZoneRequest, label: string, whole: ProjectEncoder): Zone {
  const { encoder, params: project } = whole
  const start = parsePosition(request.start)
  const end = String(request.end).trim() === '-1' ? undefined : parsePosition(request.end)
  if (end !== undefined && end.type !== start.type)
    throw new ParamsError('bad-zone', 'give start and end both as frames or both as times.')
  if (end !== undefined && !isBefore(start, end))
    throw new ParamsError(
      'bad-zone',
      `${positionText(end)} is not after ${positionText(start)}; the end is not part of a zone.`
    )
  if (request.encoder !== undefined && findEncoder(request.encoder).name !== encoder.name)
    throw new ParamsError('bad-zone', `the project's encoder is ${encoder.name}, and a file has only one encoder.`)
  const reset = request.reset === true
  if (request.params.trim() === '' && !reset) throw new ParamsError('bad-zone', 'it has no parameters.')
  const params = addParams(whole, { params: request.params, reset })
  const same = new Set([...params.tokens, ...project.tokens]).size === project.tokens.length
  const text = same && params.tokens.length === project.tokens.length ? '' : params.text
  const notes = params.notes.map((note) => `${label}: ${note}`)
  return { start, end, params: text, label, ...(notes.length === 0 ? {} : { notes }) }
}

/**
 * Checks zones and gives them the parameters of their scenes, in order.
 * @throws ParamsError that names the line or the zone: bad positions, parameters that are refused or may not differ, zones that overlap
 */
export function parseZones(requests: readonly ZoneRequest[], project: ProjectEncoder): Zone[] {
  if (requests.length > ZONES_MAX) throw new ParamsError('bad-zone', `A project has at most ${ZONES_MAX} zones.`)
  const zones = requests.map((request, index) => {
    const label = labelOf(request, index)
    return named(label, () => parseZone(request, label, project))
  })
  if (new Set(zones.map(({ params }) => params)).size > ZONE_TEXTS_MAX)
    throw new ParamsError(
      'bad-zone',
      `The zones of a project have at most ${ZONE_TEXTS_MAX} different sets of parameters.`
    )
  const [first] = zones
  const other = zones.find(({ start }) => start.type !== first?.start.type)
  if (other !== undefined)
    throw new ParamsError('bad-zone', `${other.label}: give all zones in frames, or all in times.`)
  zones.sort((a, b) => (isBefore(a.start, b.start) ? -1 : isBefore(b.start, a.start) ? 1 : 0))
  for (const [index, { label, start }] of zones.entries()) {
    const before = zones[index - 1]
    if (before !== undefined && (before.end === undefined || isBefore(start, before.end)))
      throw new ParamsError('bad-zone', `${label}: it overlaps with ${before.label.toLowerCase()}.`)
  }
  return zones
}
