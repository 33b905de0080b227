import { ApiRefusal } from '../../api/refusal.ts'
import type { NodePort } from '../../api/ports.ts'
import type { Absence } from '../owner/absence.ts'
import type { NodeControl } from '../node-control.ts'
import type { PeerTable } from '../peers/peer-table.ts'
import type { Self } from '../peers/self.ts'
import type { WorkerService } from '../worker/worker-service.ts'

export interface NodePortComponents {
  readonly self: Pick<Self, 'nodeStatus'>
  readonly peers: Pick<PeerTable, 'list'>
  readonly control: Pick<NodeControl, 'change' | 'drain'>
  readonly worker: Pick<WorkerService, 'giveBack'>
  readonly absence: Pick<Absence, 'begin' | 'end'>
}

/** This node for the API, among its peers. */
export const createNodePort = ({ self, peers, control, worker, absence }: NodePortComponents): NodePort => ({
  status: self.nodeStatus,
  peers: peers.list,
  change: control.change,
  drain: control.drain,
  sleep: absence.begin,
  wake: absence.end,
  giveBack: (projectId, scene) => {
    if (!worker.giveBack(projectId, scene))
      throw new ApiRefusal('not-here', 409, 'This node does not encode this scene now.')
  }
})
