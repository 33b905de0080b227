import { resolve } from 'node:path'
import { errorStack } from '../../common/error-text.ts'
import type { ProjectStatus, SubmitRequest } from '../../api/schemas/index.ts'
import { thisSystem } from '../../platform/index.ts'
import type { Config } from '../config/types.ts'
import type { NodeClient } from './client.ts'
import { showDryRun } from './dry-run.ts'
import { ApiError, CliError } from './errors.ts'
import { type ExitReason, exitCodes } from './exit-codes.ts'
import { withFlag } from './flag-of-field.ts'
import { printable } from '../../common/text.ts'
import { shownName, shownTitle } from './format.ts'
import type { CliIo } from './io.ts'
import { endFigures, endReport } from './end-report.ts'
import { createProgressDisplay } from './progress-display.ts'
import { submitOptionValues, type GivenOptions } from './submit-options.ts'
import { sampleReport, slotsOf } from './sample-report.ts'
import { stopNow } from './stop-on-signal.ts'
import { openSubmitSession } from './submit-session.ts'
import { waitForProject } from './wait-for-project.ts'

/** Options of `grav1 submit`, as commander gives them; those of the submission are read by `submitOptionValues`. */
export interface SubmitOptions extends GivenOptions {
  readonly output?: string
  readonly detach?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
  readonly api?: string
  readonly token?: string
}

const failuresShown = 5

/** What a project that did not complete tells the user. */
export function failureLines(status: ProjectStatus): string[] {
  const lines = [
    `${shownTitle(status.title)} ${status.state}${status.reason === '' ? '' : `: ${printable(status.reason)}`}`
  ]
  for (const { scene, attempts, reason } of status.failures.slice(0, failuresShown)) {
    const times = attempts === 1 ? 'once' : `${attempts} times`
    lines.push(`  scene ${scene + 1} failed ${times}: ${printable(reason)}`)
  }
  const more = status.failures.length - failuresShown
  if (more > 0) lines.push(`  and ${more} more`)
  return lines
}

/** Of a file that is not the one of a single machine. */
export function madeByLine(madeBy: ProjectStatus['madeBy']): string {
  const parts = madeBy.map(
    ({ build, scenes }) => `${printable(build)} (${scenes} ${scenes === 1 ? 'scene' : 'scenes'})`
  )
  return `made by ${parts.join(', ')}`
}

interface Submission {
  readonly client: NodeClient
  readonly options: SubmitOptions
  /** What every input is submitted with. */
  readonly wishes: Omit<SubmitRequest, 'input'>
  readonly io: CliIo
  readonly signal: AbortSignal
}

function reportFailure(io: CliIo, json: boolean, lines: readonly string[], fields: object): false {
  if (json) io.out(JSON.stringify({ event: 'failed', ...fields }))
  for (const line of lines) io.err(line)
  return false
}

/** Shows each warning about a source once: those of the submission first, later ones as they are found. */
function createWarner(input: string, { io, options }: Submission): (warnings: readonly string[]) => void {
  const shown = new Set<string>()
  return (warnings) => {
    for (const warning of warnings) {
      if (shown.has(warning)) continue
      shown.add(warning)
      if (options.json) io.out(JSON.stringify({ event: 'warning', input: resolve(io.cwd, input), warning }))
      io.err(`${shownName(input)}: warning: ${printable(warning)}`)
    }
  }
}

/** Says on stderr what a project waits for, once for each reason. */
function createWaitTeller(io: CliIo, json: boolean): (status: ProjectStatus) => void {
  let said = ''
  return ({ projectId, title, state, reason }) => {
    const waits = state === 'waiting' || state === 'queued' ? reason : ''
    if (waits !== said && waits !== '') {
      if (json) io.out(JSON.stringify({ event: 'waiting', projectId, reason }))
      io.err(`${shownTitle(title)} ${state === 'queued' ? '' : 'waits: '}${printable(reason)}`)
    }
    said = waits
  }
}

type Unposted = 'refused' | 'skipped'

interface Posted {
  readonly projectId: string
  readonly warn: (warnings: readonly string[]) => void
}

/** Of several files some may be results of before: that is no failure. */
function skip(input: string, { io, options }: Submission, error: ApiError): 'skipped' {
  if (options.json) io.out(JSON.stringify({ event: 'skipped', input: resolve(io.cwd, input), reason: error.detail }))
  io.err(`${shownName(input)}: skipped: ${error.detail}`)
  return 'skipped'
}

async function post(input: string, submission: Submission, isOneOfMany: boolean): Promise<Posted | Unposted> {
  const { client, options, wishes, io, signal } = submission
  try {
    const request = { input: resolve(io.cwd, input), ...wishes }
    const { projectId, warnings } = await client.submit(request, { signal })
    if (options.json) io.out(JSON.stringify({ event: 'submitted', projectId, input: resolve(io.cwd, input) }))
    else if (options.detach) io.out(projectId)
    const warn = createWarner(input, submission)
    warn(warnings)
    return { projectId, warn }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (isOneOfMany && error.code === 'own-result') return skip(input, submission, error)
    const { detail: reason, code, field } = error
    const line = `${shownName(input)} was refused: ${withFlag(field, reason)}`
    reportFailure(io, options.json === true, [line], { input, reason, code, field })
    return 'refused'
  }
}

async function follow({ projectId, warn }: Posted, { client, options, io, signal }: Submission): Promise<boolean> {
  const json = options.json === true
  const display = createProgressDisplay(io, json)
  const sayWaiting = createWaitTeller(io, json)
  let status: ProjectStatus
  try {
    status = await waitForProject(client, projectId, {
      signal,
      onStatus: (seen, elapsedMs) => {
        warn(seen.warnings)
        sayWaiting(seen)
        display.update(seen, elapsedMs)
      }
    })
  } finally {
    display.stop()
  }
  if (status.state !== 'completed' || status.outputPath === null) {
    const reason = status.reason === '' ? status.state : status.reason
    return reportFailure(io, json, failureLines(status), { projectId, reason, failures: status.failures })
  }
  const { outputPath: output, outputSha256: sha256, outputBytes: bytes, builds, madeBy } = status
  if (status.sample !== null) {
    const slots = slotsOf(await client.status({ signal }))
    if (json) io.out(JSON.stringify({ event: 'sample', projectId, slots, ...status.sample }))
    else for (const line of sampleReport(status.sample, slots)) io.out(line)
  }
  if (!json && status.sample === null)
    for (const line of endReport(status, await client.status({ signal }))) io.err(line)
  if (!json && builds === 'compatible') io.err(madeByLine(madeBy))
  io.out(
    json
      ? JSON.stringify({ event: 'done', projectId, output, sha256, builds, madeBy, ...endFigures(status), bytes })
      : output
  )
  return true
}

async function dryRunAll(inputs: readonly string[], submission: Submission): Promise<ExitReason> {
  const { client, options, wishes, io, signal } = submission
  let failed = false
  for (const input of inputs) {
    const request = { input: resolve(io.cwd, input), ...wishes }
    const shown = await showDryRun(request, { client, io, json: options.json === true, signal })
    if (shown === 'refused' || (shown === 'own-result' && inputs.length === 1)) failed = true
  }
  return failed ? 'failed' : 'ok'
}

async function submitAll(inputs: readonly string[], submission: Submission): Promise<ExitReason> {
  if (submission.options.dryRun) return dryRunAll(inputs, submission)
  const posted: (Posted | Unposted)[] = []
  for (const input of inputs) posted.push(await post(input, submission, inputs.length > 1))
  let failed = posted.includes('refused')
  if (submission.options.detach) return failed ? 'failed' : 'ok'
  for (const project of posted) {
    if (typeof project !== 'string' && !(await follow(project, submission))) failed = true
  }
  return failed ? 'failed' : 'ok'
}

/** `grav1 submit`: one project for each input, followed to its end. */
export async function submitCommand(
  inputs: readonly string[],
  options: SubmitOptions,
  config: Config,
  io: CliIo
): Promise<ExitReason> {
  if (options.output !== undefined && inputs.length > 1) {
    throw new CliError('usage', '--output names one file, so it takes only one input.')
  }
  const wishes = await submitOptionValues(options, io.cwd)
  const abort = new AbortController()
  let crashed = false
  const end = (reason: ExitReason) => () => {
    if (abort.signal.aborted) io.exit(exitCodes[reason])
    abort.abort(reason)
  }
  const listening = [
    io.onSignal('SIGINT', end('interrupted')),
    ...thisSystem.stopSignals.map((signal) => io.onSignal(signal, end('terminated'))),
    io.onCrash((error) => {
      io.err(`Unexpected error: ${errorStack(error)}`)
      crashed = true
      abort.abort('failed')
    })
  ]
  try {
    const session = await openSubmitSession({ ...options, detach: options.detach === true, config }, io)
    const { client, embedded } = session
    try {
      return await submitAll(inputs, { client, options, wishes, io, signal: abort.signal })
    } catch (error) {
      if (!abort.signal.aborted) throw error
      if (crashed) return 'failed'
      if (options.dryRun) io.err('stopped')
      else io.err(embedded ? 'stopped; run "grav1 node" to continue' : 'still running; see "grav1 status"')
      return abort.signal.reason as ExitReason
    } finally {
      if (embedded) await stopNow(embedded, io)
    }
  } finally {
    for (const stopListening of listening) stopListening()
  }
}
