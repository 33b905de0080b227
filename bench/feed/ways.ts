import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createLimit } from '../../src/common/limit.ts'
import {
  encodeScene,
  type PreparedScene,
  type PrepareInput,
  prepareSource,
  probeSource,
  type SourceInfo
} from '../../src/encode/index.ts'
import { defaultSceneOptions, findEncoder } from '../../src/encode/rules/index.ts'

const { signal } = new AbortController()

/** A source and its scenes, whose pieces stay until `close`. */
export interface FedFilm {
  /** Finds the scenes, as an owner does. */
  readonly analyse: () => Promise<void>
  /** The same, and cuts and proves their pieces. */
  readonly prepare: () => Promise<void>
  /** Encodes all scenes as this machine does with a slot for each core. */
  readonly encode: () => Promise<void>
  readonly scenes: number
}

async function prepared(source: SourceInfo, workDir: string, skipPiece: PrepareInput['skipPiece']) {
  await mkdir(workDir)
  const scenes: PreparedScene[] = []
  const lengths = defaultSceneOptions(source.video.fps)
  const input = { source, scenes: lengths, workDir, skipPiece, onProgress: () => {} }
  for await (const event of prepareSource(input, { signal })) if (event.type === 'scene') scenes.push(event.scene)
  return scenes
}

/** @param params of SVT-AV1 */
export async function fedFilm(path: string, params: string, folder: string): Promise<FedFilm> {
  const source = await probeSource(path, { signal })
  const inFolder = async (work: (aside: string) => Promise<unknown>): Promise<void> => {
    const aside = await mkdtemp(join(folder, 'work-'))
    await work(aside)
    await rm(aside, { recursive: true })
  }
  const scenes = await prepared(source, `${path}.pieces`, () => false)
  const encoder = findEncoder('svt')
  const encodeOne = async (scene: PreparedScene): Promise<void> =>
    inFolder(async (workDir) => {
      const common = { ...scene, encoder: encoder.name, params: encoder.parseParams(params), video: source.video }
      await encodeScene({ ...common, workDir, threads: 1, nice: 0, onProgress: () => {} }, { signal })
    })
  return {
    scenes: scenes.length,
    analyse: async () => inFolder(async (aside) => prepared(source, join(aside, 'pieces'), () => true)),
    prepare: async () => inFolder(async (aside) => prepared(source, join(aside, 'pieces'), () => false)),
    encode: async () => {
      const slots = createLimit(availableParallelism())
      await Promise.all(
        scenes.toSorted((a, b) => b.frames - a.frames).map(async (scene) => slots(async () => encodeOne(scene)))
      )
    }
  }
}
