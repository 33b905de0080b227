import { rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { AttemptsOf } from '../../api/ports.ts'
import { joinPrograms, joinProject, MediaError, type JoinedFile } from '../../encode/index.ts'
import { freshFolder } from '../disk/folders.ts'
import { type BlobStore } from '../../storage/index.ts'
import { checkRoom } from './join-trouble.ts'
import { checkMounted } from './output-mount.ts'
import { checkSource } from './source-identity.ts'
import { manifestOf } from './film-manifest.ts'
import { openManifestPlace } from '../manifest/place.ts'
import { signManifest } from '../manifest/signed.ts'
import { programVersion } from '../version.ts'
import { type OwnedJob, pictureOf } from './job.ts'
import type { Signer } from '../../swarm/index.ts'
import type { ProjectSpec } from '../project-spec.ts'
import type { ProjectView } from '../../swarm/protocol/index.ts'
import { hashFile } from '../../common/hash-file.ts'

export interface JoiningInput {
  readonly view: ProjectView
  readonly job: OwnedJob
  readonly spec: ProjectSpec
  readonly blobs: BlobStore
  readonly timestampsMs: readonly number[]
  /** What this node remembers of the scenes. */
  readonly attempts: AttemptsOf
  readonly workDir: string
  /** Signs the manifest. */
  readonly signer: Pick<Signer, 'sign'>
  /** Whether a file with the output's name may be this project's own, from before a crash. */
  readonly mayBeOurs: boolean
  readonly signal: AbortSignal
}

/** Where a project joins, below its own folder. */
export const joinFolder = (workDir: string): string => join(workDir, 'join')

/** What writes the manifest of a film, once the film is made and before it gets its name. */
interface ManifestWriter {
  readonly write: (film: JoinedFile) => Promise<void>
  readonly publish: () => Promise<void>
  readonly discard: () => Promise<void>
}

/** The programs that make a film. */
export interface JoinPrograms {
  readonly joinProject: typeof joinProject
  readonly joinPrograms: typeof joinPrograms
}

const NO_MANIFEST: ManifestWriter = { write: async () => {}, publish: async () => {}, discard: async () => {} }

async function manifestWriter(
  { view, job, attempts, workDir, signer, signal }: JoiningInput,
  versions: JoinPrograms['joinPrograms']
): Promise<ManifestWriter> {
  if (job.manifest === 'none') return NO_MANIFEST
  const { write, publish, discard } = await openManifestPlace(job.output, job.overwrite, workDir)
  // They answer while the film is made.
  const asked = versions({ signal })
  asked.catch(() => {})
  return {
    write: async (film) => {
      const programs = { grav1: programVersion(), ...(await asked) }
      await write(await signManifest(manifestOf({ view, job, attempts, film, programs }), signer))
    },
    publish,
    discard
  }
}

/**
 * Makes the finished file of a project whose scenes are all accepted, from the source that was submitted, and its manifest.
 * @throws MediaError, SourceError, RoomError
 */
export async function joinScenes(
  input: JoiningInput,
  programs: JoinPrograms = { joinProject, joinPrograms }
): Promise<JoinedFile> {
  const { view, job } = input
  await checkSource(job.source, job.sourceSamples)
  await checkMounted(job.outputMount)
  await checkRoom(job.output, view.acceptedBytes)
  await freshFolder(input.workDir)
  const manifest = await manifestWriter(input, programs.joinPrograms)
  try {
    const film = await joinFilm(input, manifest, programs.joinProject)
    await manifest.publish().catch(async (error: unknown) => {
      // The next join makes both again, and would find a film that nobody may replace.
      await rm(job.output, { force: true })
      throw error
    })
    return film
  } finally {
    await manifest.discard()
  }
}

async function joinFilm(
  input: JoiningInput,
  manifest: ManifestWriter,
  makeFilm: JoinPrograms['joinProject']
): Promise<JoinedFile> {
  const { view, job, spec, blobs, timestampsMs, workDir, mayBeOurs, signal } = input
  const segments = view.scenes.map(({ plan, accepted }) => {
    if (accepted == null) throw new Error(`scene ${plan.index + 1} is missing`)
    const { sha256 } = accepted.result
    return { file: blobs.path(sha256), frames: plan.frames, sha256 }
  })
  const confirm = async (film: JoinedFile): Promise<void> => {
    await checkSource(job.source, job.sourceSamples)
    await manifest.write(film)
  }
  const make = async (output: string, overwrite: boolean): Promise<JoinedFile> => {
    const { streams, kept } = job
    const { encoded: source, filters } = pictureOf(job, job.source)
    const videoOnly = job.sample !== undefined
    const film = { source, filters, streams, kept, videoOnly, keepUids: job.keepUids }
    // A result is accepted after a decode of the whole of it.
    const what = { ...film, encoder: spec.encoder.name, segments, decoded: true, timestampsMs }
    return makeFilm({ ...what, output, overwrite, workDir, confirm, onProgress: () => {} }, { signal })
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
