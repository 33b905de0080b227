import { printable } from '../../common/text.ts'
import type { NodePort } from '../../api/ports.ts'

/** Who is connected, and what nodes are called, also those that have just gone. */
export interface Names {
  /** Who came and went since the last look; one that did not say its name yet has not come. */
  look: () => { readonly came: readonly string[]; readonly went: readonly string[] }
  /** Its name and the end of its id, which nobody can take. */
  of: (peerId: string) => string
}

const ID_CHARS = 6

export function createNames({ status, peers }: Pick<NodePort, 'status' | 'peers'>): Names {
  /** Of those that are connected. */
  let here = new Map<string, string>()
  /** Of those that have just gone. */
  let gone: ReadonlyMap<string, string> = new Map()

  function nameOf(peerId: string): string {
    if (status().peerId === peerId) return status().name
    const now = peers().find((peer) => peer.peerId === peerId)?.name ?? ''
    return now === '' ? (here.get(peerId) ?? gone.get(peerId) ?? '') : now
  }

  return {
    look: () => {
      const named = peers().filter(({ connected, name }) => connected && name !== '')
      const before = here
      here = new Map(named.map(({ peerId, name }) => [peerId, name]))
      const came = [...here.keys()].filter((peerId) => !before.has(peerId))
      gone = new Map([...before].filter(([peerId]) => !here.has(peerId)))
      return { came, went: [...gone.keys()] }
    },
    of: (peerId) => {
      const name = nameOf(peerId)
      const end = `…${peerId.slice(-ID_CHARS)}`
      return name === '' ? end : `${printable(name)} ${end}`
    }
  }
}
