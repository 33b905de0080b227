import { type AnalysisCache, type AnalysisEnd, prepareSource, type PreparedScene } from '../../encode/index.ts'
import { type OwnedJob, sceneSearchOf, zoneParams } from './job.ts'
import type { LogBook } from '../../swarm/index.ts'
import type { ScenePlan } from '../../swarm/protocol/index.ts'
import type { BlobHold, BlobStore } from '../../storage/index.ts'

export interface PreparationInput {
  readonly projectId: string
  readonly job: OwnedJob
  readonly workDir: string
  readonly book: LogBook
  readonly blobs: BlobStore
  readonly analyses: AnalysisCache
  /** Scenes that are done or whose piece is here: planned again to compare, but no piece is cut. */
  readonly skipPiece: (index: number) => boolean
  /** Called before each announcement: what was made of another file is never announced. @throws SourceError */
  readonly confirm: () => Promise<void>
  /** Puts plans into the log; called one after the other. */
  readonly announce: (plans: readonly ScenePlan[]) => Promise<void>
  /** The piece of a scene that was announced earlier is here again, and held. */
  readonly onPiece: (scene: number, hold: BlobHold) => void
  readonly onWarning: (sentence: string) => void
  /** Pieces are cut only while there is. */
  readonly whenThereIsSpace: () => Promise<void>
  /** Another piece is cut only when this resolves; what it gives is called when that is over. */
  readonly beforePiece: () => Promise<() => void>
  readonly signal: AbortSignal
}

/** Most scenes of one record of the log, and most characters of their parameters, so that it stays within an envelope. */
const BATCH_MAX = 64
const BATCH_PARAMS_CHARS_MAX = 32 * 1024

/** How many of the waiting scenes the next record takes; at least one. */
export function batchSize(waiting: readonly Pick<ScenePlan, 'encoderParams'>[]): number {
  let chars = 0
  const over = waiting.findIndex(({ encoderParams }, index) => {
    chars += encoderParams.length
    return index > 0 && chars > BATCH_PARAMS_CHARS_MAX
  })
  return Math.min(over === -1 ? waiting.length : over, BATCH_MAX)
}

/**
 * Finds the scenes of the source, cuts and proves their pieces and announces them as they come, so that encoding starts while the analysis still runs.
 * After a restart it goes over the source again: what was announced before has to come out the same.
 */
export async function prepareProject(input: PreparationInput): Promise<AnalysisEnd> {
  const batch = createBatch(async (plans) => {
    await input.confirm()
    await input.announce(plans)
  })
  try {
    return await prepareScenes(input, batch)
  } finally {
    await batch.drop()
  }
}

async function prepareScenes(input: PreparationInput, batch: Batch): Promise<AnalysisEnd> {
  const { projectId, job, book, signal } = input
  for await (const event of prepareSource(
    {
      ...sceneSearchOf(job),
      cache: input.analyses,
      workDir: input.workDir,
      skipPiece: input.skipPiece,
      beforePiece: input.beforePiece,
      onProgress: () => {},
      onWarning: input.onWarning
    },
    { signal }
  )) {
    if (event.type === 'end') {
      await batch.flush()
      return event.end
    }
    await batch.failure()
    await input.whenThereIsSpace()
    const { scene } = event
    const known = book.views.get(projectId)?.scenes[scene.index]?.plan
    if (known != null && (known.start !== scene.start || known.frames !== scene.frames)) {
      await input.confirm()
      throw new Error(`scene ${scene.index + 1} differs from the one before the restart; submit the file again`)
    }
    if (event.type === 'scene') await takePiece(input, batch, event.scene, known)
  }
  throw new Error('the analysis ended early')
}

async function takePiece(
  input: PreparationInput,
  batch: Batch,
  scene: PreparedScene,
  known: ScenePlan | undefined
): Promise<void> {
  const { ref: piece, hold } = await input.blobs.adopt(scene.pieceFile)
  if (known == null) {
    // Held until its record is in the log, which holds it from there on.
    batch.add(hold, {
      index: scene.index,
      start: scene.start,
      frames: scene.frames,
      piece,
      skip: scene.skip,
      inputHash: scene.inputHash,
      encoderParams: zoneParams(input.job, scene.zone)
    })
    return
  }
  if (known.piece.sha256 === piece.sha256) {
    input.onPiece(scene.index, hold)
    return
  }
  await hold.drop()
  await input.confirm()
  throw new Error(
    `the piece of scene ${scene.index + 1} differs from the one before the restart; submit the file again`
  )
}

interface Batch {
  add: (hold: BlobHold, plan: ScenePlan) => void
  flush: () => Promise<void>
  /** Gives back what was not announced. */
  drop: () => Promise<void>
  /** Throws what announcing threw. */
  failure: () => Promise<void>
}

/** While one record is written the next scenes gather: few scenes go out at once, many go out together. */
function createBatch(announce: (plans: readonly ScenePlan[]) => Promise<void>): Batch {
  let waiting: { readonly plan: ScenePlan; readonly hold: BlobHold }[] = []
  let running: Promise<void> | undefined
  let failed: { error: unknown } | undefined

  async function run(): Promise<void> {
    try {
      while (waiting.length > 0) {
        const size = batchSize(waiting.map(({ plan }) => plan))
        const batch = waiting.slice(0, size)
        await announce(batch.map(({ plan }) => plan))
        waiting = waiting.slice(size)
        for (const { hold } of batch) hold.release()
      }
    } catch (error) {
      failed = { error }
    } finally {
      running = undefined
    }
  }

  async function failure(): Promise<void> {
    if (failed != null) throw failed.error
  }

  return {
    failure,
    add: (hold, plan) => {
      waiting.push({ plan, hold })
      running ??= run()
    },
    drop: async () => {
      await running
      await Promise.all(waiting.splice(0).map(async ({ hold }) => hold.drop()))
    },
    flush: async () => {
      await running
      await failure()
    }
  }
}
