import type { PeerStatus } from '../../../api/schemas/index.ts'
import { printable } from '../../../common/text.ts'
import { CliError } from '../errors.ts'

type Named = Pick<PeerStatus, 'peerId' | 'name'>

/** Peer ids are long; what is shorter is a name. */
const looksLikeId = (text: string): boolean => /^(?:12D3KooW|16Uiu2|Qm)[1-9A-HJ-NP-Za-km-z]{38,48}$/.test(text)

/** Fewer characters of the end of a peer id name nobody. */
const END_CHARS_MIN = 4

/** A machine as it stands in a sentence: it chose its name itself, so its id stands with it. */
export const peerText = ({ peerId, name }: Named): string => (name === '' ? peerId : `${printable(name)} (${peerId})`)

/**
 * The peer that a user means: by its peer id, known here or not, or by a name or an end of the id that only one known peer has.
 * @throws {@link CliError} `usage` with the candidates where there are several
 */
export function peerNamed(peers: readonly Named[], name: string): Named {
  const exact = peers.find(({ peerId }) => peerId === name)
  if (exact !== undefined) return exact
  if (looksLikeId(name)) return { peerId: name, name: '' }
  const end = name.replace(/^\.\./, '')
  const matching = peers.filter(
    (peer) => (name !== '' && peer.name === name) || (end.length >= END_CHARS_MIN && peer.peerId.endsWith(end))
  )
  const [first, ...others] = matching
  if (first === undefined)
    throw new CliError('usage', `There is no peer "${name}". "grav1 peers" lists them; a peer id always works.`)
  if (others.length === 0) return first
  throw new CliError('usage', `"${name}" matches several peers: ${matching.map(peerText).join(', ')}. Give a peer id.`)
}
