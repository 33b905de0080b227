import type { SessionMessage } from './types.ts'

/** What a worker says of a scene that it holds. */
export type TokenMessage = Extract<SessionMessage, { type: 'renew' | 'release' | 'result' }>

export const isTokenMessage = (message: SessionMessage): message is TokenMessage =>
  message.type === 'renew' || message.type === 'release' || message.type === 'result'

const GONE = 'no such project'

/** How an owner answers what a worker says of a project that it does not run, so that the worker ends its work; undefined where there is nothing to end. */
export function answerWithoutProject(message: TokenMessage): SessionMessage | undefined {
  const { token } = message
  if (message.type === 'renew') return { type: 'revoke', token, reason: GONE }
  return message.type === 'result' ? { type: 'settled', token, accepted: false, reason: GONE } : undefined
}

/** How an owner answers a claim for a project that it does not run. */
export const noSuchProject = (claimId: string): SessionMessage => ({
  type: 'no-work',
  claimId,
  code: 'none',
  reason: GONE
})
