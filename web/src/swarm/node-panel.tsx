import { useState } from 'preact/hooks'
import type { NodeStatus } from '../../../src/api/schemas/index.ts'
import { answerOf, api } from '../api.ts'
import { bytes, duration, plural } from '../format.ts'
import { mayChange } from '../session/session.ts'
import { ReadOnlyNote } from '../shell/header.tsx'
import { CopyAs } from '../ui/copy-as.tsx'
import { toastError } from '../ui/toasts.tsx'
import { reachWords } from '../../../src/api/reach-words.ts'
import { fewerSlotsText } from '../../../src/api/manners/fewer-slots.ts'
import { restWords } from '../../../src/api/manners/rest-words.ts'

const SLOTS_MAX = 1024

type Change = { readonly paused?: boolean; readonly slots?: number }

async function change(json: Change): Promise<void> {
  await answerOf(await api.node.$patch({ json }))
}

async function drain(): Promise<void> {
  await answerOf(await api.node.drain.$post())
}

function stateOf({ paused, draining, busy, health, slots, rest }: NodeStatus): string {
  if (slots === 0) return 'It has no slots, so it encodes nothing.'
  if (health === 'disk-full') return 'Its disk is full: it takes no new work until there is space.'
  const left = busy === 0 ? 'no scene is running' : `${plural(busy, 'scene is', 'scenes are')} being finished`
  if (draining) return `It is draining: ${left}.`
  if (paused) return `It is paused and takes no new scenes: ${left}.`
  if (rest != null) {
    const still =
      busy === 0 ? '' : ` ${plural(busy, 'running scene is', 'running scenes are')} suspended and will continue.`
    return `It is paused${restWords(rest, Date.now())}.${still}`
  }
  return `It encodes in ${busy} of ${plural(slots, 'slot')}.`
}

/** This node: how many slots it offers, pause, drain. */
export function NodePanel({ node }: { readonly node: NodeStatus }) {
  const [busy, setBusy] = useState(false)
  const run = (task: Promise<void>): void => {
    setBusy(true)
    task.catch((error: unknown) => toastError('The node was not changed', error)).finally(() => setBusy(false))
  }
  const setSlots = (slots: number): void => {
    if (Number.isInteger(slots) && slots >= 0 && slots <= SLOTS_MAX && slots !== node.slots) run(change({ slots }))
  }
  const stopped = node.paused || node.draining
  const locked = busy || !mayChange.value
  return (
    <section class="panel node-panel" aria-labelledby="node-title">
      <h2 id="node-title">This node: {node.name}</h2>
      <p>{stateOf(node)}</p>
      {node.fewerSlots == null ? null : <p class="warning">It encodes with {fewerSlotsText(node.fewerSlots)}.</p>}
      {node.noSandbox === null ? null : (
        <p class="warning">
          No sandbox: {node.noSandbox}. This node encodes only for peers that it trusts by name, and gives its scenes
          only to them.
        </p>
      )}
      <div class="actions">
        <button type="button" disabled={locked} onClick={() => run(change({ paused: !stopped }))}>
          {stopped ? 'Resume' : 'Pause'}
        </button>
        <button type="button" disabled={locked || node.draining} onClick={() => run(drain())}>
          Drain
        </button>
        <label>
          Slots{' '}
          <input
            type="number"
            min={0}
            max={SLOTS_MAX}
            value={node.slots}
            disabled={locked}
            onChange={({ currentTarget }) => setSlots(currentTarget.valueAsNumber)}
          />
        </label>
        <CopyAs
          what={stopped ? 'resume this node' : 'pause this node'}
          action={{
            method: 'PATCH',
            path: 'api/v2/node',
            body: { paused: !stopped },
            command: [stopped ? 'resume' : 'pause']
          }}
        />
      </div>
      <ReadOnlyNote />
      <p class="quiet">
        Pause finishes the running scenes and takes no new ones. Drain also hands back the scenes that were only fetched
        ahead, so that you can stop the node. Fewer slots never stop a running scene.
      </p>
      <dl class="node-facts">
        <dt>Peer id</dt>
        <dd>
          <code>{node.peerId}</code>
        </dd>
        <dt>Addresses</dt>
        <dd>
          {node.reach?.addresses.map(({ address, ...way }) => (
            <div key={address}>
              <code>{address}</code> <span class="quiet">{reachWords(way)}</span>
            </div>
          ))}
        </dd>
        <dt>Uptime</dt>
        <dd>
          {duration(node.uptimeSeconds)}, {bytes(node.rssBytes)} of memory, version {node.version}
        </dd>
      </dl>
    </section>
  )
}
