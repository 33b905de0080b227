import { copyFile, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { EncoderName } from '../../src/encode/rules/index.ts'
import { encodeClip, type PreparedClip } from '../../test/fixtures/encode-scenes.ts'

/** What `windows.ts` writes for the other system: paths in it are Linux's. */
export interface WindowsJob {
  readonly clip: PreparedClip
  readonly encoder: EncoderName
  readonly params: string
}

/** Encodes all scenes of a prepared film, in the folder that both systems see. */
async function encodeAll(folder: string): Promise<void> {
  const { clip, encoder, params } = JSON.parse(await readFile(join(folder, 'job.json'), 'utf8')) as WindowsJob
  for (const scene of clip.scenes) {
    const pieceFile = join(folder, basename(dirname(scene.pieceFile)), basename(scene.pieceFile))
    const workDir = join(folder, `there-${scene.index}`)
    const init = { encoder, params, workDir }
    const { file, sha256 } = await encodeClip(clip, { ...scene, pieceFile }, init, AbortSignal.timeout(300_000))
    await copyFile(file, join(folder, `windows-${scene.index}.ivf`))
    console.log(`scene ${scene.index}: ${sha256}`)
  }
}

if (import.meta.main) await encodeAll(process.argv[2] ?? '.')
