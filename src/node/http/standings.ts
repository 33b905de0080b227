import { peerIdFromString } from '@libp2p/peer-id'
import type { NodePort, StandingsPort } from '../../api/ports.ts'
import { ApiRefusal } from '../../api/refusal.ts'
import type { Standings } from '../peers/standings.ts'

export interface StandingsPortComponents {
  readonly peerId: string
  readonly standings: Pick<Standings, 'set' | 'forget'>
  readonly node: Pick<NodePort, 'peers'>
}

/** The peer id in the form that connections have. @throws ApiRefusal `bad-peer-id` */
function peerIdOf(text: string): string {
  try {
    return peerIdFromString(text).toString()
  } catch (cause) {
    throw new ApiRefusal('bad-peer-id', 400, 'This is not a peer id; a peer id looks like 12D3KooW...', {
      cause,
      field: 'id'
    })
  }
}

/** The user's word about peers. */
export const createStandingsPort = ({ peerId, standings, node }: StandingsPortComponents): StandingsPort => ({
  set: async (id, standing) => {
    const peer = peerIdOf(id)
    if (peer === peerId)
      throw new ApiRefusal('own-peer', 409, 'This is the node itself, which is always trusted.', { field: 'id' })
    const name = node.peers().find((one) => one.peerId === peer)?.name ?? ''
    await standings.set(peer, standing, name)
  },
  forget: async (id) => standings.forget(peerIdOf(id))
})
