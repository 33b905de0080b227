import { raceSignal } from 'race-signal'
import { anySignal } from '../../common/any-signal.ts'
import { createLimit } from '../../common/limit.ts'
import type { FoundBars, SourceInfo } from '../../encode/rules/index.ts'
import type { RunOptions } from '../../encode/index.ts'

/** Most measures that go on with nobody waiting; each decodes a film. */
const LEFT_MAX = 8

export interface BarMeasuresComponents {
  /** What was found is kept there. */
  readonly find: (source: SourceInfo, deinterlace: boolean, options: RunOptions) => Promise<FoundBars>
}

/** Measures the bars of films, one after the other. Who asks for a film that is being measured waits for the same measure. */
export interface BarMeasures {
  /** Ends the measure when its last asker leaves. */
  readonly measure: (source: SourceInfo, deinterlace: boolean, signal: AbortSignal) => Promise<FoundBars>
  /** As `measure`, but undefined when `deadline` comes first: the measure then goes on without the asker. */
  readonly measureUntil: (
    deadline: AbortSignal
  ) => (source: SourceInfo, deinterlace: boolean, signal: AbortSignal) => Promise<FoundBars | undefined>
}

interface Measure {
  readonly found: Promise<FoundBars>
  readonly stop: AbortController
  askers: number
  /** Goes on although nobody waits. */
  isLeft: boolean
}

/** @param closed ends all measures */
export function createBarMeasures({ find }: BarMeasuresComponents, closed: AbortSignal): BarMeasures {
  const inTurn = createLimit(1)
  const measures = new Map<string, Measure>()

  function begin(key: string, source: SourceInfo, deinterlace: boolean): Measure {
    const stop = new AbortController()
    const signal = anySignal([closed, stop.signal])
    const found = inTurn(async () => {
      signal.throwIfAborted()
      return find(source, deinterlace, { signal })
    })
    const measure = { found, stop, askers: 0, isLeft: false }
    measures.set(key, measure)
    const forget = (): void => {
      if (measures.get(key) === measure) measures.delete(key)
    }
    found.then(forget, forget)
    return measure
  }

  async function ask(
    source: SourceInfo,
    deinterlace: boolean,
    signal: AbortSignal,
    mayLeave: () => boolean
  ): Promise<FoundBars> {
    const key = JSON.stringify([source.path, source.bytes, source.mtimeMs, source.videoStream, deinterlace])
    const measure = measures.get(key) ?? begin(key, source, deinterlace)
    measure.askers += 1
    try {
      return await raceSignal(measure.found, signal)
    } finally {
      measure.askers -= 1
      measure.isLeft ||= mayLeave() && [...measures.values()].filter(({ isLeft }) => isLeft).length < LEFT_MAX
      if (measure.askers === 0 && !measure.isLeft) {
        if (measures.get(key) === measure) measures.delete(key)
        measure.stop.abort()
      }
    }
  }

  return {
    measure: async (source, deinterlace, signal) => ask(source, deinterlace, signal, () => false),
    measureUntil: (deadline) => async (source, deinterlace, signal) => {
      const isOver = (): boolean => deadline.aborted && !signal.aborted
      try {
        return await ask(source, deinterlace, anySignal([signal, deadline]), isOver)
      } catch (error) {
        if (isOver()) return undefined
        throw error
      }
    }
  }
}
