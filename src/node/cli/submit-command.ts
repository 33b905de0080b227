import { errorStack } from '../../common/error-text.ts'
import { createLimit } from '../../common/limit.ts'
import { thisSystem } from '../../platform/index.ts'
import type { Config } from '../config/types.ts'
import { showDryRun } from './dry-run.ts'
import { CliError } from './errors.ts'
import { type ExitReason, exitCodes } from './exit-codes.ts'
import type { CliIo } from './io.ts'
import type { Submission, SubmitOptions } from './submission.ts'
import { checkSaveScenes } from './scenes-file/save-scenes.ts'
import { follow } from './submit-follow.ts'
import { submitInputs } from './submit-inputs.ts'
import { followAll } from './submit-many.ts'
import { submitOptionValues } from './submit-options.ts'
import { makeResultsFolder, placeOf } from './submit-place.ts'
import { post, type Posted, type Unposted } from './submit-post.ts'
import { choosePreset } from './submit-preset.ts'
import { stopNow } from './stop-on-signal.ts'
import { openSessionAt, openSubmitSession } from './submit-session.ts'
import { sayUnfinished } from './unfinished-films.ts'

/** Films that are tried at once: each try is a few short encodes. */
const POSTS_AT_ONCE = 4

async function dryRunAll(films: readonly string[], submission: Submission): Promise<ExitReason> {
  const { client, options, wishes, io, signal } = submission
  const endings: ExitReason[] = []
  for (const film of films) {
    const shown = await showDryRun(
      { input: film, ...wishes },
      { client, io, json: options.json === true, signal, saveScenes: options.saveScenes }
    )
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
  const inTurn = createLimit(submission.elsewhere === undefined ? POSTS_AT_ONCE : 1)
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
  const { at } = options
  checkSaveScenes(options, films.length)
  if (options.fetch && at === undefined) throw new CliError('usage', '--fetch needs --at.')
  // Loaded only where it is needed: it brings the programs for media with it.
  const elsewhere = at === undefined ? undefined : await import('./transfer/elsewhere.ts')
  await elsewhere?.checkAt(films, options)
  const place = await placeOf(options, { cwd: io.cwd, films: films.length })
  const wishes = await submitOptionValues({ ...options, output: place.output }, io.cwd)
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
    const init = { ...options, detach: options.detach === true, config }
    const there = at === undefined ? undefined : await openSessionAt(at, init, io)
    const session = there ?? (await openSubmitSession(init, io))
    const { client, embedded } = session
    try {
      const given = { client, options, wishes, io, signal: abort.signal }
      if (place.folder !== undefined && session.isLocal && options.dryRun !== true)
        await makeResultsFolder(place.folder)
      const chosen = { ...given, wishes: await choosePreset(given) }
      const isElsewhere = elsewhere !== undefined && there !== undefined
      const submission = isElsewhere
        ? await elsewhere.goElsewhere(films, chosen, { place, target: there.target })
        : chosen
      return await submitAll(films, submission, embedded !== undefined)
    } catch (error) {
      if (!abort.signal.aborted) throw error
      if (crashed) return 'failed'
      if (options.dryRun) io.err('stopped')
      else if (there !== undefined)
        io.err('stopped; the node keeps what it has, and the same command continues from there')
      else io.err(embedded ? 'stopped; the same command resumes it' : 'still running; see "grav1 status"')
      return abort.signal.reason as ExitReason
    } finally {
      if (embedded) await stopNow(embedded, io)
    }
  } finally {
    for (const stopListening of listening) stopListening()
  }
}
