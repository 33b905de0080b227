import { decodeKept, encodeKept, type KeptView, type LedgerEntry, type ProjectView } from '../protocol/index.ts'
import { sha256Hex } from '../signer.ts'
import type { Logger } from '../logger.ts'
import type { KeptViews, LogStore, OwnJournal } from './ports.ts'

export interface ViewKeeperComponents {
  readonly views: KeptViews
  readonly store: Pick<LogStore, 'range'>
  readonly journal: Pick<OwnJournal, 'journalBytes'>
  readonly log: Logger
}

export interface ViewKeeperInit {
  /** Peer id of this node. */
  readonly self: string
  /** Of what writes the views: those of another one are not read. */
  readonly version: string
}

/** Keeps the views of projects that have ended. What it keeps only saves time: the log alone counts, and whatever goes wrong here is made good from it. */
export interface ViewKeeper {
  /** Those whose logs end as they did. The others are forgotten. */
  load: () => Promise<readonly KeptView[]>
  keep: (entry: LedgerEntry) => Promise<void>
  forget: (projectId: string) => Promise<void>
}

/** Only a removal may follow the end of a project, and nothing at all what proves a fork. */
export const isKeepable = ({ end, fork }: ProjectView): boolean =>
  end !== undefined && end.state !== 'removed' && fork === undefined

export function createViewKeeper(
  { views, store, journal, log }: ViewKeeperComponents,
  { self, version }: ViewKeeperInit
): ViewKeeper {
  const journalBytesOf = async ({ owner, projectId }: ProjectView): Promise<number> =>
    owner === self ? journal.journalBytes(projectId) : 0

  function read(bytes: Uint8Array<ArrayBuffer>): KeptView | undefined {
    try {
      return decodeKept(bytes, version)
    } catch (error) {
      log.debug({ err: error }, 'a kept view is of another form')
      return undefined
    }
  }

  async function isCurrent({ view, journalBytes }: KeptView): Promise<boolean> {
    const { projectId, head } = view
    const [last] = await store.range(projectId, head.seq, { recordsMax: 1, bytesMax: 1 })
    if (last === undefined || sha256Hex(last) !== head.hash) return false
    return isKeepable(view) && journalBytes === (await journalBytesOf(view))
  }

  async function forget(projectId: string): Promise<void> {
    await views
      .delete(projectId)
      .catch((error: unknown) => log.warn({ projectId, err: error }, 'could not remove a view'))
  }

  return {
    forget,
    load: async () => {
      const found: KeptView[] = []
      for await (const { projectId, bytes } of views.all()) {
        const kept = read(bytes)
        if (kept?.view.projectId === projectId && (await isCurrent(kept))) found.push(kept)
        else await forget(projectId)
      }
      return found
    },
    keep: async ({ view, bytes }) => {
      const { projectId } = view
      try {
        const journalBytes = await journalBytesOf(view)
        await views.put(projectId, encodeKept({ view, bytes, journalBytes }, version))
      } catch (error) {
        log.warn({ projectId, err: error }, 'could not keep the view of a project')
      }
    }
  }
}
