import { createTopicScoreParams, type PeerScoreParams } from '@chainsafe/libp2p-gossipsub/score'
import type { Conduct } from './conduct.ts'
import { TOPICS } from './topics.ts'

/** Weight of the square of the remembered lies: gossipsub ignores peers below -80, so three lies are enough and one is not. */
const LIE_WEIGHT = -15
/** A lie counts for about this long. */
const LIE_MS = 10 * 60_000
const DECAY_INTERVAL_MS = 1_000
/** What remains of a count by then. */
const DECAY_TO_ZERO = 0.1

/** Far below -80: gossipsub then reads nothing of the peer. */
const SILENCED = -1_000

/**
 * Peers are scored for messages that they must have known to be false, and silenced while their conduct is that of no honest peer. Delay and address of a sender do
 * not count: an honest peer is never below 0.
 */
export function scoreParams(conduct: Pick<Conduct, 'isSilenced'>): Partial<PeerScoreParams> {
  const decay = DECAY_TO_ZERO ** (DECAY_INTERVAL_MS / LIE_MS)
  const topic = createTopicScoreParams({
    topicWeight: 1,
    timeInMeshWeight: 0,
    firstMessageDeliveriesWeight: 0,
    meshMessageDeliveriesWeight: 0,
    meshFailurePenaltyWeight: 0,
    invalidMessageDeliveriesWeight: LIE_WEIGHT,
    invalidMessageDeliveriesDecay: decay
  })
  return {
    topics: Object.fromEntries(Object.values(TOPICS).map((name) => [name, topic])),
    decayInterval: DECAY_INTERVAL_MS,
    decayToZero: DECAY_TO_ZERO,
    appSpecificScore: (peer) => (conduct.isSilenced(peer) ? SILENCED : 0),
    appSpecificWeight: 1,
    behaviourPenaltyWeight: 0,
    // Many nodes may be behind one address; in tests all are.
    IPColocationFactorWeight: 0
  }
}
