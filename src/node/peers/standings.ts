import { ApiRefusal } from '../../api/refusal.ts'
import { createInOrder } from '../../common/in-order.ts'
import { createListeners } from '../../common/listeners.ts'
import { readKeptPeers, writeKeptPeers, type KeptPeer, type Quarantined } from './kept-peers.ts'

/** What the user decided about a peer. */
export type Standing = KeptPeer['standing']

export interface StandingsInit {
  /** File in the data folder. */
  readonly path: string
  readonly warn: (message: string) => void
}

export interface StandingChange {
  readonly peer: string
  /** Undefined: forgotten. */
  readonly standing: Standing | undefined
}

/** Whom the user trusts and bans, and who is in quarantine; kept over restarts. */
export interface Standings {
  readonly of: (peer: string) => Standing | undefined
  readonly list: () => readonly KeptPeer[]
  /** Counts at once. @throws ApiRefusal `not-kept`, `too-many-peers` */
  readonly set: (peer: string, standing: Standing, name: string) => Promise<void>
  /** Forgets the decision. @throws ApiRefusal `not-kept` */
  readonly forget: (peer: string) => Promise<void>
  /** Called after each change. */
  readonly onChange: (listener: (change: StandingChange) => void) => void
  /** As it was kept last. */
  readonly quarantine: readonly Quarantined[]
  /** Keeps another quarantine. Never throws: what cannot be written now is written with the next change. */
  readonly keepQuarantine: (quarantine: readonly Quarantined[]) => void
  /** Waits for what is being written. */
  readonly flush: () => Promise<void>
}

/** Far more than a user decides by hand, and few enough to read at each start. */
const DECIDED_MAX = 10_000

const notKept = (cause: unknown): ApiRefusal =>
  new ApiRefusal(
    'not-kept',
    503,
    'The change takes effect now but could not be saved, so a restart loses it. The disk may be full.',
    { cause }
  )

/** @throws Error with a sentence where a later version of grav1 wrote the file */
export async function openStandings({ path, warn }: StandingsInit): Promise<Standings> {
  const kept = await readKeptPeers(path, warn)
  const decided = new Map(kept.peers.map((one) => [one.peerId, one]))
  const changes = createListeners<StandingChange>()
  const inOrder = createInOrder()
  let { quarantine } = kept
  let isWaiting = false

  async function write(): Promise<void> {
    await inOrder(async () => writeKeptPeers(path, { peers: [...decided.values()], quarantine }))
  }

  async function change(peer: string, one: KeptPeer | undefined): Promise<void> {
    if (one === undefined) decided.delete(peer)
    else decided.set(peer, one)
    changes.tell({ peer, standing: one?.standing })
    try {
      await write()
    } catch (cause) {
      throw notKept(cause)
    }
  }

  return {
    of: (peer) => decided.get(peer)?.standing,
    list: () => [...decided.values()],
    set: async (peer, standing, name) => {
      if (decided.size >= DECIDED_MAX && !decided.has(peer))
        throw new ApiRefusal(
          'too-many-peers',
          409,
          `A node keeps at most ${DECIDED_MAX} decisions about peers; forget some with "grav1 peers forget".`
        )
      await change(peer, { peerId: peer, standing, name, decidedAtMs: Date.now() })
    },
    forget: async (peer) => change(peer, undefined),
    onChange: (listener) => void changes.add(listener),
    get quarantine() {
      return quarantine
    },
    keepQuarantine: (next) => {
      quarantine = next
      // Bad results may come quickly: one write at a time, and one that waits.
      if (isWaiting) return
      isWaiting = true
      void inOrder(async () => {
        isWaiting = false
        await writeKeptPeers(path, { peers: [...decided.values()], quarantine })
      }).catch(() => {})
    },
    flush: async () => inOrder(async () => {})
  }
}
