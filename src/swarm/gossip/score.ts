import { createTopicScoreParams, type PeerScoreParams } from '@chainsafe/libp2p-gossipsub/score'
import { TOPICS } from './topics.ts'

/** Weight of the square of the lies that are not forgotten: gossipsub listens to nobody below -80, so three are enough and one is not. */
const LIE_WEIGHT = -15
/** A lie counts for about this long. */
const LIE_MS = 10 * 60_000
const DECAY_INTERVAL_MS = 1_000
/** What is left of a count then. */
const DECAY_TO_ZERO = 0.1

/**
 * Peers are scored for one thing only: messages that they must have known to be false. How often, how soon and from where somebody sends says nothing: nobody honest is ever
 * below 0.
 */
export function scoreParams(): Partial<PeerScoreParams> {
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
    behaviourPenaltyWeight: 0,
    // Many nodes may be behind one address; in tests all are.
    IPColocationFactorWeight: 0
  }
}
