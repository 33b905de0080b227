import { waitOf, type OwnerScene, type OwnerState } from '../../swarm/protocol/index.ts'
import { buildName } from '../idle/build-name.ts'
import type { WhyAnswer } from './why-input.ts'
import { times } from './words.ts'

/** What the owner says of a scene that has to have certain bytes while nobody is there who makes them. */
export function whyForMaker({ like }: OwnerScene, details: readonly string[]): WhyAnswer {
  return {
    summary: `Its bytes must be those that ${buildName(like?.build ?? '')} produced before, and no connected machine produces them.`,
    details: [...details],
    next: { what: 'It is handed out when such a machine connects.', inSeconds: null }
  }
}

/** What it says of one that failed on the only machine that tried. @param inSeconds when that one may try again */
export function whyForAnother(
  { failures }: OwnerScene,
  details: readonly string[],
  inSeconds: number | null
): WhyAnswer {
  return {
    summary: `It failed ${times(failures.length)} on the only machine that tried, and waits for another one.`,
    details: [...details],
    next: {
      what: 'Another machine gets it as soon as it asks, the same one after a pause, or at once after `grav1 retry`.',
      inSeconds
    }
  }
}

/** What keeps the owner from its own steps, of a scene that needs one of them. */
export function whyOwnStep(owned: OwnerState): string[] {
  const reason = waitOf(owned)?.reason ?? ''
  return reason === '' ? [] : [`The project waits: ${reason}.`]
}
