import { checkSceneOptions } from './scene-options.ts'
import type { SceneOptions, SceneRange } from './types.ts'

/**
 * Turns detected cuts into scenes, as early as each is certain. The scenes tile 0..N-1 and depend only on the cuts and the total, not on how they were fed.
 *
 * A cut less than `minFrames` after the start of its scene is dropped. A longer run than `maxFrames` without cuts gives scenes of `maxFrames` while twice that is left, and the
 * rest in two halves. A last scene under `minFrames` joins its predecessor if that stays within `maxFrames`. Where both limits cannot hold (31 frames at 24..30), the
 * longer one does.
 *
 * A forced cut always starts a scene, however short the previous one: the frames between two forced cuts are planned like a separate film.
 */
export interface ScenePlanner {
  /**
   * `cuts`: frames that start a detected scene, `forced`: frames that have to start one, both ascending and none fed before; `known`: every cut below this frame, and none
   * above, has been fed, and this many frames exist. Returns the scenes that became certain.
   */
  readonly push: (cuts: readonly number[], known: number, forced?: readonly number[]) => SceneRange[]
  /** The remaining scenes; the planner is used up. */
  readonly finish: (totalFrames: number) => SceneRange[]
}

class Planner implements ScenePlanner {
  readonly #min: number
  readonly #max: number
  /** Start of the run that is still open. */
  #start = 0
  /** Planned, but a too short last scene may yet join it. */
  #held: SceneRange | undefined

  constructor(options: SceneOptions) {
    checkSceneOptions(options)
    this.#min = options.minFrames
    this.#max = options.maxFrames
  }

  push(cuts: readonly number[], known: number, forced: readonly number[] = []): SceneRange[] {
    const out: SceneRange[] = []
    let next = 0
    for (const cut of [...cuts, Infinity]) {
      for (let edge = forced[next]; edge !== undefined && edge <= cut; edge = forced[next]) {
        out.push(...this.finish(edge))
        next += 1
      }
      if (cut === Infinity) break
      this.#peel(cut, out)
      if (cut - this.#start >= this.#min) this.#close(cut, out)
    }
    this.#peel(known, out)
    if (this.#held !== undefined && known - this.#start >= this.#min) this.#release(out)
    return out
  }

  finish(end: number): SceneRange[] {
    const out: SceneRange[] = []
    this.#peel(end, out)
    const left = end - this.#start
    const held = this.#held
    if (held !== undefined && left > 0 && left < this.#min && held.frames + left <= this.#max) {
      this.#held = { start: held.start, frames: held.frames + left }
      this.#start = end
    }
    if (end > this.#start) this.#close(end, out)
    this.#release(out)
    return out
  }

  /** Takes scenes of full length off an open run that is known to reach `end`. */
  #peel(end: number, out: SceneRange[]): void {
    while (end - this.#start >= 2 * this.#max) this.#hold(this.#start + this.#max, out)
  }

  /** Ends the open run, which is shorter than twice the maximum. */
  #close(end: number, out: SceneRange[]): void {
    const frames = end - this.#start
    if (frames > this.#max) this.#hold(this.#start + Math.ceil(frames / 2), out)
    this.#hold(end, out)
  }

  #hold(end: number, out: SceneRange[]): void {
    this.#release(out)
    this.#held = { start: this.#start, frames: end - this.#start }
    this.#start = end
  }

  #release(out: SceneRange[]): void {
    if (this.#held !== undefined) out.push(this.#held)
    this.#held = undefined
  }
}

/** @throws ParamsError `bad-scenes` */
export const createScenePlanner = (options: SceneOptions): ScenePlanner => new Planner(options)
