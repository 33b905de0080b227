import { setTimeout as delay } from 'node:timers/promises'
import type { InviteInfo, JoinRequestStatus } from '../../../api/schemas/index.ts'
import { printable } from '../../../common/text.ts'
import type { NodeClient } from '../client.ts'
import type { ExitReason } from '../exit-codes.ts'
import type { CliIo } from '../io.ts'
import { saysYes } from '../says-yes.ts'

export interface AskIo extends Pick<CliIo, 'err'> {
  readonly ask: NonNullable<CliIo['ask']>
}

type AskClient = Pick<NodeClient, 'status' | 'invites' | 'answerJoin'>

const LOOK_MS = 1000

/** A machine that wants to join, as it stands in a sentence. */
export const requestText = ({ name, peerId }: Pick<JoinRequestStatus, 'name' | 'peerId'>): string =>
  `${printable(name) || 'a machine without a name'} (${peerId})`

/** Asks the user about each machine that wants to join, until the invitation is used up or over. */
export async function askAboutRequests(
  client: AskClient,
  { id }: Pick<InviteInfo, 'id'>,
  io: AskIo,
  signal: AbortSignal
): Promise<ExitReason> {
  for (;;) {
    const { node } = await client.status({ signal })
    for (const request of node.joinRequests ?? []) {
      const isAccepted = saysYes(await io.ask(`${requestText(request)} wants to join: accept? [y/N] `))
      await client.answerJoin(request.id, isAccepted, { signal })
      io.err(`${printable(request.name)} was ${isAccepted ? 'accepted' : 'refused'}`)
    }
    const invite = (await client.invites({ signal })).find((one) => one.id === id)
    if (invite?.state !== 'open') return 'ok'
    await delay(LOOK_MS, undefined, { signal })
  }
}
