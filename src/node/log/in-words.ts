import type { LogLine } from '../../api/schemas/index.ts'
import { encodedText, type EncodeFigures } from '../../common/speed-text.ts'
import { formatBytes, oneLine, plural, printable } from '../../common/text.ts'

/** What ids in log lines are called. */
export interface LogNames {
  /** Title of a project; undefined where it is not known. */
  readonly title: (projectId: string) => string | undefined
  /** Name of a node; undefined where it is not known. */
  readonly peer: (peerId: string) => string | undefined
}

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(text: string): Fields {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Fields) : {}
  } catch {
    return {}
  }
}

const numberOf = (fields: Fields, name: string): number | undefined => {
  const value = fields[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

const textOf = (fields: Fields, name: string): string | undefined => {
  const value = fields[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function reasonOf(fields: Fields): string | undefined {
  const { err } = fields
  if (typeof err === 'object' && err !== null && 'message' in err && typeof err.message === 'string') return err.message
  return textOf(fields, 'reason') ?? textOf(fields, 'sentence')
}

const figuresOf = (fields: Fields): EncodeFigures => ({
  ms: numberOf(fields, 'ms'),
  frames: numberOf(fields, 'frames'),
  bytes: numberOf(fields, 'bytes')
})

/** Fields that the sentence itself says. */
const SAID = new Set([
  'peerId',
  'api',
  'title',
  'code',
  'scene',
  'scenes',
  'err',
  'reason',
  'sentence',
  'role',
  'ms',
  'frames',
  'bytes'
])
const REST_MAX = 4

function restText(fields: Fields): string {
  const rest = Object.entries(fields).filter(
    ([name, value]) => !SAID.has(name) && (typeof value === 'string' || typeof value === 'number' || value === true)
  )
  return rest
    .slice(0, REST_MAX)
    .map(([name, value]) => (value === true ? name : `${name} ${String(value)}`))
    .join(', ')
}

function what(message: string, fields: Fields): string {
  if (message === 'scene encoded' || message === 'scene accepted') return encodedText(figuresOf(fields))
  const bytes = numberOf(fields, 'bytes')
  if (message === 'completed' && bytes !== undefined) return `completed, ${formatBytes(bytes)}`
  const reason = reasonOf(fields)
  const said = reason === undefined || message.includes(reason) ? message : `${message}: ${reason}`
  const count = numberOf(fields, 'scenes')
  const rest = [count === undefined ? '' : plural(count, 'scene'), restText(fields)].filter((part) => part !== '')
  return rest.length === 0 ? said : `${said} (${rest.join(', ')})`
}

const shortId = (id: string): string => `..${id.slice(-8)}`

/** A line of the log as a sentence: `film.mkv scene 7: encoded in 41 s, 12.3 fps, 614 KiB`. Titles and names are those of others: what a terminal would obey is replaced. */
export function logInWords({ message, project, peer, fields: text }: LogLine, names: LogNames): string {
  const fields = fieldsOf(text)
  const scene = numberOf(fields, 'scene')
  const film = project === null ? undefined : (names.title(project) ?? shortId(project))
  const about = [film, scene === undefined ? undefined : `scene ${scene}`].filter((part) => part !== undefined)
  const who = peer === null ? '' : names.peer(peer) || shortId(peer)
  const subject = [about.join(' '), who].filter((part) => part !== '').join(', ')
  const sentence = what(message, fields)
  return printable(oneLine(subject === '' ? sentence : `${subject}: ${sentence}`))
}
