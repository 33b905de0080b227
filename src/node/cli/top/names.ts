import { printable } from '../../../common/text.ts'
import { shortPeerId } from '../commands/project-table.ts'
import type { LogNames } from '../../log/in-words.ts'
import type { TopState } from './state.ts'

/** What a node is called: its name, or the end of its id. */
export function peerName({ node, peers }: Pick<TopState, 'node' | 'peers'>, peerId: string): string {
  if (node?.peerId === peerId) return 'this node'
  return printable(peers.get(peerId)?.name ?? '') || shortPeerId(peerId)
}

export const logNames = (state: TopState): LogNames => ({
  title: (projectId) => state.projects.get(projectId)?.title,
  peer: (peerId) => peerName(state, peerId)
})
