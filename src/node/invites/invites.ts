import type { InvitesPort } from '../../api/ports.ts'
import { ApiRefusal } from '../../api/refusal.ts'
import type { InviteRequest, JoinRequestStatus, MadeInvite } from '../../api/schemas/index.ts'
import { printable } from '../../common/text.ts'
import {
  type AnswerJoin,
  inviteText,
  type Logger,
  newSecret,
  type Signer,
  swarmNameOf,
  ticketOf
} from '../../swarm/index.ts'
import type { UsefulAddress } from '../../swarm/protocol/index.ts'
import { createAnswerJoins } from './answer-joins.ts'
import { openInviteBook } from './invite-book.ts'
import { createWaitingLine } from './waiting-line.ts'
import type { Ed25519PrivateKey } from '@libp2p/interface'

export interface InvitesComponents {
  readonly privateKey: Ed25519PrivateKey
  readonly signer: Signer
  /** Undefined in an open swarm. */
  readonly swarmKey: Uint8Array | undefined
  readonly isBanned: (peer: string) => boolean
  readonly log: Logger
}

/** The invitations of a node: made by its user, shown by machines that want to join. */
export interface Invites {
  /** @param useful addresses at which this node can be reached now, the best first */
  readonly port: (useful: () => readonly UsefulAddress[]) => InvitesPort
  /** Undefined in an open swarm, where nobody needs a key. */
  readonly answerJoin: AnswerJoin | undefined
  /** Machines that wait for the user's word. */
  readonly requests: () => readonly JoinRequestStatus[]
}

const openSwarm = (field: keyof InviteRequest): ApiRefusal =>
  new ApiRefusal(
    'open-swarm',
    409,
    'This swarm is open: every machine that reaches it may join, so the node cannot ask about machines or count them. A swarm key makes the swarm private.',
    { field }
  )

/** @param file in the data folder. @throws Error with a sentence where it is damaged */
export async function openInvites(components: InvitesComponents, file: string): Promise<Invites> {
  const { privateKey, signer, swarmKey, isBanned, log } = components
  const book = await openInviteBook(file)
  const line = createWaitingLine({
    onNew: ({ id, peerId, name }) =>
      log.info({ peer: peerId }, `${printable(name)} wants to join: "grav1 peers accept ${id}" or "refuse ${id}"`)
  })

  async function make(request: InviteRequest, useful: readonly string[]): Promise<MadeInvite> {
    if (useful.length === 0)
      throw new ApiRefusal(
        'not-reachable',
        409,
        'This node listens on no address, so no machine could join. Start it with --listen.'
      )
    const secret = swarmKey === undefined ? '' : newSecret()
    if (swarmKey === undefined && request.ask) throw openSwarm('ask')
    if (swarmKey === undefined && request.uses !== undefined) throw openSwarm('uses')
    const invite = swarmKey === undefined ? null : await book.add(request, await ticketOf(secret))
    const expiresAtMs = invite?.expiresAtMs ?? Date.now() + request.expiresInMs
    const swarm = swarmKey === undefined ? '' : swarmNameOf(swarmKey)
    const text = await inviteText(privateKey, { expiresAtMs, swarm, secret, addresses: useful })
    log.info({ invite: invite?.id, expiresAtMs }, 'an invitation was made')
    return { text, addresses: [...useful], expiresAtMs, invite }
  }

  async function answer(id: string, isAccepted: boolean): Promise<void> {
    const { holder } = line.find(id)
    if (isAccepted) await book.admit(holder, true)
    else await book.refuse(holder)
    line.decided(id)
    log.info({ peer: holder.joiner }, `${printable(holder.name)} was ${isAccepted ? 'accepted' : 'refused'}`)
  }

  return {
    port: (useful) => ({
      list: book.list,
      make: async (request) =>
        make(
          request,
          useful().map(({ address }) => address)
        ),
      revoke: async (id) => {
        await book.revoke(id)
        log.info({ invite: id }, 'an invitation was revoked')
      },
      answer
    }),
    answerJoin: swarmKey === undefined ? undefined : createAnswerJoins({ signer, swarmKey, book, line, isBanned, log }),
    requests: () =>
      line.list().map(({ id, peerId, name, inviteName, askedAtMs }) => ({ id, peerId, name, inviteName, askedAtMs }))
  }
}
