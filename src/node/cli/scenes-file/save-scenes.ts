import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ProjectStatus } from '../../../api/schemas/index.ts'
import { CliError } from '../errors.ts'
import type { CliIo } from '../io.ts'
import { everyPage } from '../every-page.ts'
import { shownName } from '../format.ts'
import type { Following } from '../submission.ts'
import { type PlannedScene, scenesFileOf } from './write-scenes.ts'

export interface SaveOptions {
  readonly saveScenes?: string
  readonly detach?: boolean
  readonly dryRun?: boolean
  readonly range?: unknown
  readonly sample?: unknown
}

/** What cannot be saved is said before anything begins. @throws CliError `usage` */
export function checkSaveScenes({ saveScenes, detach, range, sample }: SaveOptions, films: number): void {
  if (saveScenes === undefined) return
  const refuse = (why: string): never => {
    throw new CliError('usage', `--save-scenes ${why}.`)
  }
  if (films !== 1) refuse('takes one film')
  if (detach === true) refuse('waits until the scenes are known; leave out --detach')
  if (range !== undefined || sample !== undefined)
    refuse('counts the frames of the whole source; leave out --range and --sample')
}

/** Writes the scenes of a film. @throws CliError `usage` where the file cannot be written */
export async function writeScenes(
  file: string,
  scenes: readonly PlannedScene[],
  encoderName: string,
  io: Pick<CliIo, 'err' | 'cwd'>
): Promise<void> {
  const path = resolve(io.cwd, file)
  const text = `${JSON.stringify(scenesFileOf(scenes, encoderName), null, 2)}\n`
  await writeFile(path, text).catch((cause: unknown) => {
    throw new CliError('usage', `--save-scenes: ${path} cannot be written.`, { cause })
  })
  io.err(`scenes written to ${shownName(path)}`)
}

/** Writes the scenes of a film that is followed, as soon as all of them are known. */
export interface SceneSaver {
  readonly look: (status: ProjectStatus) => void
  /** Once what it began is done. @throws CliError as `writeScenes` */
  readonly done: () => Promise<void>
}

export function createSceneSaver(file: string | undefined, following: Following): SceneSaver {
  let saving: Promise<void> | undefined
  const save = async ({ projectId, encoderBuild }: ProjectStatus, to: string): Promise<void> => {
    const { client, signal } = following
    const { items } = await everyPage(async (part) => client.scenes(projectId, part, { signal }))
    await writeScenes(to, items, encoderBuild.split('/', 1)[0] ?? '', following.io)
  }
  return {
    look: (status) => {
      if (file === undefined || saving !== undefined || !status.planned) return
      saving = save(status, file)
      // Whoever asks whether it is done hears of a failure.
      saving.catch(() => {})
    },
    done: async () => saving
  }
}
