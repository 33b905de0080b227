import { printable } from '../../common/text.ts'
import {
  type AnswerJoin,
  answerTo,
  createRateLimit,
  type JoinAnswer,
  type Logger,
  openQuestion,
  refuseQuestion,
  sha256Hex,
  type Signer
} from '../../swarm/index.ts'
import type { InviteBook } from './invite-book.ts'
import type { WaitingLine } from './waiting-line.ts'

export interface AnswerJoinsComponents {
  readonly signer: Signer
  readonly swarmKey: Uint8Array
  readonly book: Pick<InviteBook, 'admit' | 'find'>
  readonly line: Pick<WaitingLine, 'wait'>
  /** The user wants nothing to do with the peer, whatever ticket it has. */
  readonly isBanned: (peer: string) => boolean
  readonly log: Logger
  /** Milliseconds of a clock that only goes forward. Default `performance.now`. */
  readonly nowMs?: () => number
}

/** Questions that one address range, and all together, may put at once and regain each second. A machine that waits asks every four seconds. */
const RANGE = { burst: 30, perSecond: 1 }
const ALL = { burst: 200, perSecond: 20 }

/** Answers those who have an invitation and no key. Everything that they send is hostile until its signatures are checked. */
export function createAnswerJoins(components: AnswerJoinsComponents): AnswerJoin {
  const { signer, swarmKey, book, line, isBanned, log, nowMs } = components
  const clock = nowMs === undefined ? {} : { nowMs }
  const range = createRateLimit({ ...RANGE, peersMax: 1024, ...clock })
  const all = createRateLimit({ ...ALL, ...clock })

  async function judge(
    question: Awaited<ReturnType<typeof openQuestion>>,
    signal: AbortSignal | undefined
  ): Promise<JoinAnswer> {
    if (isBanned(question.joiner)) return { status: 'refused' }
    let verdict = await book.admit(question, false)
    if (verdict === 'ask') {
      await line.wait(question, book.find(question.ticket)?.name ?? '', signal)
      verdict = await book.admit(question, false)
    }
    if (verdict === 'ask') return { status: 'waiting' }
    const fields = { peer: question.joiner, name: printable(question.name) }
    if (verdict !== 'welcome') {
      log.debug({ ...fields, verdict }, 'a machine with an invitation was not let in')
      return { status: verdict }
    }
    log.info(fields, 'a machine got the swarm key by an invitation')
    return { status: 'welcome', swarmKey }
  }

  return async (envelope, from, signal) => {
    if (!range.take(from) || !all.take('')) return refuseQuestion(signer, sha256Hex(envelope), 'too-many')
    const question = await openQuestion(envelope, signer.peerId)
    return answerTo(signer, question, await judge(question, signal))
  }
}
