import { useState } from 'preact/hooks'
import { answerOf, api } from '../api.ts'
import { peerName, plural } from '../format.ts'
import { mayChange } from '../session/session.ts'
import { peers, projects } from '../store.ts'
import { CopyAs } from '../ui/copy-as.tsx'
import { toastError } from '../ui/toasts.tsx'
import { askingPeers, type AskingPeer } from './asking-peers.ts'
import type { PeerStatus } from '../../../src/api/schemas/index.ts'

type Named = Pick<PeerStatus, 'peerId' | 'name'>
type Decision = PeerStatus['standing']

const TITLES_MAX = 3
/** A stranger costs nothing to make up, so the list has an end. */
const ASKING_MAX = 20

async function decide({ peerId }: Named, standing: Decision): Promise<void> {
  const route = api.peers[':id'].standing
  const param = { id: encodeURIComponent(peerId) }
  if (standing === null) await answerOf(await route.$delete({ param }))
  else await answerOf(await route.$put({ param, json: { standing } }))
}

function asksText({ offers, slots }: AskingPeer): string {
  const more = offers.length > TITLES_MAX ? ` and ${offers.length - TITLES_MAX} more` : ''
  const parts = [
    ...(offers.length === 0 ? [] : [`offers ${offers.slice(0, TITLES_MAX).join(', ')}${more}`]),
    ...(slots === 0 ? [] : [`could encode for you in ${plural(slots, 'slot')}`])
  ]
  return parts.join(', and ')
}

const WORDS = { trusted: 'Trust', banned: 'Ban' } as const

function DecideButton({ peer, standing }: { readonly peer: Named; readonly standing: Decision }) {
  const [isBusy, setBusy] = useState(false)
  const word = standing === null ? 'Forget' : WORDS[standing]
  const run = (): void => {
    setBusy(true)
    decide(peer, standing)
      .catch((error: unknown) => toastError('The decision was not saved', error))
      .finally(() => setBusy(false))
  }
  return (
    <button
      type="button"
      disabled={isBusy || !mayChange.value}
      aria-label={`${word} ${peerName(peer.name, peer.peerId)}`}
      onClick={run}
    >
      {word}
    </button>
  )
}

function PeerLine({
  peer,
  text,
  choices
}: {
  readonly peer: Named
  readonly text: string
  readonly choices: readonly Decision[]
}) {
  return (
    <li>
      <p>
        <b>{peer.name === '' ? 'A peer without a name' : peer.name}</b> {text}
      </p>
      <p class="sub">
        <code>{peer.peerId}</code>
      </p>
      <div class="actions">
        {choices.map((standing) => (
          <DecideButton key={standing ?? 'forget'} peer={peer} standing={standing} />
        ))}
        {choices.includes('trusted') && (
          <CopyAs
            what={`trust ${peerName(peer.name, peer.peerId)}`}
            action={{
              method: 'PUT',
              path: `api/v2/peers/${encodeURIComponent(peer.peerId)}/standing`,
              body: { standing: 'trusted' },
              command: ['peers', 'trust', peer.peerId]
            }}
          />
        )}
      </div>
    </li>
  )
}

function Decided({ standing, text }: { readonly standing: NonNullable<Decision>; readonly text: string }) {
  const listed = [...peers.value.values()].filter((peer) => peer.standing === standing)
  return listed.map((peer) => (
    <PeerLine key={peer.peerId} peer={peer} text={text} choices={standing === 'trusted' ? [null, 'banned'] : [null]} />
  ))
}

/** Strangers that a user may want to trust or ban, and those about whom the user has decided. */
export function PeersPanel() {
  const asking = askingPeers([...peers.value.values()], [...projects.value.values()])
  return (
    <section class="panel" aria-labelledby="peers-title">
      <h2 id="peers-title">Peers to trust</h2>
      <p class="sub">
        This node encodes the films of a trusted peer and obeys its commands. It does not connect to a banned one. Any
        peer can take any name: compare the peer id with the one that the other machine shows.
      </p>
      <ul class="plain peers">
        {asking.slice(0, ASKING_MAX).map((peer) => (
          <PeerLine key={peer.peerId} peer={peer} text={asksText(peer)} choices={['trusted', 'banned']} />
        ))}
        <Decided standing="trusted" text="is trusted" />
        <Decided standing="banned" text="is banned" />
      </ul>
      {asking.length > ASKING_MAX && <p>{plural(asking.length - ASKING_MAX, 'more stranger')} not shown.</p>}
      {asking.length === 0 && <p>No stranger offers a film or could encode for you.</p>}
    </section>
  )
}
