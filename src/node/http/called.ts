import { printable } from '../../common/text.ts'
import type { NodePort } from '../../api/ports.ts'

/** How people call a node: by the name that it gave itself, where it is known, and its id, which nobody else can have. */
export type Called = (peer: string) => string

export function createCalled({ peers }: Pick<NodePort, 'peers'>): Called {
  return (peer) => {
    const name = peers().find(({ peerId }) => peerId === peer)?.name ?? ''
    return name === '' ? peer : `${printable(name)} (${peer})`
  }
}
