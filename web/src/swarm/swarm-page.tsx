import { peers } from '../store.ts'

export function SwarmPage() {
  return (
    <section aria-labelledby="swarm-title">
      <h1 id="swarm-title">Swarm</h1>
      <ul class="plain">
        {[...peers.value.values()].map(({ peerId, name, busy, slots }) => (
          <li key={peerId}>
            {name === '' ? 'unnamed' : name} …{peerId.slice(-8)}, {busy} of {slots} slots busy
          </li>
        ))}
      </ul>
    </section>
  )
}
