import {
  CHRONICLE_EVENTS_MAX,
  chronicleEvent,
  chronicleSample,
  type ChronicleEvent,
  type ChronicleSample
} from '../../api/schemas/index.ts'
import { clipText } from '../../swarm/protocol/index.ts'
import { createBounded, type BoundedComponents } from './bounded.ts'
import { sampleOf, saysNothing } from './sample.ts'
import type { ChroniclePort } from '../../api/ports.ts'
import type { SampleSources } from './sample.ts'

/** Two days of them. */
const SAMPLES_MAX = 2880
const TEXT_CHARS_MAX = 500

/** Something that happened, before it has a number. */
export type Happening = Pick<ChronicleEvent, 'kind' | 'text'> &
  Partial<Pick<ChronicleEvent, 'projectId' | 'scene' | 'peerId'>>

/** What happened at this node and how fast it was, over restarts, for people who look later. */
export interface Chronicle extends ChroniclePort {
  /** Reads what was kept. */
  load: () => Promise<void>
  note: (happening: Happening) => void
  /** Notes how fast everybody is now; an idle node only that it is idle. */
  sample: (sources: SampleSources) => void
  stop: () => Promise<void>
}

export function createChronicle(components: BoundedComponents, nowMs = Date.now): Chronicle {
  const events = createBounded<ChronicleEvent>(components, {
    kind: 'event',
    schema: chronicleEvent,
    numberOf: ({ number }) => number,
    max: CHRONICLE_EVENTS_MAX
  })
  const samples = createBounded<ChronicleSample>(components, {
    kind: 'sample',
    schema: chronicleSample,
    numberOf: ({ atMs }) => atMs,
    max: SAMPLES_MAX,
    // Of a clock that was wrong then: no sample would be taken before that time comes.
    isKept: ({ atMs }) => atMs <= nowMs()
  })
  return {
    events: () => events.entries,
    samples: () => samples.entries,
    load: async () => {
      await events.load()
      await samples.load()
    },
    note: ({ kind, text, projectId = null, scene = null, peerId = null }) => {
      const number = (events.entries.at(-1)?.number ?? 0) + 1
      events.add({ number, atMs: nowMs(), kind, text: clipText(text, TEXT_CHARS_MAX), projectId, scene, peerId })
    },
    sample: (sources) => {
      const last = samples.entries.at(-1)
      const next = sampleOf(nowMs(), sources)
      // A clock that was set back would put it before others.
      if (last !== undefined && next.atMs <= last.atMs) return
      if (saysNothing(next) && (last === undefined || saysNothing(last))) return
      samples.add(next)
    },
    stop: async () => {
      await events.stop()
      await samples.stop()
    }
  }
}
