import { mkdir } from 'node:fs/promises'
import {
  type PreparedScene,
  type PrepareInput,
  prepareSource,
  probeSource,
  type SourceInfo
} from '../src/encode/index.ts'

export interface PreparedClip {
  readonly source: SourceInfo
  readonly scenes: readonly PreparedScene[]
}

/** The scenes of a clip, with their pieces in `workDir`, which is made. */
export async function preparedClip(
  file: string,
  workDir: string,
  lengths: PrepareInput['scenes'],
  signal: AbortSignal
): Promise<PreparedClip> {
  const source = await probeSource(file, { signal })
  await mkdir(workDir, { recursive: true })
  const scenes: PreparedScene[] = []
  const input = { source, scenes: lengths, workDir, skipPiece: () => false, onProgress: () => {} }
  for await (const event of prepareSource(input, { signal })) if (event.type === 'scene') scenes.push(event.scene)
  return { source, scenes }
}
