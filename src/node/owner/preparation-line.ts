import { createLimit } from '../../common/limit.ts'
import {
  countBefore,
  filmInLine,
  mayCutPiece,
  nextInLine,
  type FilmInLine,
  type OwnerState,
  type ProjectView
} from '../../swarm/protocol/index.ts'

/** An own project that has not ended. */
export interface LinedProject {
  readonly state: OwnerState
  readonly view: Pick<ProjectView, 'scenes' | 'priority' | 'announce'>
}

export interface PreparationLineComponents {
  readonly projects: () => Iterable<LinedProject>
  /** Says how many films come before one that waits; undefined when it waits no more. */
  readonly tell: (projectId: string, before: number | undefined) => void
}

export interface PreparationLineInit {
  readonly pieceQuotaBytes: number
}

/** A film's place in the line. */
export interface Turn {
  /** Resolves when the film may be prepared. Rejects with the signal's reason. */
  readonly come: Promise<void>
  /** Has somebody find out whether the film is quick, one film after the other, unless its turn comes before. */
  readonly askWhetherQuick: (isQuick: () => Promise<boolean>) => void
  /** The film is prepared, or is not going to be. */
  readonly end: () => void
}

/** Has the films of this node prepared one after the other, and their pieces cut as fast as they are encoded. The rules are in `film-line.ts`. */
export interface PreparationLine {
  readonly enter: (projectId: string, isQuick: boolean, signal: AbortSignal) => Turn
  /** Resolves when another piece of the film may be cut, with what is to be called when it is, or could not be. Rejects with the signal's reason. */
  readonly mayCut: (projectId: string, signal: AbortSignal) => Promise<() => void>
  /** Something changed of a project. */
  readonly look: () => void
  /** No turn is given until all films that come together are there. @returns a function that ends it */
  readonly gather: () => () => void
}

interface Entry {
  isQuick: boolean
  hasTurn: boolean
  readonly come: PromiseWithResolvers<void>
  /** Pieces that wait to be cut. */
  readonly cuts: Set<PromiseWithResolvers<void>>
  /** Pieces that are being cut. */
  cutting: number
}

class Line implements PreparationLine {
  readonly #components: PreparationLineComponents
  readonly #init: PreparationLineInit
  readonly #entries = new Map<string, Entry>()
  readonly #oneByOne = createLimit(1)
  #gathering = 0
  #isLooking = false

  constructor(components: PreparationLineComponents, init: PreparationLineInit) {
    this.#components = components
    this.#init = init
  }

  enter(projectId: string, isQuick: boolean, signal: AbortSignal): Turn {
    const entry: Entry = { isQuick, hasTurn: false, come: Promise.withResolvers(), cuts: new Set(), cutting: 0 }
    this.#entries.set(projectId, entry)
    const leave = (): void => {
      if (this.#entries.get(projectId) !== entry) return
      this.#entries.delete(projectId)
      if (!entry.hasTurn) this.#components.tell(projectId, undefined)
      this.look()
    }
    const stop = (): void => {
      for (const { reject } of [entry.come, ...entry.cuts]) reject(signal.reason)
      leave()
    }
    const end = (): void => {
      signal.removeEventListener('abort', stop)
      leave()
    }
    entry.come.promise.catch(() => {})
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    this.look()
    return {
      come: entry.come.promise,
      end,
      askWhetherQuick: (ask) => void this.#oneByOne(async () => this.#hurry(entry, ask)).catch(() => {})
    }
  }

  async mayCut(projectId: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    const entry = this.#entries.get(projectId)
    if (entry == null) throw new Error(`the film ${projectId} is not being prepared`)
    const cut = Promise.withResolvers<void>()
    entry.cuts.add(cut)
    this.#giveCuts()
    // It may be held now, which may be another film's turn.
    this.look()
    await cut.promise
    let isCutting = true
    return () => {
      if (isCutting) entry.cutting -= 1
      isCutting = false
    }
  }

  look(): void {
    if (this.#isLooking || this.#entries.size === 0) return
    this.#isLooking = true
    // Much happens at once, and is looked at once.
    setImmediate(() => {
      this.#isLooking = false
      this.#giveCuts()
      if (this.#gathering > 0) return
      this.#giveTurns()
      this.#tellPlaces()
    })
  }

  gather(): () => void {
    this.#gathering += 1
    return () => {
      this.#gathering -= 1
      this.look()
    }
  }

  async #hurry(entry: Entry, isQuick: () => Promise<boolean>): Promise<void> {
    const waits = (): boolean => !entry.hasTurn && [...this.#entries.values()].includes(entry)
    if (!waits() || !(await isQuick()) || !waits()) return
    entry.isQuick = true
    this.look()
  }

  #films(): FilmInLine[] {
    return [...this.#components.projects()].map(({ state, view: { priority, announce } }) => {
      const entry = this.#entries.get(state.projectId)
      const step = entry == null ? 'rests' : !entry.hasTurn ? 'asks' : entry.cuts.size > 0 ? 'held' : 'runs'
      return filmInLine(state, { step, isQuick: entry?.isQuick === true, priority, createdAtMs: announce.createdAtMs })
    })
  }

  #giveTurns(): void {
    for (let next = nextInLine(this.#films()); next !== undefined; next = nextInLine(this.#films())) {
      const entry = this.#entries.get(next)
      if (entry == null) return
      entry.hasTurn = true
      this.#components.tell(next, undefined)
      entry.come.resolve()
    }
  }

  #tellPlaces(): void {
    const films = this.#films()
    for (const film of films) if (film.step === 'asks') this.#components.tell(film.projectId, countBefore(film, films))
  }

  #giveCuts(): void {
    const waiting = [...this.#entries].filter(([, { cuts }]) => cuts.size > 0)
    if (waiting.length === 0) return
    const films = new Map(this.#films().map((film) => [film.projectId, film]))
    const stock = { bytes: this.#pieceBytes(), quotaBytes: this.#init.pieceQuotaBytes }
    for (const [projectId, entry] of waiting) {
      const film = films.get(projectId)
      if (film == null) continue
      for (const cut of entry.cuts) {
        if (!mayCutPiece({ ...stock, film: { ...film, open: film.open + entry.cutting } })) break
        entry.cuts.delete(cut)
        entry.cutting += 1
        cut.resolve()
      }
    }
  }

  #pieceBytes(): number {
    let bytes = 0
    for (const { state, view } of this.#components.projects())
      for (const [index, scene] of state.scenes.entries())
        if (!scene.accepted && scene.notBeforeMs !== Infinity) bytes += view.scenes[index]?.plan.piece.bytes ?? 0
    return bytes
  }
}

export const createPreparationLine = (
  components: PreparationLineComponents,
  init: PreparationLineInit
): PreparationLine => new Line(components, init)
