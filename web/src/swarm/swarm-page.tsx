import { plural } from '../format.ts'
import { node, peers } from '../store.ts'
import { Invite } from './invite.tsx'
import { NodePanel } from './node-panel.tsx'
import { PeerTable } from './peer-table.tsx'
import { TimeLine } from './time-line.tsx'

export function SwarmPage() {
  const all = [...peers.value.values()]
  const away = all.filter(({ connected }) => !connected).length
  return (
    <section class="swarm" aria-labelledby="swarm-title">
      <h1 id="swarm-title">Swarm</h1>
      <p class="quiet">
        {all.length === 0
          ? 'This node does not know any other node yet.'
          : `${plural(all.length, 'other node')}, ${away === 0 ? 'all connected' : `${away} not connected`}.`}
      </p>
      {node.value == null ? undefined : <NodePanel node={node.value} />}
      <PeerTable />
      <TimeLine />
      {node.value == null ? undefined : <Invite address={node.value.bootstrap} />}
    </section>
  )
}
