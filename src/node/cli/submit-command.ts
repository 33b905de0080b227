import { errorStack } from '../../common/error-text.ts'
import { createLimit } from '../../common/limit.ts'
import { thisSystem } from '../../platform/index.ts'
import type { Config } from '../config/types.ts'
import { showDryRun } from './dry-run.ts'
import { type ExitReason, exitCodes } from './exit-codes.ts'
import type { CliIo } from './io.ts'
import type { Submission, SubmitOptions } from './submission.ts'
import { follow } from './submit-follow.ts'
import { submitInputs } from './submit-inputs.ts'
import { followAll } from './submit-many.ts'
import { submitOptionValues } from './submit-options.ts'
import { makeResultsFolder, placeOf } from './submit-place.ts'
import { post, type Posted, type Unposted } from './submit-post.ts'
import { choosePreset } from './submit-preset.ts'
import { stopNow } from './stop-on-signal.ts'
import { openSubmitSession } from './submit-session.ts'
import { sayUnfinished } from './unfinished-films.ts'

/** Films that are tried at once: each try is a few short encodes. */
const POSTS_AT_ONCE = 4

async function dryRunAll(films: readonly string[], submission: Submission): Promise<ExitReason> {
  const { client, options, wishes, io, signal } = submission
  const endings: ExitReason[] = []
  for (const film of films) {
    const shown = await showDryRun({ input: film, ...wishes }, { client, io, json: options.json === true, signal })
    if (shown === 'own-result') endings.push(films.length === 1 ? 'usage' : 'ok')
    else endings.push(shown)
  }
  return endings.find((one) => one === 'failed') ?? endings.find((one) => one === 'usage') ?? 'ok'
}

/** Refused films end as wrong use only where nothing was begun. */
function endOf(all: readonly (Posted | Unposted)[]): ExitReason {
  if (!all.includes('usage') && !all.includes('failed')) return 'ok'
  return all.some((one) => one === 'failed' || typeof one !== 'string') ? 'failed' : 'usage'
}

const isPosted = (one: Posted | string): one is Posted => typeof one !== 'string'

async function submitAll(films: readonly string[], submission: Submission, isAlone: boolean): Promise<ExitReason> {
  if (submission.options.dryRun) return dryRunAll(films, submission)
  const inTurn = createLimit(POSTS_AT_ONCE)
  const all = await Promise.all(films.map(async (film) => inTurn(async () => post(film, submission, films.length > 1))))
  const ending = endOf(all)
  const posted = all.filter(isPosted)
  if (isAlone) await sayUnfinished(new Set(posted.map(({ projectId }) => projectId)), submission)
  if (submission.options.detach || posted.length === 0) return ending
  const [first] = posted
  const isOne = films.length === 1 && first !== undefined
  const areThere = await (isOne ? follow(first, submission) : followAll(posted, submission))
  return areThere ? ending : 'failed'
}

/** `grav1 submit`: one project for each film, followed to its end. */
export async function submitCommand(
  inputs: readonly string[],
  options: SubmitOptions,
  config: Config,
  io: CliIo
): Promise<ExitReason> {
  const films = await submitInputs(inputs, io.cwd)
  const { folder, output } = await placeOf(options, { cwd: io.cwd, films: films.length })
  const wishes = await submitOptionValues({ ...options, output }, io.cwd)
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
      const submission = { client, options, wishes, io, signal: abort.signal }
      if (folder !== undefined && session.isLocal && options.dryRun !== true) await makeResultsFolder(folder)
      return await submitAll(films, { ...submission, wishes: await choosePreset(submission) }, embedded !== undefined)
    } catch (error) {
      if (!abort.signal.aborted) throw error
      if (crashed) return 'failed'
      if (options.dryRun) io.err('stopped')
      else io.err(embedded ? 'stopped; the same command resumes it' : 'still running; see "grav1 status"')
      return abort.signal.reason as ExitReason
    } finally {
      if (embedded) await stopNow(embedded, io)
    }
  } finally {
    for (const stopListening of listening) stopListening()
  }
}
