import { randomBytes } from 'node:crypto'
import { ApiRefusal } from '../../api/refusal.ts'
import type { InviteInfo, InviteRequest } from '../../api/schemas/index.ts'
import { createInOrder } from '../../common/in-order.ts'
import { judgeTicket, type TicketVerdict } from '../../swarm/protocol/index.ts'
import { readInvites, type StoredInvite, writeInvites } from './invite-file.ts'

/** Somebody who holds a ticket. */
export interface Holder {
  readonly ticket: string
  readonly joiner: string
  readonly name: string
}

/** The invitations of a node, kept over restarts. What cannot be written down does not count. */
export interface InviteBook {
  readonly list: () => readonly InviteInfo[]
  /** @throws ApiRefusal `too-many-invites`, `not-kept` */
  readonly add: (request: InviteRequest, ticket: string) => Promise<InviteInfo>
  /** @throws ApiRefusal `not-found`, `not-kept` */
  readonly revoke: (id: string) => Promise<void>
  readonly find: (ticket: string) => StoredInvite | undefined
  /** What the ticket gives the holder now; a welcome is written down before it is given. @throws ApiRefusal `not-kept` */
  readonly admit: (holder: Holder, isAccepted: boolean) => Promise<TicketVerdict | 'unknown'>
  /** The user's no. @throws ApiRefusal `not-kept` */
  readonly refuse: (holder: Holder) => Promise<void>
}

const INVITES_MAX = 200
/** Machines that one invitation remembers to have refused; more are asked about again. */
const REFUSED_MAX = 100
const ID_BYTES = 4
/** So long an invitation that is over is still listed, and its holders are told why it does not help. */
const KEEP_MS = 31 * 24 * 3_600_000

const ruleOf = ({ joined, ...invite }: StoredInvite) => ({ ...invite, joined: joined.map(({ peerId }) => peerId) })

function infoOf(invite: StoredInvite, nowMs: number): InviteInfo {
  const { id, name, createdAtMs, expiresAtMs, uses, ask, joined, isRevoked } = invite
  const isUsed = joined.length >= uses
  const state = isRevoked ? 'revoked' : nowMs >= expiresAtMs ? 'expired' : isUsed ? 'used' : 'open'
  return { id, name, createdAtMs, expiresAtMs, uses, ask, state, joined }
}

/** @throws Error with a sentence where the file is damaged */
export async function openInviteBook(file: string, nowMs: () => number = Date.now): Promise<InviteBook> {
  let invites = await readInvites(file)
  const inOrder = createInOrder()

  async function change(next: readonly StoredInvite[]): Promise<void> {
    const kept = next.filter(({ expiresAtMs }) => nowMs() < expiresAtMs + KEEP_MS)
    try {
      await writeInvites(file, kept)
    } catch (cause) {
      throw new ApiRefusal('not-kept', 503, 'The invitations could not be saved; see the log.', { cause })
    }
    invites = kept
  }

  const replace = async (one: StoredInvite): Promise<void> =>
    change(invites.map((other) => (other.id === one.id ? one : other)))

  const find = (ticket: string): StoredInvite | undefined => invites.find((one) => one.ticket === ticket)

  async function admit({ ticket, joiner, name }: Holder, isAccepted: boolean): Promise<TicketVerdict | 'unknown'> {
    const invite = find(ticket)
    if (invite === undefined) return 'unknown'
    const verdict = judgeTicket({ ...ruleOf(invite), ask: invite.ask && !isAccepted }, joiner, nowMs())
    if (verdict !== 'welcome' || invite.joined.some(({ peerId }) => peerId === joiner)) return verdict
    await replace({ ...invite, joined: [...invite.joined, { peerId: joiner, name, atMs: nowMs() }] })
    return verdict
  }

  return {
    list: () => invites.map((one) => infoOf(one, nowMs())),
    find,
    add: async ({ name, expiresInMs, uses = 1, ask }, ticket) =>
      inOrder(async () => {
        const open = invites.filter((one) => infoOf(one, nowMs()).state === 'open')
        if (open.length >= INVITES_MAX)
          throw new ApiRefusal('too-many-invites', 409, `There are ${INVITES_MAX} open invitations; revoke one first.`)
        const id = randomBytes(ID_BYTES).toString('hex')
        const times = { createdAtMs: nowMs(), expiresAtMs: nowMs() + expiresInMs }
        const made = { id, name, ...times, uses, ask, joined: [], ticket, isRevoked: false, refused: [] }
        // The oldest of those that are over make room.
        const over = invites.filter((one) => !open.includes(one)).slice(-INVITES_MAX)
        await change([...invites.filter((one) => open.includes(one) || over.includes(one)), made])
        return infoOf(made, nowMs())
      }),
    revoke: async (id) =>
      inOrder(async () => {
        const gone = invites.find((one) => one.id === id)
        if (gone === undefined) throw new ApiRefusal('not-found', 404, 'There is no such invitation.')
        await replace({ ...gone, isRevoked: true })
      }),
    admit: async (holder, isAccepted) => inOrder(async () => admit(holder, isAccepted)),
    refuse: async ({ ticket, joiner }) =>
      inOrder(async () => {
        const invite = find(ticket)
        if (invite === undefined || invite.refused.includes(joiner)) return
        await replace({ ...invite, refused: [...invite.refused, joiner].slice(-REFUSED_MAX) })
      })
  }
}
