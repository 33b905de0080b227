import { makerOfReceipt, type Maker } from '../../swarm/protocol/index.ts'
import type { BlobHold } from '../../storage/index.ts'
import type { ProjectContext } from './project-context.ts'

/** The source pieces of a project's scenes, and results that were lost. */
export interface ProjectPieces {
  /** Scenes whose pieces have to be cut again. */
  readonly lost: Set<number>
  /** The piece of a scene that has to be encoded is not here (any more): it is cut again. */
  lose: (scene: number) => void
  /** Reads the piece of a scene. @returns false when it is not here or damaged */
  isWhole: (scene: number) => Promise<boolean>
  /** Has every accepted scene made again whose file is missing or damaged. @returns whether there was one. */
  loseDamaged: () => Promise<boolean>
  /** Tells the rules of every scene in the log, as far as its files are whole. */
  restore: () => Promise<void>
  /** Keeps a piece that the log does not hold: of a scene that it counts as accepted, and that is encoded again. */
  holdAgain: (scene: number, hold: BlobHold) => void
  /** The scene is accepted. */
  giveBack: (scene: number) => Promise<void>
  drop: () => Promise<void>
}

/** @param prepare cuts what is lost */
export function createProjectPieces(context: ProjectContext, prepare: () => Promise<void>): ProjectPieces {
  const { blobs, log } = context.components
  const { projectId } = context.init
  const lost = new Set<number>()
  /** By scene: pieces of scenes that were accepted and lost, which the log does not hold any more. */
  const again = new Map<number, BlobHold>()

  const makerBefore = (scene: number): Maker | undefined =>
    makerOfReceipt(context.state.making, context.view.scenes[scene]?.accepted)

  function tellLost(scene: number): void {
    log.warn({ projectId, scene }, 'an accepted scene is lost or damaged; encoding it again')
  }

  function lose(scene: number): void {
    lost.add(scene)
    context.dispatch({ type: 'lost', scene, ready: false, like: makerBefore(scene) })
    context.inBackground(prepare)
  }

  async function loseDamaged(): Promise<boolean> {
    let count = 0
    for (const { plan, accepted } of context.view.scenes) {
      context.signal.throwIfAborted()
      if (accepted == null || (await blobs.check(accepted.result))) continue
      tellLost(plan.index)
      lose(plan.index)
      count += 1
    }
    return count > 0
  }

  async function restore(): Promise<void> {
    for (const { plan, accepted } of context.view.scenes) {
      const { index, frames, piece } = plan
      const whole = accepted != null && (await blobs.check(accepted.result))
      if (accepted != null && !whole) tellLost(index)
      if (!whole) {
        const hold = blobs.hold(piece.sha256)
        if (!(await blobs.check(piece))) lost.add(index)
        holdAgain(index, hold)
      }
      const [ready, like] = [!lost.has(index), makerBefore(index)]
      context.dispatch({ type: 'scene', frames, accepted: whole, ready, like })
    }
  }

  function holdAgain(scene: number, hold: BlobHold): void {
    if (context.view.scenes[scene]?.accepted == null || again.has(scene)) hold.release()
    else again.set(scene, hold)
  }

  return {
    lost,
    lose,
    isWhole: async (scene) => {
      const piece = context.view.scenes[scene]?.plan.piece
      return piece == null || (!lost.has(scene) && (await blobs.check(piece)))
    },
    loseDamaged,
    restore,
    holdAgain,
    giveBack: async (scene) => {
      await again.get(scene)?.drop()
      again.delete(scene)
    },
    drop: async () => {
      const holds = [...again.values()]
      again.clear()
      lost.clear()
      await Promise.all(holds.map(async (hold) => hold.drop()))
    }
  }
}
