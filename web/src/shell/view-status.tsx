import { clock, duration, peerName, plural } from '../format.ts'
import { linkTo } from '../router.ts'
import { connection, node, peers } from '../store.ts'
import { access } from '../session/session.ts'
import { nowMs } from '../ui/now.ts'

function Age() {
  const { status, sinceMs } = connection.value
  if (status === 'live') return <span class="live">live</span>
  if (status === 'connecting') return <span>connecting to the node…</span>
  const seconds = (nowMs.value - sinceMs) / 1000
  return (
    <span class="lost">
      <strong>connection lost</strong> at {clock(sinceMs)}; this is the state of {duration(seconds)} ago; reconnecting
    </span>
  )
}

/** Whose view of the swarm this is, how old it is, and who is missing in it. */
export function ViewStatus() {
  if (access.value === 'none') return <div class="view" />
  const away = [...peers.value.values()].filter(({ connected }) => !connected).length
  return (
    <div class={`view ${connection.value.status}`}>
      <p role="status">
        {node.value != null && (
          <>
            <span class="whose">seen from {peerName(node.value.name, node.value.peerId)}</span>,{' '}
          </>
        )}
        <Age />
      </p>
      {away > 0 && <a href={linkTo({ page: 'swarm' })}>{plural(away, 'peer')} not connected</a>}
    </div>
  )
}
