import { anySignal } from '../../common/any-signal.ts'
import { type AnalysisCache, findBars, MediaError, type SourceInfo, stillOfBars } from '../../encode/index.ts'
import type { FoundBars } from '../../encode/rules/index.ts'
import type { DryRun } from '../../api/schemas/index.ts'
import type { MeasureBars } from './auto-crop.ts'

/** How long bars are measured where nobody says how long the analysis may take. */
export const BARS_MS = 60_000

/** Measures bars, for so long; what was measured before is there at once. */
export const barsWithin =
  (cache: AnalysisCache, ms: number): MeasureBars =>
  async (source, deinterlace, signal) => {
    const timeout = AbortSignal.timeout(ms)
    try {
      return await findBars({ source, deinterlace, cache }, { signal: anySignal([signal, timeout]) })
    } catch (error) {
      signal.throwIfAborted()
      if (timeout.aborted) return undefined
      throw error
    }
  }

/** What was measured, with a frame to draw it on. */
export async function barsInfo(
  source: SourceInfo,
  bars: FoundBars,
  signal: AbortSignal
): Promise<NonNullable<DryRun['bars']>> {
  const { crop, smaller, frames } = bars
  const still = await stillOfBars(source, bars, { signal }).catch((error: unknown) => {
    if (error instanceof MediaError) return undefined
    throw error
  })
  return { crop: crop ?? null, smaller: smaller ?? null, frames, still: still?.toString('base64') ?? null }
}
