import { waitFor } from '../../common/wait.ts'
import {
  askFor,
  type Invite,
  InviteError,
  type InviteErrorCode,
  type JoinAnswer,
  putQuestion,
  swarmNameOf
} from '../../swarm/index.ts'
import { swarmKeyIn } from '../disk/swarm-key.ts'
import type { Ed25519PrivateKey } from '@libp2p/interface'

export interface RedeemInit {
  readonly privateKey: Ed25519PrivateKey
  /** What this machine calls itself. */
  readonly name: string
  /** Told once that the user of the inviting node is asked. */
  readonly onWaiting: () => void
  /** How long to wait for that user. */
  readonly waitMs: number
  readonly signal?: AbortSignal | undefined
}

type Refusal = Exclude<JoinAnswer['status'], 'welcome' | 'waiting'>

const REFUSALS: Readonly<Record<Refusal, { readonly code: InviteErrorCode; readonly words: string }>> = {
  unknown: { code: 'unknown', words: 'The node that made this invitation no longer knows it: ask for a new one.' },
  expired: { code: 'expired', words: 'The invitation has expired: ask for a new one.' },
  revoked: { code: 'revoked', words: 'The invitation was revoked: ask for a new one.' },
  used: { code: 'used', words: 'Other machines have used up the invitation: ask for a new one.' },
  refused: { code: 'refused', words: 'The user of the node that made the invitation refused this machine.' },
  'too-many': {
    code: 'too-many',
    words: 'The node that made the invitation is getting too many requests: try again in a minute.'
  }
}

/** Between two questions; the node holds each back while its user is asked. */
const AGAIN_MS = 500

const pause = async (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  waitFor<void>((done) => {
    const timer = setTimeout(done, ms)
    return () => clearTimeout(timer)
  }, signal)

/** The swarm key, as it was sealed for this machine. @throws InviteError */
async function answerOf(invite: Invite, { privateKey, name }: RedeemInit): Promise<JoinAnswer> {
  const question = await askFor(privateKey, invite, name)
  const reply = await putQuestion(invite.addresses, question.envelope)
  try {
    return await question.open(reply)
  } catch (cause) {
    throw new InviteError('bad-answer', 'Another node than the one that made the invitation answers at its address.', {
      cause
    })
  }
}

/**
 * Exchanges the ticket of an invitation for the swarm key.
 * @returns the content of a swarm key's file
 * @throws InviteError
 */
export async function redeem(invite: Invite, init: RedeemInit): Promise<string> {
  const untilMs = performance.now() + init.waitMs
  let isTold = false
  for (;;) {
    const answer = await answerOf(invite, init)
    if (answer.status === 'welcome') return keyText(answer.swarmKey, invite.swarm)
    if (answer.status !== 'waiting') {
      const { code, words } = REFUSALS[answer.status]
      throw new InviteError(code, words)
    }
    if (!isTold) init.onWaiting()
    isTold = true
    if (performance.now() > untilMs)
      throw new InviteError('not-accepted', 'Nobody accepted this machine in time; run the command again later.')
    await pause(AGAIN_MS, init.signal)
  }
}

function keyText(bytes: Uint8Array, swarm: string): string {
  const key = swarmKeyIn(Buffer.from(bytes).toString())
  if (key === undefined || swarmNameOf(key) !== swarm)
    throw new InviteError('bad-answer', 'The node did not send the key of the swarm that the invitation names.')
  return `${Buffer.from(key).toString()}\n`
}
