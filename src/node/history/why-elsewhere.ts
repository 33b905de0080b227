import type { WhyAnswer, WhyInput } from './why-input.ts'
import { times } from './words.ts'
import { oneLine } from '../../common/text.ts'

/** What a node says that does not run the project: from its owner's beats and the leases that it heard of. */
export function whyElsewhere(input: WhyInput): WhyAnswer {
  const { snapshot } = input
  if (snapshot.own)
    return {
      summary: 'This node has not resumed this project yet: it is asking its neighbours what they know.',
      details: [],
      next: { what: 'It resumes it by itself. If not, its log says why.', inSeconds: null }
    }
  const answer = byState(input)
  return { ...answer, details: [...answer.details, ...doubts(input)] }
}

function byState(input: WhyInput): WhyAnswer {
  const { snapshot, scene, state, attempts, called } = input
  const owner = called(snapshot.view.owner)
  const failure = snapshot.beat?.failures.find((one) => one.scene === scene)
  const failed =
    failure == null ? [] : [`It failed ${times(failure.attempts)}; the last reason: ${oneLine(failure.reason)}.`]
  const lease = snapshot.beat?.leases.find((one) => one.scene === scene)
  const worker = lease?.worker ?? attempts.findLast((one) => one.verdict === 'running')?.worker
  const who = worker == null ? 'A worker' : called(worker)
  switch (state) {
    case 'verifying':
      return {
        summary: `It is encoded, and its owner ${owner} is checking the result.`,
        details: failed,
        next: { what: 'If the result is right, the scene is done. If not, it is handed out again.', inSeconds: null }
      }
    case 'leased':
      return {
        summary: `${who} has it but has not encoded a frame yet.`,
        details: failed,
        next: { what: `If ${owner} hears nothing from that worker, another one gets it.`, inSeconds: null }
      }
    case 'pass-1':
    case 'pass-2': {
      const { frames } = snapshot.view.scenes[scene]?.plan ?? { frames: 0 }
      const pass = snapshot.work.passes === 1 ? '' : `pass ${lease?.pass ?? 1} of 2, `
      return {
        summary: `${who} is encoding it: ${pass}${lease?.frames ?? 0} of ${frames} frames.`,
        details: failed,
        next: { what: `If ${owner} hears nothing from that worker, another one gets it.`, inSeconds: null }
      }
    }
    case 'failed':
      return {
        summary: 'It failed too often and will not be tried again.',
        details: failed,
        next: { what: 'The project fails once every other scene is done or has failed too.', inSeconds: null }
      }
    case 'waiting':
    case 'done':
      return {
        summary: 'Nobody has it, as far as this node knows.',
        details: [...waits(input), ...failed, ...idleHere(input)],
        next: {
          what:
            snapshot.idle == null
              ? `Its owner ${owner} hands it to a worker with a free slot.`
              : `Its owner ${owner} hands it to a worker that can take it; this node cannot take it now.`,
          inSeconds: null
        }
      }
    default:
      return state satisfies never
  }
}

/** As far as its owner says so. */
function waits({ snapshot: { waiting = '' } }: Pick<WhyInput, 'snapshot'>): string[] {
  return waiting === '' ? [] : [`The project waits: ${waiting}.`]
}

/** Why it will not be this node that takes it. */
export function idleHere({ snapshot: { idle } }: Pick<WhyInput, 'snapshot'>): string[] {
  return idle == null ? [] : [`This node is idle for it: ${idle.reason}.`]
}

/** Why this node may not know how it stands. */
function doubts({ snapshot, peers, called }: WhyInput): string[] {
  const { view, beat, stale } = snapshot
  const owner = called(view.owner)
  const isConnected = peers.some((peer) => peer.peerId === view.owner && peer.connected)
  return [
    ...(beat == null ? [`This node has not heard about the project's progress since it started.`] : []),
    ...(stale
      ? ['This node knew more about the project before it restarted; it is asking neighbours for the rest.']
      : []),
    ...(isConnected ? [] : [`The owner ${owner} is not connected to this node, so this may be out of date.`])
  ]
}
