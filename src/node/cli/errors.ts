import { CommanderError } from 'commander'
import type { Problem } from '../../api/schemas/index.ts'
import { errorText } from '../../common/error-text.ts'
import { printable } from '../../common/text.ts'
import { ConfigError } from '../config/index.ts'
import type { ExitReason } from './exit-codes.ts'

/** Why a command gave up. */
export type CliErrorCode =
  | 'usage'
  | 'no-node'
  | 'node-lost'
  | 'bad-answer'
  | 'unknown-project'
  | 'nothing-here'
  | 'detach-needs-node'
  | 'node-failed'
  | 'not-allowed'
  | 'encoders-unchanged'
  | 'not-deleted'
  | 'damaged-download'
  | 'film-changed'
  | 'no-uploads'
  | 'no-encoder'
  | 'no-browser'
  | 'no-service'
  | 'config-exists'
  | 'not-joined'
  | 'not-verified'

/** How the command ends on each {@link CliErrorCode}. */
const exitReasons: Readonly<Record<CliErrorCode, ExitReason>> = {
  usage: 'usage',
  'no-node': 'failed',
  'node-lost': 'failed',
  'bad-answer': 'failed',
  // A name that means nothing is as wrong as an option that does not exist.
  'unknown-project': 'usage',
  'nothing-here': 'failed',
  'detach-needs-node': 'failed',
  'node-failed': 'failed',
  'not-allowed': 'failed',
  'encoders-unchanged': 'failed',
  'not-deleted': 'failed',
  'damaged-download': 'failed',
  'film-changed': 'failed',
  'no-uploads': 'failed',
  'no-encoder': 'failed',
  'no-browser': 'failed',
  'no-service': 'failed',
  'config-exists': 'failed',
  'not-joined': 'failed',
  'not-verified': 'failed'
}

/** A failure of the command line itself; the message is a sentence for the user. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code: CliErrorCode

  constructor(code: CliErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A refusal by a node, from its `application/problem+json` body. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** Stable code of the API, or `http-<status>` where the body had none. */
  readonly code: string
  /** Names files and nodes: what a terminal would obey is replaced. */
  readonly detail: string
  readonly status: number
  /** What of the request it is about, by its name in the API. */
  readonly field: string | undefined

  constructor(problem: Pick<Problem, 'code' | 'detail' | 'status' | 'field'>) {
    const detail = problem.detail.split('\n').map(printable).join('\n')
    super(detail)
    this.code = problem.code
    this.detail = detail
    this.status = problem.status
    this.field = problem.field
  }
}

/** Codes of refusals that name nothing of the request, and yet nothing else is wrong than the request. */
const WRONG_REQUESTS: ReadonlySet<string> = new Set([
  'bad-request',
  'unknown-project',
  'unknown-scene',
  'unknown-peer',
  'unknown-encoder'
])

/** Codes of refusals that name a field, although nothing is wrong with what was asked: this machine lacks something. */
const LACKS: ReadonlySet<string> = new Set(['no-encoder'])

/** Whether a refusal is about what was asked, so that another command line would be accepted. */
export function isWrongRequest(refusal: {
  readonly code: string
  readonly status: number
  readonly field?: string | null | undefined
}): boolean {
  const { code, status, field } = refusal
  if (LACKS.has(code)) return false
  const isAboutField = field != null && (status === 400 || status === 404)
  return isAboutField || WRONG_REQUESTS.has(code)
}

/** How the command ends after an error. */
export function exitReasonOf(error: unknown): ExitReason {
  // commander has printed its message, or the help or version that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 'ok' : 'usage'
  if (error instanceof ConfigError) return 'usage'
  if (error instanceof CliError) return exitReasons[error.code]
  return error instanceof ApiError && isWrongRequest(error) ? 'usage' : 'failed'
}

function* chain(error: unknown): Generator<Error> {
  if (!(error instanceof Error)) return
  yield error
  if (error instanceof AggregateError) for (const inner of error.errors) yield* chain(inner)
  yield* chain(error.cause)
}

/** One sentence about why a node did not start, for the causes that users meet; else the error's own message. */
export function describeStartError(error: unknown, dataDir: string): string {
  for (const inner of chain(error)) {
    const code = 'code' in inner ? inner.code : undefined
    if (code === 'LEVEL_LOCKED')
      return `Another grav1 node uses the data folder ${dataDir}: stop it, or choose another with --data-dir.`
    const taken = /EADDRINUSE[^\d]*(?<address>\S*:\d+)?/.exec(inner.message)
    if (taken) {
      const address = taken.groups?.['address']
      return `The port ${address === undefined ? '' : `${address} `}is taken: another node may be running; choose one with --listen and --api-port.`
    }
    if (code === 'EACCES') return `No permission: ${inner.message}.`
  }
  return errorText(error)
}
