import { printable } from '../../common/text.ts'
import { idleWords } from '../idle/words.ts'
import { TOLD_CODES, type IdleReason, type ProjectView, type ToldIdle } from '../../swarm/protocol/index.ts'
import { createRateLimit, type Logger } from '../../swarm/index.ts'
import type { JudgedProject } from './candidates.ts'

/** Why this node does nothing for a project, for its users. */
export interface IdleHere extends IdleReason {
  readonly projectId: string
  /** In words. */
  readonly reason: string
}

export interface IdleBookComponents {
  readonly self: string
  readonly log: Pick<Logger, 'info'>
}

export interface IdleBookInit {
  /** A reason is logged when it has held for this long: while a node starts many come and go. Default 5,000. */
  readonly settledMs?: number
}

/** Why this node does nothing for the projects that may need workers; logs each reason of each film once. */
export interface IdleBook {
  /** What all of them are judged now, but for those that are at work here. */
  note: (judged: readonly JudgedProject[], atWork: ReadonlySet<string>, nowMs: number) => void
  /** The same object as long as it is the same reason. */
  of: (projectId: string) => IdleHere | undefined
  list: () => readonly IdleHere[]
  /** For other nodes: what they cannot see themselves, without this node's projects; the easiest to mend first. */
  told: () => readonly ToldIdle[]
  /** Logs what has settled. */
  tick: (nowMs: number) => void
}

interface Entry {
  readonly idle: IdleHere
  readonly view: ProjectView
  readonly sinceMs: number
}

/** Lines about films at once, and a second: strangers can announce hundreds. */
const BURST = 50
const PER_SECOND = 0.5

export function createIdleBook({ self, log }: IdleBookComponents, { settledMs = 5_000 }: IdleBookInit = {}): IdleBook {
  let entries = new Map<string, Entry>()
  /** Codes that were logged, of each project. */
  const logged = new Map<string, Set<string>>()
  const lines = createRateLimit({ burst: BURST, perSecond: PER_SECOND })

  function entryOf({ view, reason }: JudgedProject, nowMs: number): [string, Entry][] {
    if (reason == null) return []
    const { projectId, owner, announce } = view
    const before = entries.get(projectId)
    if (before?.idle.code === reason.code && before.idle.detail === reason.detail)
      return [[projectId, { ...before, view }]]
    const words = idleWords(reason, { needs: announce.encoderBuild, owner }, 'here')
    return [[projectId, { idle: { ...reason, projectId, reason: words }, view, sinceMs: nowMs }]]
  }

  function say({ idle: { code, reason }, view }: Entry): void {
    const { projectId, owner, announce } = view
    log.info({ projectId, owner, title: printable(announce.title), code, reason }, 'idle for a film')
  }

  return {
    note: (judged, atWork, nowMs) => {
      entries = new Map(judged.filter(({ view }) => !atWork.has(view.projectId)).flatMap((one) => entryOf(one, nowMs)))
      const known = new Set(judged.map(({ view }) => view.projectId))
      for (const projectId of logged.keys()) if (!known.has(projectId)) logged.delete(projectId)
    },
    of: (projectId) => entries.get(projectId)?.idle,
    list: () => [...entries.values()].map(({ idle }) => idle),
    told: () =>
      [...entries.values()]
        .filter(({ idle, view }) => TOLD_CODES.has(idle.code) && view.owner !== self)
        .toSorted((a, b) => rank(a) - rank(b) || a.view.priority - b.view.priority)
        .map(({ idle: { projectId, code, detail }, view: { announce } }) => ({
          projectId,
          code,
          // Everybody hears it, and it may quote the parameters.
          detail: announce.share === 'all' ? detail : ''
        })),
    tick: (nowMs) => {
      for (const [projectId, entry] of entries) {
        const codes = logged.get(projectId) ?? new Set()
        if (entry.sinceMs + settledMs > nowMs || codes.has(entry.idle.code)) continue
        if (!lines.take('')) return
        logged.set(projectId, codes.add(entry.idle.code))
        say(entry)
      }
    }
  }
}

/** Strangers' projects go last: there may be any number. */
function rank({ idle: { code } }: Entry): number {
  return code === 'untrusted-owner' || code === 'no-sandbox' || code === 'owner-away' ? 1 : 0
}
