import type { GossipsubOpts } from '@chainsafe/libp2p-gossipsub'

/** How a message spreads (docs/adr/0143): in few copies, since each costs the nodes at both ends a write, a read and a look. */
export const MESH = {
  // Neighbours that a message is passed on to: as many as wanted, at least, at most; of those kept when there are too many, by score and by who dialled.
  D: 3,
  Dlo: 2,
  // In a star the one in the middle has to reach many who have nobody else.
  Dhi: 12,
  Dscore: 2,
  Dout: 1,
  /** One encoding for all neighbours. */
  batchPublish: true,
  /** Share of the other neighbours, or six, that hear each second which messages there were, and ask for those they miss. */
  gossipFactor: 0.1,
  /** Bytes of a message above which saying that it is here costs less than its copies. */
  idontwantMinDataSize: 2048,
  /** Knows a copy by its signature, without checking that again. Only messages that were checked are remembered. */
  fastMsgIdFn: ({ signature }: { readonly signature?: Uint8Array | undefined }) =>
    signature == null
      ? ''
      : Buffer.from(signature.buffer, signature.byteOffset, signature.byteLength).toString('latin1')
} as const satisfies Partial<GossipsubOpts>
