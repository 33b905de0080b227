import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'
import { startPieceDecode } from '../../src/encode/programs/decode.ts'
import { encodeScene, encoderFacts, type PreparedScene, prepareSource, probeSource } from '../../src/encode/index.ts'
import { findEncoder, type VideoFormat } from '../../src/encode/rules/index.ts'
import { chooseSandbox } from '../../src/platform/index.ts'
import { buildClip } from '../clip.ts'
import type { ProgramFolder } from './programs.ts'
import { type Sample, SOURCES } from './samples.ts'

/** Frames of the scene that is encoded. */
export const SCENE_FRAMES = 24

/** A scene that moves as films do, and the format of its pictures. */
export interface MovingScene {
  readonly scene: PreparedScene
  readonly video: VideoFormat
  readonly clip: string
}

/** Makes one of 320x180 in `folder`. */
export async function prepareScene(folder: string, signal: AbortSignal): Promise<MovingScene> {
  const cuts = [SCENE_FRAMES, 2 * SCENE_FRAMES]
  const { path } = await buildClip({ output: join(folder, 'clip.mkv'), seconds: 2.88, cuts })
  const source = await probeSource(path, { signal })
  const workDir = join(folder, 'pieces')
  await mkdir(workDir)
  const scenes = { minFrames: SCENE_FRAMES, maxFrames: SCENE_FRAMES, threshold: undefined }
  const input = { source, scenes, workDir, skipPiece: () => false, onProgress: () => undefined }
  const found: PreparedScene[] = []
  for await (const event of prepareSource(input, { signal })) if (event.type === 'scene') found.push(event.scene)
  const scene = found[1]
  if (scene?.frames !== SCENE_FRAMES) throw new Error(`the scene has ${scene?.frames} frames, not ${SCENE_FRAMES}`)
  return { scene, video: source.video, clip: path }
}

/** Runs something with other programs first on PATH. One at a time: PATH is the process's. They lie in roots, which no sandbox shows. */
async function withPrograms<Value>({ folder }: ProgramFolder, run: () => Promise<Value>): Promise<Value> {
  const before = process.env['PATH'] ?? ''
  process.env['PATH'] = `${folder}${delimiter}${before}`
  chooseSandbox('off')
  try {
    return await run()
  } finally {
    process.env['PATH'] = before
  }
}

/** The version that the encoder of a folder tells. */
export const versionOf = async (programs: ProgramFolder, sample: Sample, signal: AbortSignal): Promise<string> =>
  withPrograms(programs, async () => (await encoderFacts(findEncoder(sample.encoder), { signal })).version)

/** The version of a folder's ffmpeg. */
export async function ffmpegVersion({ folder }: ProgramFolder): Promise<string> {
  const { stdout } = await execa(join(folder, 'ffmpeg'), ['-version'])
  return /^ffmpeg version (\d[\d.]*)/.exec(stdout)?.[1] ?? 'unknown'
}

/** Encodes the scene as a worker does, with the encoder of `programs` and this machine's decoder; hex of the result's sha-256. */
export async function encodedHash(
  programs: ProgramFolder,
  { encoder: name, params }: Sample,
  { scene, video }: MovingScene,
  init: { readonly threads: number; readonly folder: string; readonly signal: AbortSignal }
): Promise<string> {
  const { threads, folder, signal } = init
  const encoder = findEncoder(name)
  const workDir = await mkdtemp(join(folder, 'encode-'))
  const job = { ...scene, encoder: encoder.name, params: encoder.parseParams(params), video, threads, nice: 0, workDir }
  try {
    return await withPrograms(
      programs,
      async () => (await encodeScene({ ...job, onProgress: () => {} }, { signal })).sha256
    )
  } finally {
    await rm(workDir, { recursive: true, force: true })
  }
}

/** A piece of each codec that sources have, made by this machine's ffmpeg. */
export async function makePieces(clip: string, folder: string): Promise<ReadonlyMap<string, string>> {
  const pieces = new Map<string, string>()
  for (const [codec, options] of Object.entries(SOURCES)) {
    const file = join(folder, `${codec.replaceAll(/\W+/g, '-')}.mkv`)
    const args = ['-v', 'error', '-nostdin', '-y', '-i', clip, '-map', '0:v:0', '-frames:v', String(SCENE_FRAMES)]
    await execa('ffmpeg', [...args, ...options, file])
    pieces.set(codec, file)
  }
  return pieces
}

/** Decodes a piece as owner and workers do, with the ffmpeg of `programs`; one hash over those of all frames. */
export async function decodedHash(programs: ProgramFolder, pieceFile: string, signal: AbortSignal): Promise<string> {
  return withPrograms(programs, async () => {
    const piece = { pieceFile, skip: 0, frames: SCENE_FRAMES }
    const decode = startPieceDecode(piece, { signal, y4m: undefined, nice: 0 })
    const [{ code, stderrTail }, hashes] = await Promise.all([decode.process.ended, decode.hashes])
    if (code !== 0 || hashes.length !== SCENE_FRAMES) throw new Error(`${hashes.length} frames decoded: ${stderrTail}`)
    return createHash('sha256').update(hashes.join()).digest('hex')
  })
}
