import { errorText } from '../../common/error-text.ts'
import { monotonicMs } from '../../common/clock.ts'
import { needsProbe, type ProjectView } from '../../swarm/protocol/index.ts'
import type { Logger } from '../../swarm/index.ts'
import type { MadeProbe, ProjectProbes } from '../project-probes.ts'

export interface ProbeBookComponents {
  readonly probes: ProjectProbes
  readonly log: Logger
  /** This node. */
  readonly self: string
}

export interface ProbeBookInit {
  /** Whether a project may still be worked for when its turn comes. */
  readonly isWanted: (projectId: string) => boolean
  readonly onMade: () => void
}

/** What this worker knows of the projects' probe clips, and what it finds out about them. */
export interface ProbeBook {
  /** Whether the project may be claimed from; begins to find out where it is not known and `mayBegin`. */
  stateOf: (view: ProjectView, build: string, mayBegin: boolean) => ProbeState
  of: (projectId: string) => MadeProbe | undefined
  /** Forgets those that are not. */
  keep: (isKept: (projectId: string) => boolean) => void
  stop: () => void
}

/** `known`, or it need not be. */
export type ProbeState =
  | { readonly type: 'known' }
  | { readonly type: 'making' }
  | { readonly type: 'failed'; readonly reason: string }

type Entry =
  | { readonly type: 'making'; readonly stop: AbortController }
  | { readonly type: 'made'; readonly made: MadeProbe }
  | { readonly type: 'failed'; readonly atMs: number; readonly reason: string }

/** A probe that failed is tried again then. */
const AGAIN_MS = 600_000

export function createProbeBook({ probes, log, self }: ProbeBookComponents, init: ProbeBookInit): ProbeBook {
  const entries = new Map<string, Entry>()

  function begin(view: ProjectView): void {
    const entry = { type: 'making', stop: new AbortController() } as const
    entries.set(view.projectId, entry)
    // Once the candidates are known: it may have to be one of them.
    setImmediate(() => void make(view, entry))
  }

  async function make({ projectId, announce }: ProjectView, entry: Extract<Entry, { type: 'making' }>): Promise<void> {
    const isMine = (): boolean => entries.get(projectId) === entry
    try {
      const made = await probes.make(announce, () => isMine() && init.isWanted(projectId), entry.stop.signal)
      if (isMine()) entries.set(projectId, { type: 'made', made })
    } catch (error) {
      if (!isMine()) return
      if (!init.isWanted(projectId)) {
        entries.delete(projectId)
        return
      }
      log.warn({ projectId, err: error }, 'the probe of a project failed here, so this node takes no scenes of it')
      const reason = errorText(error)
      entries.set(projectId, { type: 'failed', atMs: monotonicMs(), reason })
    }
    init.onMade()
  }

  return {
    stateOf: (view, build, mayBegin) => {
      // [RULE 71]
      if (!needsProbe({ self: view.owner, build: view.announce.encoderBuild }, self, build)) return { type: 'known' }
      const entry = entries.get(view.projectId)
      if (entry?.type === 'made') return { type: 'known' }
      if (entry?.type === 'failed' && entry.atMs + AGAIN_MS > monotonicMs()) return entry
      if (mayBegin && entry?.type !== 'making') begin(view)
      return { type: 'making' }
    },
    of: (projectId) => {
      const entry = entries.get(projectId)
      return entry?.type === 'made' ? entry.made : undefined
    },
    keep: (isKept) => {
      for (const [projectId, entry] of entries) {
        if (isKept(projectId)) continue
        if (entry.type === 'making') entry.stop.abort(new Error('no longer wanted'))
        entries.delete(projectId)
      }
    },
    stop: () => {
      for (const entry of entries.values()) if (entry.type === 'making') entry.stop.abort(new Error('stopping'))
      entries.clear()
    }
  }
}
