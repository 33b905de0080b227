import { extname, join } from 'node:path'
import { joinProject, MediaError, type JoinedFile } from '../../encode/index.ts'
import { freshFolder } from '../disk/folders.ts'
import { type BlobStore } from '../../storage/index.ts'
import { checkRoom } from './join-trouble.ts'
import { checkMounted } from './output-mount.ts'
import { checkSource } from './source-identity.ts'
import { type OwnedJob, pictureOf } from './job.ts'
import type { ProjectSpec } from '../project-spec.ts'
import type { ProjectView } from '../../swarm/protocol/index.ts'
import { hashFile } from '../../common/hash-file.ts'

export interface JoiningInput {
  readonly view: ProjectView
  readonly job: OwnedJob
  readonly spec: ProjectSpec
  readonly blobs: BlobStore
  readonly timestampsMs: readonly number[]
  readonly workDir: string
  /** Whether a file with the output's name may be this project's own, from before a crash. */
  readonly mayBeOurs: boolean
  readonly signal: AbortSignal
}

/** Where a project joins, below its own folder. */
export const joinFolder = (workDir: string): string => join(workDir, 'join')

/** Makes the finished file of a project whose scenes are all accepted, from the source that was submitted. @throws MediaError, SourceError, RoomError */
export async function joinScenes({
  view,
  job,
  spec,
  blobs,
  timestampsMs,
  workDir,
  mayBeOurs,
  signal
}: JoiningInput): Promise<JoinedFile> {
  const confirm = async (): Promise<void> => checkSource(job.source, job.sourceSamples)
  await confirm()
  await checkMounted(job.outputMount)
  await checkRoom(job.output, view.acceptedBytes)
  await freshFolder(workDir)
  const segments = view.scenes.map(({ plan, accepted }) => {
    if (accepted == null) throw new Error(`scene ${plan.index + 1} is missing`)
    const { sha256 } = accepted.result
    return { file: blobs.path(sha256), frames: plan.frames, sha256 }
  })
  const make = async (output: string, overwrite: boolean): Promise<JoinedFile> => {
    const { streams, kept } = job
    const { encoded: source, filters } = pictureOf(job, job.source)
    const videoOnly = job.sample !== undefined
    const film = { source, filters, streams, kept, videoOnly, keepUids: job.keepUids }
    const what = { ...film, encoder: spec.encoder.name, segments, timestampsMs }
    return joinProject({ ...what, output, overwrite, workDir, confirm, onProgress: () => {} }, { signal })
  }
  try {
    return await make(job.output, job.overwrite)
  } catch (error) {
    if (!mayBeOurs || !(error instanceof MediaError) || error.code !== 'output-exists') throw error
    // Killed between the rename and the record of it, this project made the file itself: then it has the same bytes.
    const again = await make(join(workDir, `again${extname(job.output)}`), true)
    if ((await hashFile(job.output)) !== again.sha256) throw error
    return again
  }
}
