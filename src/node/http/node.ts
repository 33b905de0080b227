import type { NodePort } from '../../api/ports.ts'
import type { NodeControl } from '../node-control.ts'
import type { PeerTable } from '../peers/peer-table.ts'
import type { Self } from '../peers/self.ts'

export interface NodePortComponents {
  readonly self: Pick<Self, 'nodeStatus'>
  readonly peers: Pick<PeerTable, 'list'>
  readonly control: Pick<NodeControl, 'change' | 'drain'>
}

/** This node for the API, among its peers. */
export const createNodePort = ({ self, peers, control }: NodePortComponents): NodePort => ({
  status: self.nodeStatus,
  peers: peers.list,
  change: control.change,
  drain: control.drain
})
