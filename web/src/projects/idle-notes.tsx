import { plainNameOf } from '../people.ts'
import { peers } from '../store.ts'
import { Sentence } from '../ui/sentence.tsx'
import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

/** Why this node, and for its own projects why others, do nothing for one; nothing where nobody is idle. */
export function IdleNotes({ project: { projectId, own, idle } }: { readonly project: ProjectStatus }) {
  const others = own
    ? [...peers.value.values()].flatMap((peer) => {
        const found = peer.slots > 0 ? peer.idle?.find((one) => one.projectId === projectId) : undefined
        return found == null ? [] : [{ peerId: peer.peerId, reason: found.reason }]
      })
    : []
  if (idle == null && others.length === 0) return null
  return (
    <ul class="notes" aria-label="Idle nodes">
      {idle != null && (
        <li>
          This node is idle for it: <Sentence text={idle.reason} />.
        </li>
      )}
      {others.map(({ peerId, reason }) => (
        <li key={peerId}>
          {plainNameOf(peerId)} <Sentence text={reason} />.
        </li>
      ))}
    </ul>
  )
}
