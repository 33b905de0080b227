import type { SessionMessage } from './types.ts'

/** What a worker says about a scene that it holds. */
export type TokenMessage = Extract<SessionMessage, { type: 'renew' | 'release' | 'result' }>

export const isTokenMessage = (message: SessionMessage): message is TokenMessage =>
  message.type === 'renew' || message.type === 'release' || message.type === 'result'

const GONE = 'no such project'

/** The owner's answer to a worker's message about a project that it is not running, so that the worker stops; undefined if there is nothing to stop. */
export function answerWithoutProject(message: TokenMessage): SessionMessage | undefined {
  const { token } = message
  if (message.type === 'renew') return { type: 'revoke', token, reason: GONE }
  return message.type === 'result' ? { type: 'settled', token, accepted: false, reason: GONE } : undefined
}

/** The owner's answer to a claim for a project that it is not running. */
export const noSuchProject = (claimId: string): SessionMessage => ({
  type: 'no-work',
  claimId,
  code: 'none',
  reason: GONE
})
