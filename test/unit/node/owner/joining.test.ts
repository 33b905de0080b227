import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { hashFile } from '../../../../src/common/hash-file.ts'
import { openOutput } from '../../../../src/encode/index.ts'
import { manifestPathOf, openManifestPlace } from '../../../../src/node/manifest/place.ts'
import { openManifest } from '../../../../src/node/manifest/signed.ts'
import { joinScenes, type JoiningInput, type JoinPrograms } from '../../../../src/node/owner/joining.ts'
import type { OwnedJob } from '../../../../src/node/owner/job.ts'
import type { Signer } from '../../../../src/swarm/index.ts'
import { newSigner } from '../../../fixtures/manifests.ts'
import {
  acceptBody,
  announceBody,
  chainOf,
  foldAll,
  plannedBody,
  scenesBody
} from '../../../fixtures/protocol-chains.ts'
import { hashNo, planNo } from '../../../fixtures/protocol-samples.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

let signer: Signer
beforeAll(async () => {
  signer = await newSigner()
})

const sourceAt = (path: string) => ({
  path,
  bytes: 10,
  video: { width: 64, height: 36, pixelFormat: 'yuv420p', bitDepth: 8 }
})

/** A film whose join is over: it and its manifest lie there. */
async function bench(more: Partial<OwnedJob> = {}) {
  const folder = await tempDir()
  const source = join(folder, 'source')
  await writeFile(source, 'the source')
  await mkdir(join(folder, 'out'))
  const output = join(folder, 'out', 'film.mkv')
  const log = [announceBody, scenesBody(planNo(0, 0, 10)), plannedBody(1, 10), acceptBody(0)]
  const input = {
    view: { ...foldAll(chainOf(log)), owner: signer.peerId },
    job: { source: sourceAt(source), output, overwrite: false, starts: [0], ...more } as OwnedJob,
    spec: { encoder: { name: 'aom' } } as JoiningInput['spec'],
    blobs: { path: (sha256: string) => sha256 } as JoiningInput['blobs'],
    timestampsMs: [],
    attempts: () => [],
    workDir: join(folder, 'work'),
    signer,
    mayBeOurs: true,
    signal: new AbortController().signal
  } satisfies JoiningInput

  /** Writes the same film each time, as a muxer does, into the place that it is given. */
  const programs = (afterFilm: () => Promise<void> = async () => {}): JoinPrograms => ({
    joinPrograms: async () => ({ ffmpeg: '5.1', mkvmerge: '74' }),
    joinProject: async ({ output: path, overwrite, workDir, confirm }) => {
      const { partPath, publish } = await openOutput(path, overwrite, workDir)
      await writeFile(partPath, 'the film')
      const film = { path, bytes: 8, sha256: await hashFile(partPath), frames: 10, packets: [hashNo(1)] }
      await confirm?.(film)
      await publish()
      await afterFilm()
      return film
    }
  })
  const run = async (afterFilm?: () => Promise<void>) => joinScenes(input, programs(afterFilm))
  const names = async () => (await readdir(join(folder, 'out'))).toSorted()
  await run()
  return { output, input, run, names }
}

const BOTH = ['film.mkv', 'film.mkv.grav1.json']

/** What a process leaves that is killed, by the moment. */
const KILLED = {
  'before the film had its name': async (output: string, workDir: string) => {
    await leaveUnfinished(output, workDir)
    await rm(output)
    await openOutput(output, false, workDir)
  },
  'between the names of the film and of its manifest': leaveUnfinished,
  'after both had their names': async () => {}
}

/** The manifest has only its hidden name. */
async function leaveUnfinished(output: string, workDir: string): Promise<void> {
  const text = await readFile(manifestPathOf(output), 'utf8')
  await rm(manifestPathOf(output))
  await (await openManifestPlace(output, false, workDir)).write(text)
}

test.for(
  Object.entries(KILLED).flatMap(([when, leave]) => [false, true].map((overwrite) => ({ when, leave, overwrite })))
)('killed $when, with overwrite $overwrite, the next start has both', async ({ leave, overwrite }) => {
  const { output, input, run, names } = await bench({ overwrite })
  await leave(output, input.workDir)
  const { sha256 } = await run()
  expect(await names()).toEqual(BOTH)
  expect(await hashFile(output)).toBe(sha256)
  expect((await openManifest(await readFile(manifestPathOf(output), 'utf8'))).film.sha256).toBe(sha256)
})

test('a film of somebody else is no film of before', async () => {
  const { output, run } = await bench()
  await writeFile(output, 'a letter')
  await expect(run()).rejects.toMatchObject({ code: 'output-exists' })
  expect(await readFile(output, 'utf8')).toBe('a letter')
})

test('a manifest that cannot have its name leaves no film that is in the way of the next join', async () => {
  const { output, run, names } = await bench()
  const manifest = manifestPathOf(output)
  await Promise.all([rm(output), rm(manifest)])
  const come = async (): Promise<void> => writeFile(manifest, 'a letter')
  await expect(run(come)).rejects.toMatchObject({ code: 'output-exists' })
  expect([await names(), await readFile(manifest, 'utf8')]).toEqual([[basename(manifest)], 'a letter'])
  await rename(manifest, `${output}.letter`)
  await run()
  expect(await names()).toEqual(['film.mkv', 'film.mkv.grav1.json', 'film.mkv.letter'])
})

test('without a manifest none is written', async () => {
  const { output, input, run, names } = await bench({ manifest: 'none' })
  expect(await names()).toEqual(['film.mkv'])
  await leaveLetter(output)
  await run()
  expect(await readFile(manifestPathOf(output), 'utf8')).toBe('a letter')
  expect(input.job.manifest).toBe('none')
})

async function leaveLetter(output: string): Promise<void> {
  await writeFile(manifestPathOf(output), 'a letter')
}
