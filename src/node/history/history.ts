import type { SceneQuality } from '../../encode/rules/index.ts'
import { createListeners } from '../../common/listeners.ts'
import { AttemptBook } from './attempt-book.ts'
import { isOver, readAttempt, type Attempt, type AttemptNote } from './attempt.ts'
import { createAttemptWriter } from './attempt-writer.ts'
import { acceptNotes, beatNotes, type HeardBeat } from './heard-notes.ts'
import { isUnderWay, ownerNotes } from './owner-notes.ts'
import type { AttemptRepository } from '../../storage/index.ts'
import type { LogBook, LogChange, Logger } from '../../swarm/index.ts'
import type { Beat, OwnerEffect, OwnerEvent, OwnerState, Token } from '../../swarm/protocol/index.ts'

const MiB = 1 << 20
/** About 90,000 attempts; they are on disk too. */
const OWN_BYTES_MAX = 48 * MiB
/** What others' beats say costs them nothing, so it has its own, smaller room. */
const HEARD_BYTES_MAX = 16 * MiB
const HEARD_PROJECT_BYTES_MAX = 8 * MiB
const RESTARTED = 'this node restarted, and the worker did not return with the scene'

export interface HistoryComponents {
  readonly self: string
  readonly book: Pick<LogBook, 'views'>
  readonly repository: AttemptRepository
  readonly log: Logger
}

/** Every attempt at every scene that this node knows of. It only looks on: nothing is decided by it. */
export interface History {
  /** Reads what was kept of this node's projects. */
  start: () => Promise<void>
  /** The owner's shell: a step of its rules. */
  step: (before: OwnerState, after: OwnerState, event: OwnerEvent, effects: readonly OwnerEffect[]) => void
  /** The receipt is in the log. */
  accepted: (token: Token, worker: string, quality: SceneQuality) => void
  /** A project of this node goes on after a start, with what its state holds. */
  resumed: (state: OwnerState) => void
  heardBeat: (beat: Beat) => void
  heardRecord: (change: Pick<LogChange, 'view' | 'record'>) => void
  /** Told of each attempt at a project of this node that is over. */
  onOver: (listener: (attempt: Attempt) => void) => () => void
  of: (projectId: string, scene: number) => readonly Attempt[]
  /** Another number after each change of a project's attempts. */
  revision: (projectId: string) => number
  since: (afterMs: number, limit: number) => readonly Attempt[]
  /** The project was removed. */
  forget: (projectId: string) => void
  /** Writes what waits. */
  stop: () => Promise<void>
}

export function createHistory({ self, book, repository, log }: HistoryComponents, nowMs = Date.now): History {
  const writer = createAttemptWriter({ repository, log })
  const own = new AttemptBook({ bytesMax: OWN_BYTES_MAX, projectBytesMax: OWN_BYTES_MAX, onDrop: writer.drop })
  const heard = new AttemptBook({ bytesMax: HEARD_BYTES_MAX, projectBytesMax: HEARD_PROJECT_BYTES_MAX })

  /** The last of each project of another node that runs. */
  const beats = new Map<string, HeardBeat>()

  const overs = createListeners<Attempt>((error) => log.error({ err: error }, 'a listener to attempts failed'))

  const bookOf = (projectId: string): AttemptBook => (book.views.get(projectId)?.owner === self ? own : heard)

  function noteOwn(notes: readonly AttemptNote[]): void {
    for (const note of notes) {
      const attempt = own.note(note, nowMs())
      if (attempt == null) continue
      writer.put(attempt)
      if (note.type === 'ended') overs.tell(attempt)
    }
  }

  function noteHeard(notes: readonly AttemptNote[]): void {
    for (const note of notes) heard.note(note, nowMs())
  }

  return {
    start: async () => {
      const kept: Attempt[] = []
      let unread = 0
      for await (const stored of repository.all()) {
        const attempt = readAttempt(stored)
        if (attempt == null) unread += 1
        else kept.push(attempt)
      }
      if (unread > 0)
        log.warn({ attempts: unread }, 'attempts with outcomes that this version does not know are left out')
      for (const attempt of kept.toSorted((a, b) => a.changedAtMs - b.changedAtMs)) {
        if (isOver(attempt) || book.views.get(attempt.projectId)?.end == null) own.put(attempt)
        else own.put({ ...attempt, verdict: 'released', reason: 'the project has ended' })
      }
    },
    step: (before, after, event, effects) => {
      try {
        noteOwn(ownerNotes(before, after, event, effects))
      } catch (error) {
        // A node that only looks on stops nobody.
        log.error({ err: error }, 'could not save the outcome of an attempt')
      }
    },
    accepted: (token, worker, quality) =>
      noteOwn([{ type: 'ended', verdict: 'accepted', token, worker, reason: '', quality }]),
    resumed: (state) =>
      noteOwn(
        own
          .open(state.projectId)
          .filter((attempt) => !isUnderWay(state, attempt, attempt.worker))
          .map((token) => ({ type: 'ended', verdict: 'expired', token, worker: token.worker, reason: RESTARTED }))
      ),
    heardBeat: (beat) => {
      const view = book.views.get(beat.projectId)
      if (view == null || view.owner === self) return
      const { projectId } = beat
      const now = { beat, atMs: nowMs() }
      noteHeard(beatNotes(now, view, heard.open(projectId), beats.get(projectId)))
      if (view.end == null) beats.set(projectId, now)
    },
    heardRecord: ({ view, record: { body } }) => {
      if (view.owner === self) return
      if (body.type === 'accept') noteHeard(acceptNotes(body.accept, heard.open(view.projectId)))
      if (body.type !== 'end') return
      beats.delete(view.projectId)
      if (body.end.state === 'removed') heard.forget(view.projectId)
    },
    onOver: overs.add,
    of: (projectId, scene) => bookOf(projectId).of(projectId, scene),
    revision: (projectId) => bookOf(projectId).revision(projectId),
    since: (afterMs, limit) =>
      [...own.all(), ...heard.all()]
        .filter((attempt) => attempt.startedAtMs != null && (!isOver(attempt) || attempt.changedAtMs > afterMs))
        .toSorted((a, b) => (a.startedAtMs ?? 0) - (b.startedAtMs ?? 0))
        .slice(-limit),
    forget: (projectId) => {
      own.forget(projectId)
      writer.clear(projectId)
    },
    stop: writer.stop
  }
}
