import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { lookUpProgram } from '../../src/encode/programs/programs.ts'
import { knownDifference } from './known.ts'
import { decodedHash, encodedHash, ffmpegVersion, makePieces, prepareScene, versionOf } from './measure.ts'
import { ownWords, writePrograms } from './programs.ts'
import type { Recorder } from './recorder.ts'
import { SAMPLES } from './samples.ts'
import { findSystems, type System } from './systems.ts'
import { type SystemPrograms, writeSystem } from './variants.ts'

/** Where to work and when to stop. */
interface ArchitectureRun {
  readonly shared: string
  readonly signal: AbortSignal
  readonly record: Recorder
}

const short = (hash: string): string => hash.slice(0, 8)

/** Every decoder of a system has to give the frames that this machine's own gives. */
async function compareDecoders(
  { name }: System,
  programs: SystemPrograms,
  pieces: ReadonlyMap<string, { readonly file: string; readonly hash: string }>,
  { signal, record }: ArchitectureRun
): Promise<void> {
  const version = await ffmpegVersion(programs.plain)
  for (const [codec, { file, hash }] of pieces) {
    await record.step(`${name} arm64`, `ffmpeg ${version} decodes ${codec}`, async () => {
      const [native, arm64] = [programs.plain, programs.of('arm64').programs]
      const [there, emulated] = [await decodedHash(native, file, signal), await decodedHash(arm64, file, signal)]
      const all = [hash, there, emulated].map(short).join(', ')
      if (new Set([hash, there, emulated]).size > 1)
        throw new Error(`other frames: ${all} (here, there, there on arm64)`)
      return short(hash)
    })
  }
}

/** Every encoder of a system has to make the same bytes on both processors, but for what is known. */
async function compareEncoders({ name }: System, programs: SystemPrograms, run: ArchitectureRun, scene: Moving) {
  const { signal, record, shared } = run
  const init = { threads: 1, folder: shared, signal }
  for (const sample of SAMPLES) {
    await record.step(`${name} arm64`, `${sample.encoder} ${sample.params.slice(0, 60)}`, async () => {
      const version = await versionOf(programs.plain, sample, signal)
      const native = await encodedHash(programs.plain, sample, scene, init)
      const arm64 = await encodedHash(programs.of('arm64').programs, sample, scene, init)
      const known = knownDifference(sample, 'arm64', version)
      if (native === arm64) return `${version}: ${short(native)}${known ? ', although another was known' : ''}`
      if (known) return `${version}: ${short(native)} and ${short(arm64)}, as is known (${known.met})`
      throw new Error(`${version}: ${short(native)} and ${short(arm64)}`)
    })
  }
}

type Moving = Awaited<ReturnType<typeof prepareScene>>

/** Compares encoders and decoders of arm64 with those of this machine's processor, release by release. */
export async function compareArchitectures(run: ArchitectureRun): Promise<void> {
  const { shared, signal } = run
  const folder = join(shared, 'arm64')
  await mkdir(folder)
  const scene = await prepareScene(folder, signal)
  const systems = await findSystems(shared, signal)
  const pieces = new Map<string, { readonly file: string; readonly hash: string }>()
  const own = await writePrograms(join(folder, 'programs-here'), { before: ownWords(lookUpProgram) })
  for (const [codec, file] of await makePieces(scene.clip, folder)) {
    pieces.set(codec, { file, hash: await decodedHash(own, file, signal) })
  }
  for (const system of systems) {
    const programs = await writeSystem(system, folder)
    await compareDecoders(system, programs, pieces, run)
    await compareEncoders(system, programs, run, scene)
  }
}
