import { setTimeout as after } from 'node:timers/promises'
import { anySignal } from '../../common/any-signal.ts'
import { waitFor } from '../../common/wait.ts'
import { firstBeat, fitBeat } from '../../swarm/protocol/index.ts'
import type { DiskGuard } from '../../storage/index.ts'
import type { DialLoop, LogBook, Logger, Signer, Spread, SwarmNode, Sync } from '../../swarm/index.ts'
import type { OwnerService } from './owner-service.ts'

/** How long a start waits for neighbours that it has reason to expect: time for a dial over a bad line and one exchange, short enough that nobody waits for a node that is away. */
const NEIGHBOURS_MS = 5_000
/** A peer of the local network shows within this. */
const LOCAL_MS = 1_000
/** Time in which a copy of this node hears that there is a newer one, and what it had under way arrives. */
const SETTLE_MS = 1_000
/** A copy that starts at the same time says an epoch too; once one of both has said the last word it shows. */
const ROUNDS_MAX = 3
/** How many known peers are dialled. */
const DIALLED_MAX = 32

export interface RecoveryComponents {
  readonly node: SwarmNode
  readonly book: LogBook
  readonly sync: Pick<Sync, 'pullAll'>
  readonly spread: Pick<Spread, 'publish'>
  readonly signer: Signer
  readonly owner: Pick<OwnerService, 'unfinished' | 'highestGrantEpoch'>
  readonly dialLoop: Pick<DialLoop, 'want'>
  readonly guard: Pick<DiskGuard, 'whenThereIsSpace'>
  readonly log: Logger
}

export interface RecoveryInit {
  /** Takes the next epoch of this node, above this one. */
  readonly nextEpoch: (highestSeen: number) => Promise<number>
  /** The swarm may know more than this node does: there are peers to dial, or something was lost here. */
  readonly expectsNeighbours: boolean
  readonly signal: AbortSignal
}

const highestSeen = ({ book, owner }: RecoveryComponents): number =>
  Math.max(book.highestOwnEpoch(), owner.highestGrantEpoch())

/**
 * What a node does before it goes on with projects of its own: brings back its own records that neighbours hold and it lost, and takes an epoch above every one that was
 * ever seen of it. The network has to be started. What fails while it asks is logged: the node then goes on with what it knows.
 * @returns the epoch. @throws the signal's reason, and what keeps the epoch from the disk
 */
export async function recover(components: RecoveryComponents, init: RecoveryInit): Promise<number> {
  const { guard, log } = components
  const { signal } = init
  // What comes back has to be kept.
  await guard.whenThereIsSpace(signal)
  try {
    return await askNeighbours(components, init)
  } catch (error) {
    signal.throwIfAborted()
    log.error({ err: error }, 'could not ask the swarm what it knows about the projects of this node')
    return init.nextEpoch(highestSeen(components))
  }
}

async function askNeighbours(components: RecoveryComponents, init: RecoveryInit): Promise<number> {
  const { node, owner, log } = components
  const { nextEpoch, signal } = init
  const seen = (): number => highestSeen(components)
  if (owner.unfinished().length === 0 || !(await hasNeighbours(components, init))) return nextEpoch(seen())
  const answered = await pullFromNeighbours(components, signal)
  let epoch = await nextEpoch(seen())
  if (answered === 0 && node.getPeers().length === 0) return epoch
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    await sayEpoch(components, epoch)
    // A peer that is asked asks back, and so hears of the epoch where gossip cannot go yet.
    await pullFromNeighbours(components, signal)
    await after(SETTLE_MS, undefined, { signal })
    await pullFromNeighbours(components, signal)
    if (seen() <= epoch) break
    epoch = await nextEpoch(seen())
  }
  // Neighbours that were connected with a copy of this node make their streams again.
  await node.services.identifyPush.push()
  log.info({ epoch, neighbours: answered }, 'asked the swarm for what it knows of own projects')
  return epoch
}

async function hasNeighbours({ node, dialLoop }: RecoveryComponents, init: RecoveryInit): Promise<boolean> {
  const known = await node.peerStore.all()
  for (const { id } of known.slice(0, DIALLED_MAX)) dialLoop.want(id.toString())
  if (init.expectsNeighbours || known.length > 0 || node.getPeers().length > 0) return true
  return within(LOCAL_MS, init.signal, async (signal) => connected(node, signal))
}

/** Until everybody who is connected was pulled from and one at least has answered; at most for a while. @returns how many answered. */
async function pullFromNeighbours({ node, sync }: RecoveryComponents, signal: AbortSignal): Promise<number> {
  let answered = 0
  await within(NEIGHBOURS_MS, signal, async (deadline) => {
    while (answered === 0) {
      const next = connected(node, deadline)
      next.catch(() => {})
      answered = await sync.pullAll({ signal: deadline })
      if (answered === 0) await next
    }
  })
  return answered
}

async function sayEpoch({ book, owner, spread, signer, log }: RecoveryComponents, epoch: number): Promise<void> {
  for (const projectId of owner.unfinished()) {
    const view = book.views.get(projectId)
    if (view == null) continue
    const { beat, payload } = fitBeat(firstBeat(view, epoch))
    const envelope = await signer.sign('beat', payload)
    book.sayBeat(beat, envelope)
    await spread
      .publish(projectId, 'beats', envelope)
      .catch((error: unknown) => log.debug({ projectId, err: error }, 'could not send a beat'))
  }
}

/** The next peer that is connected and has said what it speaks. */
async function connected(node: SwarmNode, signal: AbortSignal): Promise<void> {
  return waitFor<void>((done) => {
    const onCome = (): void => done()
    node.addEventListener('peer:identify', onCome)
    return () => node.removeEventListener('peer:identify', onCome)
  }, signal)
}

/** @returns whether it came to its end in this time. @throws the signal's reason. */
async function within(
  ms: number,
  signal: AbortSignal,
  task: (deadline: AbortSignal) => Promise<void>
): Promise<boolean> {
  const deadline = anySignal([signal, AbortSignal.timeout(ms)])
  try {
    await task(deadline)
    return true
  } catch (error) {
    signal.throwIfAborted()
    if (deadline.aborted) return false
    throw error
  }
}
