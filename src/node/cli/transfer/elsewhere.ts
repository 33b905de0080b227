import { basename } from 'node:path'
import { printable } from '../../../common/text.ts'
import { ApiError, CliError } from '../errors.ts'
import { shownTitle } from '../format.ts'
import type { NodeTarget } from '../find-node.ts'
import type { Found, Submission } from '../submission.ts'
import { makeResultsFolder, type Place } from '../submit-place.ts'
import { encoderOf } from '../submit-preset.ts'
import { checkFilm } from './film-file.ts'
import { fetchManifest } from './fetch-manifest.ts'
import { fetchResult } from './fetch-result.ts'
import { checkTarget, localTarget } from './local-target.ts'
import { SILENCE_MS_MAX } from './patience.ts'
import { sendFilm } from './send-film.ts'
import { createTransferDisplay, type TransferDisplay } from './transfer-display.ts'
import { createUploadClient } from './upload-client.ts'
import type { ProjectStatus } from '../../../api/schemas/index.ts'

/** What cannot be had together with `--at`, before anything is asked. @throws {@link CliError} `usage` */
export async function checkAt(films: readonly string[], options: Submission['options']): Promise<void> {
  const clash = (['api', 'dryRun', 'waitComplete'] as const).find((name) => options[name] !== undefined)
  const flags = { api: '--api', dryRun: '--dry-run', waitComplete: '--wait-complete' }
  if (clash !== undefined)
    throw new CliError('usage', `--at sends the film, so ${flags[clash]} cannot be used with it.`)
  if (options.detach && options.fetch)
    throw new CliError('usage', '--fetch waits for the result, so --detach cannot be used with it.')
  for (const film of films) await checkFilm(film)
}

/** Asks once for everything that would refuse the film after it was sent. @throws {@link CliError} */
async function checkNode({ client, wishes, signal }: Submission, target: NodeTarget): Promise<void> {
  await createUploadClient(target)
    .list({ signal })
    .catch((error: unknown) => {
      if (!(error instanceof ApiError && error.status === 404)) throw error
      throw new CliError(
        'no-uploads',
        `The node at ${target.url} takes no films because it runs an older grav1. Update it.`,
        {
          cause: error
        }
      )
    })
  const name = encoderOf(wishes.encoder)
  const working = (await client.encoders({ signal })).filter(({ build }) => build !== null)
  if (working.some((one) => one.name === name)) return
  const others = working.map((one) => printable(one.name)).join(', ')
  throw new CliError(
    'no-encoder',
    `--encoder: the node at ${target.url} has no working ${name}; it has ${others === '' ? 'no encoder' : others}.`
  )
}

/** Where each result goes on this machine; nothing where none is wanted. @throws {@link CliError} `usage` */
async function targetsOf(films: readonly string[], { options, wishes }: Submission, place: Place) {
  const targets = new Map<string, string>()
  const isWanted = options.fetch === true || options.output !== undefined || options.outputDir !== undefined
  if (!isWanted || options.detach) return targets
  if (place.folder !== undefined) await makeResultsFolder(place.folder)
  const named = { encoder: encoderOf(wishes.encoder), sample: wishes.sample }
  for (const film of films) {
    const target = await localTarget(place, { film, ...named })
    await checkTarget(target, wishes.overwrite === true)
    targets.set(film, target)
  }
  return targets
}

/** The node makes the film beside the upload; of the place here only the name counts, which decides the container. */
function wishesThere({ wishes, options }: Submission, { folder, output }: Place): Submission['wishes'] {
  const { output: _, ...others } = wishes
  const isName =
    options.output !== undefined && output !== undefined && output !== folder && /\.[a-z\d]+$/i.test(output)
  return isName ? { ...others, output: basename(output) } : others
}

/**
 * The submission as one to a node that gets its films over the network: they are sent to it, and results are fetched.
 * @throws {@link CliError} and ApiError where the node would refuse the films after they were sent
 */
export async function goElsewhere(
  films: readonly string[],
  submission: Submission,
  { place, target }: { readonly place: Place; readonly target: NodeTarget }
): Promise<Submission> {
  const { client, options, io, signal } = submission
  await checkNode(submission, target)
  const targets = await targetsOf(films, submission, place)
  const uploads = createUploadClient(target)
  const json = options.json === true

  async function shown<Value>(
    event: 'sending' | 'fetching',
    film: string,
    task: (update: TransferDisplay['update']) => Promise<Value>
  ): Promise<Value> {
    const out = options.detach && !json ? io.err : io.out
    // Several films have a table, which would be drawn over it.
    const terminal = event === 'fetching' && films.length > 1 ? undefined : io.terminal
    const display = createTransferDisplay(
      { out, terminal },
      { event, name: basename(film), json, fields: { input: film } }
    )
    try {
      return await task(display.update)
    } finally {
      display.stop()
    }
  }

  async function fetched(film: string, path: string, status: ProjectStatus): Promise<Found> {
    const { projectId, outputSha256: sha256, outputBytes: bytes } = status
    if (sha256 === null || bytes === null)
      throw new CliError('bad-answer', `The node at ${target.url} does not say what the finished file is.`)
    await shown('fetching', film, async (onProgress) =>
      fetchResult(
        client,
        { projectId, sha256, bytes },
        { target: path, overwrite: options['overwrite'] === true, signal, onProgress }
      )
    )
    const overwrite = options['overwrite'] === true
    const problem = await fetchManifest(client, { projectId, sha256, bytes }, { target: path, overwrite, signal })
    if (problem !== undefined) io.err(problem)
    return { output: path, line: path }
  }

  return {
    ...submission,
    wishes: wishesThere(submission, place),
    silenceMsMax: SILENCE_MS_MAX,
    elsewhere: {
      bring: async (film) =>
        shown('sending', film, async (onProgress) => sendFilm(film, uploads, { signal, onProgress })),
      find: async (film, status) => {
        const path = targets.get(film)
        if (path !== undefined) return fetched(film, path, status)
        const { projectId, title, outputPath } = status
        const line = `${shownTitle(title)} is completed; "grav1 download ${projectId} --api ${target.url}" fetches it`
        return { output: outputPath, line }
      }
    }
  }
}
