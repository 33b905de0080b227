import { randomBytes } from 'node:crypto'
import { ApiRefusal } from '../../api/refusal.ts'
import { monotonicMs } from '../../common/clock.ts'
import { createListeners } from '../../common/listeners.ts'
import { waitFor } from '../../common/wait.ts'
import type { JoinRequestStatus } from '../../api/schemas/index.ts'
import type { Holder } from './invite-book.ts'

/** What a holder of a ticket waits for. */
export interface Waiting extends JoinRequestStatus {
  readonly holder: Holder
}

/** Machines about which the user is asked. */
export interface WaitingLine {
  /** The first first; who has not asked again for a while has given up, and is left out. */
  readonly list: () => readonly Waiting[]
  /** Notes that the holder waits. Who was noted before waits here for the user's word, for a moment; who is new is told at once that it has to wait. */
  readonly wait: (holder: Holder, inviteName: string, signal: AbortSignal | undefined) => Promise<void>
  /** @throws ApiRefusal `not-found` */
  readonly find: (id: string) => Waiting
  /** Takes the one with this id off the line, once the book knows the user's word: its question is judged again. */
  readonly decided: (id: string) => void
}

export interface WaitingLineInit {
  /** Told of each that is new. */
  readonly onNew: (waiting: Waiting) => void
  /** How long a question waits before its sender is told to ask again. Default 4 s, less than libp2p gives a connection to introduce itself. */
  readonly holdMs?: number
  readonly nowMs?: () => number
}

/** Held tickets are needed to get here, so these are enough for a class-room. */
const WAITING_MAX = 50
const GIVEN_UP_MS = 30_000
const HOLD_MS = 4000

export function createWaitingLine({ onNew, holdMs = HOLD_MS, nowMs = monotonicMs }: WaitingLineInit): WaitingLine {
  const waiting = new Map<string, Waiting & { readonly seenMs: number }>()
  const decisions = createListeners<string>()

  function forgetGone(): void {
    for (const [key, { seenMs }] of waiting) if (nowMs() - seenMs > GIVEN_UP_MS) waiting.delete(key)
  }

  /** @returns the one that was noted before */
  function note(holder: Holder, inviteName: string): Waiting | undefined {
    forgetGone()
    const key = `${holder.ticket} ${holder.joiner}`
    const before = waiting.get(key)
    if (before === undefined && waiting.size >= WAITING_MAX) return undefined
    const one = before ?? {
      id: randomBytes(4).toString('hex'),
      peerId: holder.joiner,
      name: holder.name,
      inviteName,
      askedAtMs: Date.now(),
      holder
    }
    waiting.set(key, { ...one, seenMs: nowMs() })
    if (before === undefined) onNew(one)
    return before
  }

  async function wait(holder: Holder, inviteName: string, signal: AbortSignal | undefined): Promise<void> {
    const one = note(holder, inviteName)
    if (one === undefined) return
    await waitFor<void>((done) => {
      const timer = setTimeout(done, holdMs)
      const stop = decisions.add((id) => (id === one.id ? done() : undefined))
      return () => {
        clearTimeout(timer)
        stop()
      }
    }, signal)
  }

  return {
    list: () => {
      forgetGone()
      return [...waiting.values()]
    },
    wait,
    find: (id) => {
      forgetGone()
      for (const one of waiting.values()) if (one.id === id) return one
      throw new ApiRefusal('not-found', 404, 'No machine with this request is waiting; it may have given up.')
    },
    decided: (id) => {
      for (const [key, one] of waiting) if (one.id === id) waiting.delete(key)
      decisions.tell(id)
    }
  }
}
