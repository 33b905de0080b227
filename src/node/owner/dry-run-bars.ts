import { MediaError, type SourceInfo, stillOfBars } from '../../encode/index.ts'
import type { FoundBars } from '../../encode/rules/index.ts'
import type { DryRun } from '../../api/schemas/index.ts'

/** How long bars are measured where nobody says how long the analysis may take. */
export const BARS_MS = 60_000

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
