import { node } from '../store.ts'
import { NodePanel } from '../swarm/node-panel.tsx'
import { BrowserPanel } from './browser-panel.tsx'
import { LimitsPanel } from './limits-panel.tsx'
import { EncodersPanel } from './encoders-panel.tsx'
import { MannersPanel } from './manners-panel.tsx'
import { JoinRequests } from './join-requests.tsx'
import { MediaPanel } from './media-panel.tsx'
import { PeersPanel } from './peers-panel.tsx'
import { TokensPanel } from './tokens-panel.tsx'

/** What can be changed while the node runs, and where it takes films from. */
export function SettingsPage() {
  return (
    <section class="swarm" aria-labelledby="settings-title">
      <h1 id="settings-title">Settings</h1>
      {node.value != null && <NodePanel node={node.value} />}
      {node.value?.manners !== undefined && <MannersPanel manners={node.value.manners} />}
      <JoinRequests />
      {node.value != null && <LimitsPanel node={node.value} />}
      <PeersPanel />
      <EncodersPanel />
      <MediaPanel />
      <TokensPanel />
      <BrowserPanel />
    </section>
  )
}
