import type { SceneWhy } from '../../api/schemas/index.ts'
import { UNMEASURED } from '../../encode/rules/index.ts'
import { createSceneReader } from '../../api/scene-json.ts'
import type { OwnerState } from '../../swarm/protocol/index.ts'
import { whyAtOwner } from './why-owner.ts'
import { whyElsewhere } from './why-elsewhere.ts'
import { oneLine } from '../../common/text.ts'
import type { WhyAnswer, WhyInput } from './why-input.ts'

const ENDED = {
  completed: 'is completed',
  failed: 'failed',
  cancelled: 'was cancelled',
  removed: 'was removed'
} as const

/** How many earlier attempts are listed, and how many sentences on workers that may not try it. */
const DETAILS_MAX = 8
const KEPT_BACK_MAX = 20

/** Why a scene is not done, in sentences. `owned`: the owner's own books, where this node owns it and goes on with it. */
export function whyNotDone(input: Omit<WhyInput, 'state'>, owned: OwnerState | undefined): SceneWhy {
  const { snapshot, scene } = input
  const state = createSceneReader(snapshot, () => input.attempts).state(scene)
  const answer = settled({ ...input, state }) ?? open({ ...input, state }, owned)
  const details = [...answer.details.slice(0, KEPT_BACK_MAX), ...pastAttempts(input)]
  return { scene, state, summary: answer.summary, details, next: answer.next }
}

function open(input: WhyInput, owned: OwnerState | undefined): WhyAnswer {
  return owned == null ? whyElsewhere(input) : whyAtOwner(input, owned)
}

/** How good the accepted result is, where this node measured it. */
function measured(attempts: WhyInput['attempts']): string[] {
  const { psnr, psnrMean, xpsnr } = attempts.findLast(({ verdict }) => verdict === 'accepted') ?? UNMEASURED
  const parts = [
    ...(psnrMean === null ? [] : [`a mean PSNR of ${psnrMean.toFixed(1)} dB`]),
    ...(psnr === null ? [] : [`a lowest of ${psnr.toFixed(1)} dB`]),
    ...(xpsnr === null ? [] : [`an XPSNR of ${xpsnr.toFixed(1)} dB`])
  ]
  return parts.length === 0 ? [] : [`Against the source it has ${parts.join(', ')}.`]
}

/** A scene or project that is over, at any owner. */
function settled({ snapshot: { view }, scene, state, called, attempts }: WhyInput): WhyAnswer | undefined {
  const accepted = view.scenes[scene]?.accepted
  if (state === 'done' && accepted != null)
    return { summary: `It is done: ${called(accepted.worker)} encoded it.`, details: measured(attempts), next: null }
  if (view.end != null) {
    const why = view.end.reason === '' ? '' : ` (${oneLine(view.end.reason)})`
    return {
      summary: `The project ${ENDED[view.end.state]}${why}, so nothing more is encoded.`,
      details: [],
      next: null
    }
  }
  if (view.fork != null)
    return {
      summary:
        'The project is frozen: its owner wrote two histories of it. This happens when two nodes run with one identity.',
      details: [],
      next: { what: 'Delete it and submit the film again.', inSeconds: null }
    }
  return undefined
}

const VERBS = {
  refused: 'handed in a result that was refused',
  failed: 'failed',
  released: 'gave it back',
  expired: 'lost its lease',
  superseded: 'was overtaken'
} as const

/** The workers that failed it, with the reason; newest first. */
function pastAttempts({ attempts, called }: Pick<WhyInput, 'attempts' | 'called'>): string[] {
  const past = attempts.flatMap(({ worker, verdict, reason }) =>
    verdict in VERBS
      ? [`${called(worker)} ${VERBS[verdict as keyof typeof VERBS]}${reason === '' ? '' : `: ${oneLine(reason)}`}.`]
      : []
  )
  const shown = past.toReversed().slice(0, DETAILS_MAX)
  const more = past.length - shown.length
  return more > 0 ? [...shown, `${more} earlier attempts are not listed.`] : shown
}
