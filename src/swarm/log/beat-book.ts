import { decodeBeat, isNewerBeat, isNewReign, LIMITS, ProtocolError } from '../protocol/index.ts'
import { openEnvelope } from '../signer.ts'
import { createListeners } from '../../common/listeners.ts'
import type { Logger } from '../logger.ts'
import type { Beat, ProjectView } from '../protocol/index.ts'

export interface BeatBookComponents {
  readonly self: string
  readonly log: Logger
  readonly views: ReadonlyMap<string, ProjectView>
  /** Whether this node writes the project now. */
  readonly isWriting: (projectId: string) => boolean
  readonly onTwin: (twin: { readonly projectId: string; readonly epoch: number }) => void
}

/** What else an accepted beat shows. */
export interface BeatNews {
  /** It is the first of a new epoch of its owner. */
  readonly isNewReign: boolean
  readonly owner: string
  readonly projectId: string
  /** The log has records that this node lacks. */
  readonly lacksRecords: boolean
}

/** The newest beat of each project. */
export interface BeatBook {
  readonly beats: ReadonlyMap<string, Beat>
  envelopeOf: (projectId: string) => Uint8Array | undefined
  /** Accepts a beat from a peer. @throws ProtocolError */
  ingest: (envelope: Uint8Array) => Promise<BeatNews>
  /** Accepts one that this node made. */
  say: (beat: Beat, envelope: Uint8Array) => void
  forget: (projectId: string) => void
  onBeat: (listener: (beat: Beat) => void) => () => void
}

export function createBeatBook({ self, log, views, isWriting, onTwin }: BeatBookComponents): BeatBook {
  const beats = new Map<string, Beat>()
  const envelopes = new Map<string, Uint8Array>()
  const listeners = createListeners<Beat>((error) => log.error({ err: error }, 'a listener failed'))

  function say(beat: Beat, envelope: Uint8Array): void {
    if (!isNewerBeat(beats.get(beat.projectId), beat)) return
    beats.set(beat.projectId, beat)
    envelopes.set(beat.projectId, envelope)
    listeners.tell(beat)
  }

  return {
    beats,
    say,
    envelopeOf: (projectId) => envelopes.get(projectId),
    ingest: async (envelope) => {
      if (envelope.byteLength > LIMITS.envelopeBytesMax)
        throw new ProtocolError('too-large', 'larger than an envelope may be')
      const opened = await openEnvelope('beat', envelope)
      const beat = decodeBeat(opened.payload)
      const view = views.get(beat.projectId)
      if (view == null) throw new ProtocolError('unknown-project', 'a beat of a project that is not known here')
      if (opened.signer !== view.owner)
        throw new ProtocolError('wrong-signer', 'a beat signed by another than the owner')
      const known = beats.get(beat.projectId)
      if (!isNewerBeat(known, beat)) throw new ProtocolError('stale', 'an older beat')
      if (opened.signer === self && isWriting(beat.projectId)) {
        onTwin(beat)
        throw new ProtocolError('twin', 'a beat with the key of this node, but not from this node')
      }
      const news = {
        isNewReign: isNewReign(view, known, beat),
        owner: view.owner,
        projectId: beat.projectId,
        lacksRecords: beat.seq > view.head.seq
      }
      say(beat, envelope)
      return news
    },
    forget: (projectId) => {
      beats.delete(projectId)
      envelopes.delete(projectId)
    },
    onBeat: listeners.add
  }
}
