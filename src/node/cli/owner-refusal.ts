import type { SwarmStatus } from '../../api/schemas/index.ts'
import { ApiError, CliError } from './errors.ts'
import { printable } from '../../common/text.ts'

/** What the refusal of a project's owner means, and what to do about it; other errors as they are. */
export function ownerRefusal(error: unknown, owner: string, { node, peers }: SwarmStatus): unknown {
  if (!(error instanceof ApiError) || error.code !== 'not-allowed') return error
  const name = printable(peers.find(({ peerId }) => peerId === owner)?.name ?? '')
  return new CliError(
    'not-allowed',
    `${error.detail} The project belongs to ${name === '' ? owner : `${name} (${owner})`}, which obeys only nodes that it trusts: give the command there, or run "grav1 peers trust ${node.peerId}" there.`,
    { cause: error }
  )
}
