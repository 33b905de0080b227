/** Bytes and number of what one node sent and got of one kind of gossip. */
export interface GossipCount {
  sent: number
  sentBytes: number
  got: number
  /** Of those it got: had come before. */
  repeated: number
}

/** By topic, and for what gossipsub says about messages rather than in them: `ihave`, `iwant`, `idontwant`, `mesh`. */
export type GossipCounts = Record<string, GossipCount>

interface RpcMessage {
  readonly topic: string
  readonly data?: Uint8Array
  readonly from?: Uint8Array
  readonly seqno?: Uint8Array
  readonly signature?: Uint8Array
  readonly key?: Uint8Array
}

interface Ids {
  readonly messageIDs?: readonly Uint8Array[]
}

interface Rpc {
  readonly messages?: readonly RpcMessage[]
  readonly control?: {
    readonly ihave?: readonly Ids[]
    readonly iwant?: readonly Ids[]
    readonly idontwant?: readonly Ids[]
    readonly graft?: readonly unknown[]
    readonly prune?: readonly unknown[]
  }
}

interface Pubsub {
  sendRpc: (this: Pubsub, id: string, rpc: Rpc) => boolean
  sendRpcInBatch: (this: Pubsub, peers: Set<string>, rpc: Rpc) => void
  handleReceivedRpc: (this: Pubsub, from: unknown, rpc: Rpc) => Promise<void>
  validateReceivedMessage: (this: Pubsub, from: unknown, message: RpcMessage) => Promise<{ readonly code: string }>
}

/** Tag and length of each field of a message in an RPC. */
const FRAMING_BYTES = 16
const ID_FRAMING_BYTES = 2
const MESH_BYTES = 20

const bytesOf = ({ topic, data, from, seqno, signature, key }: RpcMessage): number =>
  [data, from, seqno, signature, key].reduce(
    (sum, field) => sum + (field?.byteLength ?? 0),
    topic.length + FRAMING_BYTES
  )

/** The prototype of gossipsub's nodes: the package does not export the class. */
async function nodesOfGossipsub(): Promise<Pubsub> {
  const file = new URL('./gossipsub.js', import.meta.resolve('@chainsafe/libp2p-gossipsub'))
  const { GossipSub } = (await import(file.href)) as { GossipSub: { readonly prototype: Pubsub } }
  return GossipSub.prototype
}

/** Counts what this process sends and gets by gossip from now on. */
export async function countGossip(): Promise<GossipCounts> {
  const counts: GossipCounts = {}
  const of = (kind: string): GossipCount => (counts[kind] ??= { sent: 0, sentBytes: 0, got: 0, repeated: 0 })
  const nodes = await nodesOfGossipsub()
  const { sendRpc, sendRpcInBatch, handleReceivedRpc, validateReceivedMessage } = nodes

  function each(rpc: Rpc, note: (kind: string, bytes: number) => void): void {
    for (const message of rpc.messages ?? []) note(message.topic, bytesOf(message))
    const { graft = [], prune = [], ...told } = rpc.control ?? {}
    for (const [kind, lists = []] of Object.entries(told))
      for (const { messageIDs = [] } of lists)
        note(
          kind,
          messageIDs.reduce((sum, id) => sum + id.byteLength + ID_FRAMING_BYTES, FRAMING_BYTES)
        )
    for (const _ of [...graft, ...prune]) note('mesh', MESH_BYTES)
  }

  function sent(rpc: Rpc, times: number): void {
    each(rpc, (kind, bytes) => {
      of(kind).sent += times
      of(kind).sentBytes += times * bytes
    })
  }

  nodes.sendRpc = function count(id, rpc) {
    const isSent = sendRpc.call(this, id, rpc)
    if (isSent) sent(rpc, 1)
    return isSent
  }
  nodes.sendRpcInBatch = function count(peers, rpc) {
    sendRpcInBatch.call(this, peers, rpc)
    sent(rpc, peers.size)
  }
  nodes.handleReceivedRpc = async function count(from, rpc) {
    each(rpc, (kind) => (of(kind).got += 1))
    return handleReceivedRpc.call(this, from, rpc)
  }
  nodes.validateReceivedMessage = async function count(from, message) {
    const result = await validateReceivedMessage.call(this, from, message)
    if (result.code === 'duplicate') of(message.topic).repeated += 1
    return result
  }
  return counts
}
