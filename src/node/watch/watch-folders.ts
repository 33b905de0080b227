import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { errorText } from '../../common/error-text.ts'
import { createLimit } from '../../common/limit.ts'
import { isVideoName } from '../../common/video-names.ts'
import { makeFolder } from '../../platform/index.ts'
import { ApiRefusal } from '../../api/refusal.ts'
import { untilComplete, type QuietInit } from '../owner/growth.ts'
import { presetEncoder } from '../config/presets.ts'
import { readFolderSettings, SETTINGS_FILE, SettingsError, type FolderSettings } from './folder-settings.ts'
import { openWatchBook, type WatchedFilm } from './watch-book.ts'
import type { PresetsPort, ProjectsPort } from '../../api/ports.ts'
import type { Logger } from '../../swarm/index.ts'

/** Films that are submitted at once: each is tried with a few short encodes. */
const SUBMITTED_AT_ONCE = 2
/** Films that are waited for at once. Those beyond are found at the next start. */
const WAITING_MAX = 2000

export interface WatchFoldersComponents {
  readonly projects: Pick<ProjectsPort, 'submit'>
  readonly presets: PresetsPort
  readonly log: Logger
}

export interface WatchFoldersInit extends QuietInit {
  /** Absolute paths. */
  readonly folders: readonly string[]
  /** Where it keeps what became of the films. */
  readonly file: string
}

/** Submits films that come to rest in folders, each once. @returns a function that ends it */
export async function watchFolders(
  { projects, presets, log }: WatchFoldersComponents,
  { folders, file, ...quiet }: WatchFoldersInit
): Promise<() => Promise<void>> {
  // Most nodes watch nothing.
  const { watch } = await import('chokidar')
  const book = await openWatchBook(file)
  const stopping = new AbortController()
  const { signal } = stopping
  const inTurn = createLimit(SUBMITTED_AT_ONCE)
  const underWay = new Map<string, Promise<void>>()
  /** Paths under way of which more was heard: they are looked at once more afterwards. */
  const heardOf = new Set<string>()

  async function lookAt(path: string, { text }: FolderSettings): Promise<WatchedFilm> {
    const { size, mtimeMs } = await stat(path)
    return { path, bytes: size, mtimeMs, settings: text }
  }

  async function encoderOf({ encoder, options: { preset } }: FolderSettings): Promise<string> {
    return encoder ?? presetEncoder((await presets.list()).find(({ name }) => name === preset))
  }

  async function begin({ path }: WatchedFilm, settings: FolderSettings): Promise<string> {
    const { options, outputDir } = settings
    if (outputDir !== undefined) await makeFolder(outputDir)
    const request = { input: path, encoder: await encoderOf(settings), ...options }
    const [submitted] = await projects.submit([request], true, 'attach')
    return submitted?.projectId ?? ''
  }

  /** @returns false when somebody writes to it again */
  async function submit(film: WatchedFilm, settings: FolderSettings): Promise<boolean> {
    const { path } = film
    let projectId: string
    try {
      projectId = await begin(film, settings)
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof ApiRefusal && error.code === 'growing') return false
      await book.note(film, { projectId: null, reason: errorText(error) })
      log.warn({ path, problem: errorText(error) }, 'a film from a watched folder was refused')
      return true
    }
    log.info({ projectId, path }, 'submitted a film from a watched folder')
    await book.note(film, { projectId, reason: '' })
    return true
  }

  /** @returns false when it is to be waited for once more */
  async function takeOnce(path: string): Promise<boolean> {
    const folder = dirname(path)
    const settings = await readFolderSettings(folder)
    if (!book.isDue(await lookAt(path, settings))) return true
    await untilComplete(path, () => {}, { ...quiet, signal })
    return inTurn(async () => {
      signal.throwIfAborted()
      // It may be another one by now, and the settings too.
      const now = await readFolderSettings(folder)
      const film = await lookAt(path, now)
      return !book.isDue(film) || submit(film, now)
    })
  }

  async function take(path: string): Promise<void> {
    while (!(await takeOnce(path))) signal.throwIfAborted()
  }

  function come(path: string): void {
    if (signal.aborted || !isVideoName(basename(path))) return
    if (underWay.has(path)) {
      heardOf.add(path)
      return
    }
    if (underWay.size >= WAITING_MAX) return
    const task = take(path)
      .catch((error: unknown) => {
        if (signal.aborted) return
        if (error instanceof SettingsError)
          log.error({ path, problem: error.message }, 'the settings of a watched folder cannot be used')
        else log.warn({ path, err: error }, 'could not check a film in a watched folder')
      })
      .finally(() => {
        underWay.delete(path)
        if (heardOf.delete(path)) come(path)
      })
    underWay.set(path, task)
  }

  const isHidden = (path: string): boolean => basename(path).startsWith('.') && !folders.includes(path)
  const watcher = watch([...folders], { depth: 0, ignored: isHidden })

  /** Other settings may suit what was refused, and what waits for settings that can be read. */
  function comeAll(folder: string): void {
    for (const name of watcher.getWatched()[folder] ?? []) come(join(folder, name))
  }

  const onFile = (path: string): void => (basename(path) === SETTINGS_FILE ? comeAll(dirname(path)) : come(path))
  watcher.on('add', onFile).on('change', onFile)
  watcher.on('error', (error) => log.warn({ err: error }, 'a watched folder cannot be read'))
  return async () => {
    stopping.abort(new Error('stopping'))
    await watcher.close()
    await Promise.all(underWay.values())
  }
}
